import type { Command } from 'commander';
import { parseBatchId } from './arguments';
import { ask } from './ask';
import type { CliContext } from './context';

export function addPausarCommand(program: Command, context: () => CliContext): void {
  program
    .command('pausar')
    .description('para de enviar; o que já saiu termina')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .action(async (batchId: string) => {
      const { batch, told } = await ask(context(), { batchId, kind: 'pause' });
      const result = await batch.pause(told);
      context().print(
        { batchId, ...result },
        `Pausando: o que já saiu termina. Para continuar: boletos retomar ${batchId}`,
      );
    });
}
