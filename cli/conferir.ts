import type { Command } from 'commander';
import { MAX_LINE, splitLines } from '../record/importing/lines';
import { saoPauloDate } from '../domain/kinds/dates';
import { describeCode, tellCode, type CodeReport } from './codeReport';
import type { CliContext } from './context';
import { CliError } from './error';
import { counted } from '../words/text';

export function addConferirCommand(program: Command, context: () => CliContext): void {
  program
    .command('conferir')
    .description('diz o que há em cada linha digitável, código de barras ou Pix copia e cola da entrada padrão')
    .addHelpText('after', help)
    .action(() => run(context()));
}

const help = `
Um código por linha, com ou sem pontos e espaços; sem conexão. O vencimento é lido com a data de hoje (o fator se
repete a cada 9000 dias). Código de saída: 0 quando todos estão certos, 1 quando algum está errado, 2 sem código.`;

async function run(context: CliContext): Promise<void> {
  const today = saoPauloDate(new Date());
  let [read, wrong] = [0, 0];
  process.stdin.setEncoding('utf8');
  for await (const { number, text, tooLong } of splitLines(process.stdin as AsyncIterable<string>)) {
    if (!tooLong && text.trim() === '') continue;
    const report: CodeReport = tooLong
      ? { valido: false, erros: [{ mensagem: `tem mais de ${MAX_LINE} caracteres` }] }
      : describeCode(text, today);
    read += 1;
    if (!report.valido) wrong += 1;
    context.print({ linha: number, ...report }, tellCode(number, report));
  }
  if (read === 0)
    throw new CliError(
      2,
      'entrada_vazia',
      'não há código na entrada padrão',
      'um código por linha: echo … | boletos conferir',
    );
  if (wrong > 0)
    throw new CliError(
      1,
      'codigo_errado',
      `${counted(wrong, 'código errado', 'códigos errados')} de ${counted(read, 'lido', 'lidos')}`,
      'confira os dígitos citados com o boleto',
      { read, wrong },
    );
}
