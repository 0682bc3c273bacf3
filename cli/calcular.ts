import type { Command } from 'commander';
import { splitLines, MAX_LINE } from '../record/importing/lines';
import { calculate } from './calculation';
import type { CliContext } from './context';

export function addCalcularCommand(program: Command, context: () => CliContext): void {
  program
    .command('calcular')
    .description('calcula o que vem na entrada padrão, um JSON por linha: {"id","kind","bank","input"}; sem conexão')
    .addHelpText('after', help)
    .action(() => run(context()));
}

const help = `
Responde uma linha por linha: {"id","result"}, {"id","error"}, ou {"id","unsupported":true} para banco fora da lista.
Uma linha errada é respondida com o seu erro e não para as outras; o código de saída é 0.

kind              input                                              result
boleto            campos do layout do banco, valor, data_vencimento  codigo_de_barras, linha_digitavel, campo_livre
                                                                     (sem valor ou data: só campo_livre)
nosso_numero_dv   o que o dígito do banco usa                        dv
conversao         codigo_de_barras ou linha_digitavel                a outra
conferir          codigo                                             valido
fator_vencimento  data_vencimento, ou fator e data_referencia        fator; data, ou null
                  (sem data_referencia: entre 01/01/2010 e 22/08/2034)
modulo10          numero                                             dígito
modulo11          numero, variante, dez                              dígito
cpf, cnpj         documento                                          valido
pix               brcode                                             valido

Bancos: 001, 033, 041, 077, 104, 237, 341, 422, 748, 756`;

async function run(context: CliContext): Promise<void> {
  process.stdin.setEncoding('utf8');
  for await (const { text, tooLong } of splitLines(process.stdin as AsyncIterable<string>)) {
    if (!tooLong && text.trim() === '') continue;
    const answer = tooLong ? { id: null, error: `linha com mais de ${MAX_LINE} caracteres` } : calculate(text);
    context.print(answer, JSON.stringify(answer));
  }
}
