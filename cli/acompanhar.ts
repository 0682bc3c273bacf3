import type { Command } from 'commander';
import { readBatch } from '../record/batches/batches';
import { getBatch } from '../client/batchClient';
import { parseBatchId } from './arguments';
import type { CliContext } from './context';
import { watchBatch } from './watchBatch';
import { whatNext } from './whatNext';

export function addAcompanharCommand(program: Command, context: () => CliContext): void {
  program
    .command('acompanhar')
    .description('mostra o andamento até a comunicação esperar alguém ou terminar')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .action((batchId: string) => followBatch(context(), batchId));
}

export async function followBatch(context: CliContext, batchId: string): Promise<void> {
  // Before its first activity a batch is known to Temporal alone; unknown there too, it was mistyped.
  if (!(await readBatch(await context.database(), batchId)))
    await getBatch(await context.temporal(), batchId).running();
  const last = await watchBatch(context, batchId);
  if (last) context.note(whatNext(last));
}
