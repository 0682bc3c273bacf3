import type { Command } from 'commander';
import { printActionResult } from './actionResult';
import { parseBatchId } from './arguments';
import { ask } from './ask';
import type { CliContext } from './context';
import { parseReceivables, receivableIds } from './receivables';

export function addReexaminarCommand(program: Command, context: () => CliContext): void {
  program
    .command('reexaminar')
    .description('consulta de novo no banco os resultados incertos e as divergências')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .option('--titulos <ids>', 'só estes IDs da cobrança (ou chaves no ERP), separados por vírgula', parseReceivables)
    .action(async (batchId: string, options: { titulos?: string[] }) => {
      const titulos = options.titulos && (await receivableIds(await context().database(), options.titulos));
      const { batch, told } = await ask(context(), { batchId, kind: 'reexamine', receivableIds: titulos });
      const result = await batch.reexamine({ ...told, ...(titulos ? { receivableIds: titulos } : {}) });
      await printActionResult(context(), batchId, result, 'em nova consulta');
    });
}
