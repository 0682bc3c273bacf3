import type { Command } from 'commander';
import { REASON_CODE } from '../domain/batch/names';
import { printActionResult } from './actionResult';
import { parseBatchId, parseReason } from './arguments';
import { ask } from './ask';
import type { CliContext } from './context';
import { parseReceivables, receivableIds } from './receivables';

interface Options {
  titulos: string[];
  motivo: string;
}

export function addDescartarCommand(program: Command, context: () => CliContext): void {
  program
    .command('descartar')
    .description('tira títulos da comunicação; continuam com Impresso = Não')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .requiredOption('--titulos <ids>', 'IDs da cobrança (ou chaves no ERP), separados por vírgula', parseReceivables)
    .requiredOption('--motivo <texto>', 'por quê; fica no registro de auditoria', parseReason)
    .action((batchId: string, options: Options) => discard(context(), batchId, options));
}

async function discard(context: CliContext, batchId: string, options: Options): Promise<void> {
  const { motivo } = options;
  const titulos = await receivableIds(await context.database(), options.titulos);
  const { batch, told } = await ask(context, { batchId, kind: 'discard', receivableIds: titulos, reason: motivo });
  const result = await batch.discard({ ...told, receivableIds: titulos, reasonCode: REASON_CODE });
  await printActionResult(context, batchId, result, result.changed === 1 ? 'descartado' : 'descartados');
}
