import type { Command } from 'commander';
import { correctMany, previewCorrections, type BulkProblem } from '../record/receivables/bulkCorrections';
import { batchFailures, failuresByCause } from '../record/batches/items';
import { tellCorrected } from '../client/tellCorrected';
import { parseBatchId, parseReason } from './arguments';
import { knownCodec } from '../gateways';
import type { CliContext } from './context';
import { CliError } from './error';
import { existingBatch } from './readBatch';
import { count, counted } from '../words/text';

interface Options {
  causa?: string;
  aplicar?: boolean;
  motivo?: string;
}

const PAGE = 500;

export function addPropostasCommand(program: Command, context: () => CliContext): void {
  program
    .command('propostas')
    .description('o valor certo dos campos errados, onde se pode saber: mostra, ou corrige todos de uma vez')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .option('--causa <chave>', 'só os títulos desta causa (a chave de: comunicacao --por-causa)')
    .option('--aplicar', 'corrige cada título com a sua proposta; sem isto nada é alterado')
    .option('--motivo <texto>', 'por quê; fica no registro de auditoria', parseReason)
    .action((batchId: string, options: Options) => propose(context(), batchId, options));
}

async function propose(context: CliContext, batchId: string, { causa, aplicar, motivo }: Options): Promise<void> {
  const knex = await context.database();
  await existingBatch(knex, batchId);
  const of =
    causa === undefined ? { receivableIds: await failing(context, batchId) } : await causeOf(context, batchId, causa);
  const request = { batchId, of, changes: 'proposals' } as const;
  if (!aplicar) {
    const preview = await previewCorrections(knex, request, knownCodec);
    if ('kind' in preview) throw refused(preview);
    const lines = preview.examples.map(({ receivableId, before, after }) =>
      Object.keys(after)
        .map((name) => `${receivableId}: ${name} ${String(before[name])} → ${String(after[name])}`)
        .join('; '),
    );
    const more = preview.wouldChange - preview.examples.length;
    if (more > 0) lines.push(`e mais ${count(more)}`);
    lines.push(`${counted(preview.wouldChange, 'título tem', 'títulos têm')} proposta, de ${count(preview.targets)}.`);
    if (preview.wouldChange > 0) lines.push(`Para corrigi-los: boletos propostas ${batchId} --aplicar`);
    return context.print(preview, lines.join('\n'));
  }
  const result = await correctMany(knex, { ...request, by: await context.by(), reason: motivo ?? null }, knownCodec);
  if ('kind' in result) throw refused(result);
  const untold = await tellCorrected(() => context.temporal(), result.batches);
  const mended = result.corrected - result.stillWrong;
  context.print(
    { ...result, batches: result.batches.map((batch) => batch.batchId), untold },
    [
      `${counted(mended, 'título corrigido', 'títulos corrigidos')}; ${count(result.refusedCount)} sem proposta ou recusados.`,
      ...(result.stillWrong > 0
        ? [`${counted(result.stillWrong, 'alterado continua', 'alterados continuam')} com pendência em outro campo.`]
        : []),
      ...(mended > 0 ? [`Para reenviar: boletos recomunicar ${batchId} --somente-corrigidos`] : []),
    ].join('\n'),
  );
}

/** Of every failure. @throws CliError when there is none */
async function failing(context: CliContext, batchId: string): Promise<number[]> {
  const knex = await context.database();
  const ids: number[] = [];
  for (let cursor = 0; ;) {
    const items = await batchFailures(knex, batchId, { cursor, limit: PAGE });
    ids.push(...items.filter(({ proposal }) => proposal !== null).map(({ receivableId }) => receivableId));
    cursor = items.at(-1)?.ordinal ?? cursor;
    if (items.length < PAGE) break;
  }
  return ids;
}

async function causeOf(context: CliContext, batchId: string, key: string): Promise<{ cause: string }> {
  const causes = await failuresByCause(await context.database(), batchId);
  const [only, ...others] = causes.filter((cause) => /^[0-9a-f]{4,32}$/.test(key) && cause.key.startsWith(key));
  if (only && others.length === 0) return { cause: only.key };
  throw new CliError(
    1,
    'causa_desconhecida',
    `a comunicação ${batchId} não tem uma causa ${key}`,
    `veja as chaves com: boletos comunicacao ${batchId} --por-causa`,
  );
}

function refused(problem: BulkProblem): CliError {
  return problem.kind === 'tooMany'
    ? new CliError(1, 'titulos_demais', 'são mais de 5.000 títulos de uma vez', 'escolha uma causa com --causa')
    : new CliError(2, 'correcao_invalida', 'a correção não serve', 'nada foi alterado');
}
