import { Option, type Command } from 'commander';
import { decideEarlierBoleto } from '../../db/earlierBoleto';
import { parseId, parseReason } from './arguments';
import type { CliContext } from './context';
import { CliError } from './error';

interface Options {
  ignorar?: boolean;
  manter?: boolean;
  motivo: string;
}

export function addBoletoAnteriorCommand(program: Command, context: () => CliContext): void {
  program
    .command('boleto-anterior')
    .description('decide se um título que já tem boleto de outro sistema é registrado mesmo assim')
    .argument('<titulo>', 'ID da cobrança', parseId)
    .addOption(new Option('--ignorar', 'registrar mesmo assim, na próxima comunicação').conflicts('manter'))
    .addOption(new Option('--manter', 'deixar de fora de toda comunicação, como antes de alguém decidir'))
    .requiredOption('--motivo <texto>', 'por quê; fica no registro de auditoria', parseReason)
    .action((receivableId: number, options: Options) => decide(context(), receivableId, options));
}

async function decide(context: CliContext, receivableId: number, { ignorar, manter, motivo }: Options): Promise<void> {
  if (!ignorar && !manter)
    throw new CliError(2, 'opcao_ausente', 'falta a decisão', 'informe --ignorar (registrar mesmo assim) ou --manter');
  const decision = ignorar ? 'ignorar' : 'manter';
  const result = await decideEarlierBoleto(await context.database(), {
    ...{ receivableId, decision, reason: motivo, by: context.by },
  });
  switch (result.kind) {
    case 'decided': {
      const { ourNumber, linhaDigitavel } = result.earlierBoleto;
      const named = [ourNumber && `nosso número ${ourNumber}`, linhaDigitavel && `linha ${linhaDigitavel}`];
      const boleto = named.filter(Boolean).join(', ') || 'sem nosso número nem linha';
      return context.print(
        { receivableId, decision, earlierBoleto: result.earlierBoleto },
        ignorar
          ? `Título ${receivableId}: a próxima comunicação o registra, apesar do boleto de outro sistema (${boleto}).`
          : `Título ${receivableId}: fica de fora das comunicações, porque já tem boleto de outro sistema (${boleto}).`,
      );
    }
    case 'unknownReceivable':
      throw new CliError(1, 'titulo_desconhecido', `o título ${receivableId} não existe`, 'confira o ID da cobrança');
    case 'nothingToDecide':
      throw new CliError(
        1,
        'sem_boleto_anterior',
        `não há boleto de outro sistema a decidir no título ${receivableId}`,
        'ele não tem um, já consta como impresso, ou o nosso boleto já está registrado',
      );
    case 'changedSince':
      throw new CliError(
        1,
        'boleto_anterior_mudou',
        `uma importação trouxe outro boleto para o título ${receivableId}`,
        'veja o boleto que ele tem agora, e decida de novo',
      );
  }
}
