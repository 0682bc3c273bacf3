import { Option, type Command } from 'commander';
import { decideEarlierBoleto } from '../record/engine/earlierBoleto';
import { parseReason } from './arguments';
import type { CliContext } from './context';
import { CliError } from './error';
import { parseReceivable, receivableId as idOf } from './receivables';

interface Options {
  ignorar?: boolean;
  manter?: boolean;
  motivo: string;
}

export function addBoletoAnteriorCommand(program: Command, context: () => CliContext): void {
  program
    .command('boleto-anterior')
    .description('decide se um título que já tem boleto de outro sistema é registrado mesmo assim')
    .argument('<titulo>', 'ID da cobrança, ou a chave no ERP', parseReceivable)
    .addOption(new Option('--ignorar', 'registrar mesmo assim, na próxima comunicação').conflicts('manter'))
    .addOption(new Option('--manter', 'deixar de fora de toda comunicação, como antes de alguém decidir'))
    .requiredOption('--motivo <texto>', 'por quê; fica no registro de auditoria', parseReason)
    .action((name: string, options: Options) => decide(context(), name, options));
}

async function decide(context: CliContext, name: string, { ignorar, manter, motivo }: Options): Promise<void> {
  if (!ignorar && !manter)
    throw new CliError(2, 'opcao_ausente', 'falta a decisão', 'informe --ignorar (registrar mesmo assim) ou --manter');
  const decision = ignorar ? 'ignorar' : 'manter';
  const knex = await context.database();
  const receivableId = await idOf(knex, name);
  const result = await decideEarlierBoleto(knex, {
    ...{ receivableId, decision, reason: motivo, by: await context.by() },
  });
  switch (result.kind) {
    case 'decided': {
      const { ourNumber, linhaDigitavel } = result.earlierBoleto;
      const named = [ourNumber && `nosso número ${ourNumber}`, linhaDigitavel && `linha ${linhaDigitavel}`];
      const boleto = named.filter(Boolean).join(', ') || 'sem nosso número nem linha';
      return context.print(
        { receivableId, decision, earlierBoleto: result.earlierBoleto },
        ignorar
          ? `Título ${name}: a próxima comunicação o registra, apesar do boleto de outro sistema (${boleto}).`
          : `Título ${name}: fica de fora das comunicações, porque já tem boleto de outro sistema (${boleto}).`,
      );
    }
    case 'unknownReceivable':
      throw new CliError(1, 'titulo_desconhecido', `o título ${name} não existe`, 'confira o ID da cobrança');
    case 'nothingToDecide':
      throw new CliError(
        1,
        'sem_boleto_anterior',
        `não há boleto de outro sistema a decidir no título ${name}`,
        'ele não tem um, já consta como impresso, ou o nosso boleto já está registrado',
      );
    case 'changedSince':
      throw new CliError(
        1,
        'boleto_anterior_mudou',
        `uma importação trouxe outro boleto para o título ${name}`,
        'veja o boleto que ele tem agora, e decida de novo',
      );
  }
}
