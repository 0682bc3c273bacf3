import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { recordReason } from '../../db/reasons';
import type { ResolveAction } from '../../domain/batch';
import { getBatch } from '../batchClient';
import { REASON_CODE } from '../names';
import { printActionResult } from './actionResult';
import { parseBatchId, parseId, parseReason } from './arguments';
import type { CliContext } from './context';
import { existingBatch } from './readBatch';

const decisions = {
  registrado: 'registered',
  ausente: 'absent',
  'novo-numero': 'newNumber',
} as const satisfies Record<string, ResolveAction['decision']>;

interface Options {
  titulo: number;
  decisao: keyof typeof decisions;
  motivo: string;
}

export function addResolverCommand(program: Command, context: () => CliContext): void {
  program
    .command('resolver')
    .description('decide um resultado incerto ou uma divergência, depois de conferir no banco')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .requiredOption('--titulo <id>', 'ID da cobrança', parseId)
    .addOption(
      new Option('--decisao <qual>', 'o que consta no banco, ou pedir outro número')
        .choices(Object.keys(decisions))
        .makeOptionMandatory(),
    )
    .requiredOption('--motivo <texto>', 'como se sabe; fica no registro de auditoria', parseReason)
    .action((batchId: string, options: Options) => resolve(context(), batchId, options));
}

async function resolve(context: CliContext, batchId: string, { titulo, decisao, motivo }: Options): Promise<void> {
  await existingBatch(await context.database(), batchId);
  const batch = getBatch(await context.temporal(), batchId);
  const actionId = randomUUID();
  await recordReason(await context.database(), {
    by: context.by,
    batchId,
    actionId,
    action: 'resolve',
    words: motivo,
    receivableIds: [titulo],
  });
  const result = await batch.resolve({
    by: context.by,
    actionId,
    receivableId: titulo,
    decision: decisions[decisao],
    reasonCode: REASON_CODE,
  });
  printActionResult(context, batchId, result, 'resolvido');
}
