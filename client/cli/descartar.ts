import type { Command } from 'commander';
import { REASON_CODE } from '../names';
import { printActionResult } from './actionResult';
import { parseBatchId, parseIds, parseReason } from './arguments';
import { ask } from './ask';
import type { CliContext } from './context';

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
  const { batch, told } = await ask(context, { batchId, kind: 'discard', receivableIds: titulos, reason: motivo });
  const result = await batch.discard({ ...told, receivableIds: titulos, reasonCode: REASON_CODE });
  printActionResult(context, batchId, result, result.changed === 1 ? 'descartado' : 'descartados');
}
