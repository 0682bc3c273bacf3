import type { Command } from 'commander';
import { getBatch } from '../batchClient';
import { parseBatchId } from './arguments';
import type { CliContext } from './context';

export function addPausarCommand(program: Command, context: () => CliContext): void {
  program
    .command('pausar')
    .description('para de enviar; o que já saiu termina')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .action(async (batchId: string) => {
      const { by, temporal, print } = context();
      const result = await getBatch(await temporal(), batchId).pause({ by });
      print({ batchId, ...result }, `Pausando: o que já saiu termina. Para continuar: boletos retomar ${batchId}`);
    });
}
