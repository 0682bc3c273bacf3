import type { Command } from 'commander';
import { printActionResult } from './actionResult';
import { parseBatchId, parseIds } from './arguments';
import { ask } from './ask';
import type { CliContext } from './context';

export function addReexaminarCommand(program: Command, context: () => CliContext): void {
  program
    .command('reexaminar')
    .description('consulta de novo no banco os resultados incertos e as divergências')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .option('--titulos <ids>', 'só estes IDs da cobrança, separados por vírgula', parseIds)
    .action(async (batchId: string, { titulos }: { titulos?: number[] }) => {
      const { batch, told } = await ask(context(), { batchId, kind: 'reexamine', receivableIds: titulos });
      const result = await batch.reexamine({ ...told, ...(titulos ? { receivableIds: titulos } : {}) });
      printActionResult(context(), batchId, result, 'em nova consulta');
    });
}
