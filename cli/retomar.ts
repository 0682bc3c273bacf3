import type { Command } from 'commander';
import { parseBatchId } from './arguments';
import { ask } from './ask';
import type { CliContext } from './context';

export function addRetomarCommand(program: Command, context: () => CliContext): void {
  program
    .command('retomar')
    .description('continua uma comunicação pausada')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .action(async (batchId: string) => {
      const { batch, told } = await ask(context(), { batchId, kind: 'resume' });
      const result = await batch.resume(told);
      context().print({ batchId, ...result }, `Retomada. Para acompanhar: boletos acompanhar ${batchId}`);
    });
}
