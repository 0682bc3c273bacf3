import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { recordReason } from '../../db/reasons';
import { getBatch } from '../batchClient';
import { REASON_CODE } from '../names';
import { printActionResult } from './actionResult';
import { parseBatchId, parseIds, parseReason } from './arguments';
import type { CliContext } from './context';
import { existingBatch } from './readBatch';

interface Options {
  titulos: number[];
  motivo: string;
}

export function addDescartarCommand(program: Command, context: () => CliContext): void {
  program
    .command('descartar')
    .description('tira títulos da comunicação; continuam com Impresso = Não')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .requiredOption('--titulos <ids>', 'IDs da cobrança, separados por vírgula', parseIds)
    .requiredOption('--motivo <texto>', 'por quê; fica no registro de auditoria', parseReason)
    .action((batchId: string, options: Options) => discard(context(), batchId, options));
}

async function discard(context: CliContext, batchId: string, { titulos, motivo }: Options): Promise<void> {
  await existingBatch(await context.database(), batchId);
  const batch = getBatch(await context.temporal(), batchId);
  const actionId = randomUUID();
  await recordReason(await context.database(), {
    by: context.by,
    batchId,
    actionId,
    action: 'discard',
    words: motivo,
    receivableIds: titulos,
  });
  const result = await batch.discard({ by: context.by, actionId, receivableIds: titulos, reasonCode: REASON_CODE });
  printActionResult(context, batchId, result, result.changed === 1 ? 'descartado' : 'descartados');
}
