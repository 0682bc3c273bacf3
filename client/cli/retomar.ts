import type { Command } from 'commander';
import { getBatch } from '../batchClient';
import { parseBatchId } from './arguments';
import type { CliContext } from './context';

export function addRetomarCommand(program: Command, context: () => CliContext): void {
  program
    .command('retomar')
    .description('continua uma comunicação pausada')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .action(async (batchId: string) => {
      const { by, temporal, print } = context();
      const result = await getBatch(await temporal(), batchId).resume({ by });
      print({ batchId, ...result }, `Retomada. Para acompanhar: boletos acompanhar ${batchId}`);
    });
}
