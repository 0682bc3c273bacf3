import type { Command } from 'commander';
import { listBatches, type BatchSummary } from '../record/batches/batches';
import { actorLabels } from '../domain/kinds/actors';
import { phaseLabels } from '../domain/batch/phases';
import { parseId, parseLimit } from './arguments';
import type { CliContext } from './context';
import { printList } from './output';
import { count, instant, table } from '../words/text';

interface Options {
  abertas?: boolean;
  carteira?: number;
  limite: number;
}

export function addComunicacoesCommand(program: Command, context: () => CliContext): void {
  program
    .command('comunicacoes')
    .description('lista as comunicações, da mais nova para a mais antiga')
    .option('--abertas', 'só as que não foram concluídas')
    .option('--carteira <id>', 'só as desta carteira', parseId)
    .option('--limite <n>', 'quantas mostrar', parseLimit, 20)
    .action((options: Options) => list(context(), options));
}

async function list(context: CliContext, options: Options): Promise<void> {
  const batches = await listBatches(await context.database(), {
    limit: options.limite,
    ...(options.abertas ? { open: true } : {}),
    ...(options.carteira === undefined ? {} : { carteiraId: options.carteira }),
  });
  printList(
    context,
    batches,
    batches.length === 0
      ? 'Nenhuma comunicação. Para iniciar: boletos comunicar --carteira ID'
      : table<BatchSummary>(batches, [
          { title: 'Comunicação', value: (batch) => batch.batchId },
          { title: 'Início', value: (batch) => instant(batch.createdAt) },
          { title: 'Carteira', value: (batch) => `${batch.carteiraId} ${batch.carteira}`, max: 30 },
          { title: 'Fase', value: (batch) => phaseLabels[batch.phase] },
          { title: 'Rodada', value: (batch) => count(batch.round), right: true },
          { title: 'Selecionados', value: (batch) => number(batch.selected), right: true },
          { title: 'Registrados', value: (batch) => count(batch.registered), right: true },
          { title: 'Falhas', value: (batch) => count(batch.failures), right: true },
          {
            title: 'Por',
            value: (batch) => batch.requestedByName ?? actorLabels[batch.requestedBy] ?? batch.requestedBy,
            max: 20,
          },
        ]),
  );
}

function number(value: number | null): string {
  return value === null ? '' : count(value);
}
