import type { Command } from 'commander';
import { batchItems } from '../record/batches/items';
import { batchReport } from '../record/engine/reports';
import { REASON_CODE } from '../domain/batch/names';
import { parseBatchId, parseReason, parseSeconds } from './arguments';
import { ask } from './ask';
import type { CliContext } from './context';
import { CliError } from './error';
import type { Progress } from './progressLine';
import { count } from '../words/text';
import { watchBatch } from './watchBatch';

const SHOWN_IDS = 20;

interface Options {
  motivo?: string;
  espera: number;
}

export function addConcluirCommand(program: Command, context: () => CliContext): void {
  program
    .command('concluir')
    .description('encerra: nada mais é enviado, e os resultados incertos são procurados no banco antes')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .option('--motivo <texto>', 'por quê; fica no registro de auditoria', parseReason)
    .option('--espera <segundos>', 'quanto esperar pela conclusão', parseSeconds, 300)
    .action((batchId: string, options: Options) => conclude(context(), batchId, options));
}

async function conclude(context: CliContext, batchId: string, { motivo, espera }: Options): Promise<void> {
  const { batch, told } = await ask(context, { batchId, kind: 'conclude', reason: motivo });
  await batch.conclude({ ...told, ...(motivo === undefined ? {} : { reasonCode: REASON_CODE }) });
  // The lines of progress are remarks here: the one result on standard output is the report.
  const last = await watchBatch({ ...context, json: false, print: (_value, text) => context.note(text) }, batchId, {
    withinMs: espera * 1_000,
    until: ({ phase, concluding }) => phase === 'concluded' || !concluding,
  });
  if (last?.phase !== 'concluded') throw await notConcluded(context, batchId, last);
  const report = await batchReport(await context.database(), batchId);
  context.print(
    report,
    report
      ? [
          `Comunicação ${batchId} concluída em ${count(report.rounds)} ${report.rounds === 1 ? 'rodada' : 'rodadas'}.`,
          `Selecionados ${count(report.selected)} · registrados ${count(report.registered)} · descartados ${count(report.discarded)}`,
          `Rejeitados ${count(report.rejected)} · não enviados ${count(report.notSent + report.skipped)} · confirmados por consulta ${count(report.reconciled)}`,
          ...(report.withoutPix ? [`Registrados sem Pix ${count(report.withoutPix)}: é buscado no banco.`] : []),
        ].join('\n')
      : '',
  );
}

async function notConcluded(context: CliContext, batchId: string, last: Progress | null): Promise<CliError> {
  const open = await batchItems(await context.database(), batchId, {
    states: ['unconfirmed', 'inProgress', 'sending', 'conflict'],
    cursor: 0,
    limit: SHOWN_IDS + 1,
  });
  const ids = open.slice(0, SHOWN_IDS).map(({ receivableId }) => receivableId);
  const which = ids.length > 0 ? ` (ID da cobrança ${ids.join(', ')}${open.length > SHOWN_IDS ? ' …' : ''})` : '';
  return last?.concluding
    ? new CliError(
        1,
        'conclusao_em_andamento',
        `a conclusão ainda procura resultados incertos no banco${which}`,
        `ela continua sozinha; acompanhe com: boletos acompanhar ${batchId}`,
      )
    : new CliError(
        1,
        'nao_concluida',
        `o banco não esclareceu todos os resultados${which}`,
        `consulte de novo com: boletos reexaminar ${batchId}; ou decida-os com: boletos resolver ${batchId} --titulo N …`,
      );
}
