import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { importRows } from '../../record/importing/importRows';
import { readImportProblems, type NumberedProblem } from '../../record/importing/problems';
import type { ImportType } from '../../domain/receivable/imports';
import { forgetRun } from '../../record/receivables/importRequests';
import { readStoredRow, type StoredRow } from '../../record/receivables/storedRows';
import { readErpKey } from '../../domain/receivable/erpKey';
import { judgeUnjudged } from '../../record/engine/verdicts';
import { knownCodec } from '../../gateways';
import type { Actor } from '../access/actor';
import { Problem } from '../problem';

/** One row has some twenty fields; a few wrong ones are told at once. */
const TOLD = 50;
const LOCK_NOT_AVAILABLE = '55P03';
/** Well below what one statement of the API may take: whoever waits holds a connection. */
const LOCK_SECONDS = 5;

export interface PutRow extends StoredRow {
  /** `pending`: kept, and written once a call to the bank has its certain end. */
  outcome: 'new' | 'changed' | 'unchanged' | 'pending';
  /** Names that no schema knows. */
  ignoredFields: string[];
}

/**
 * One row by the ERP's own key, through the import of one line: the same checks, the same words.
 * @throws Problem 409 for what may not be done now, 422 for what does not fit, both with the fields
 */
export async function putRow(
  knex: Knex,
  actor: Actor,
  type: ImportType,
  key: string,
  given: Record<string, unknown>,
): Promise<PutRow> {
  const { type: givenType = type, id = key, ...fields } = given;
  if (givenType !== type) throw invalid([{ field: 'type', message: `neste endereço é ${type}` }]);
  const read = readErpKey(key);
  if ('problem' in read) throw invalid([{ field: 'id', message: read.problem }]);
  if (typeof id === 'object' || readKeyOf(id) !== read.key)
    throw invalid([{ field: 'id', message: 'não é a chave do endereço: deixe-o de fora, ou repita a chave' }]);
  const importId = `put-${randomBytes(8).toString('hex')}`;
  const line = Buffer.from(`${JSON.stringify({ ...fields, type, id: read.key })}\n`);
  const result = await importRows(knex, {
    ...{ importId, rows: once(line), by: actor.id, source: 'http', filiais: actor.filiais, allOrNothing: true },
    lockSeconds: LOCK_SECONDS,
  }).catch(async (error: unknown) => {
    await forgetRun(knex, importId).catch(() => undefined);
    if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
    throw new Problem(503, 'registro_ocupado', 'Outra importação está em andamento.', {
      ...{ hint: 'Nada foi gravado. Repita daqui a pouco.', retryAfterSeconds: 5 },
    });
  });
  const problems = result.kind === 'refused' ? await readImportProblems(knex, importId, { after: 0, limit: TOLD }) : [];
  await forgetRun(knex, importId);
  // The row is in, whatever comes of this: what is sent again is judged then, too.
  if (result.kind === 'imported') await judgeUnjudged(knex, knownCodec).catch(() => undefined);
  if (result.kind === 'unreadable') throw invalid([{ field: '', message: result.message }]);
  if (result.kind === 'refused') throw refused(problems, result.onlyRefusals);
  const stored = await readStoredRow(knex, type, read.key, actor.filiais);
  if (!stored) throw new Problem(409, 'linha_mudou', 'A linha mudou de filial enquanto era gravada.');
  const counts = result.counts[type];
  const written = counts.new > 0 ? 'new' : counts.changed > 0 ? 'changed' : 'unchanged';
  const outcome = result.pending > 0 ? 'pending' : written;
  return { ...stored, outcome, ignoredFields: Object.keys(result.ignoredFields) };
}

function readKeyOf(id: unknown): string | null {
  const read = readErpKey(String(id));
  return 'key' in read ? read.key : null;
}

function once(line: Buffer): AsyncIterable<Buffer> {
  return Object.assign(
    {
      async *[Symbol.asyncIterator]() {
        yield await Promise.resolve(line);
      },
    },
    { readableAgain: true as const },
  );
}

function invalid(fields: { field: string; message: string }[]): Problem {
  return new Problem(422, 'linha_invalida', 'A linha não pode ser gravada.', {
    ...{ fields, hint: 'Corrija os campos citados e repita; nada foi gravado.' },
  });
}

/** What is of another filial is told as what is wrong, and not as what may be done later. */
function refused(problems: readonly NumberedProblem[], onlyRefusals: boolean): Problem {
  const fields = problems.map(({ field, message }) => ({ field: field ?? 'id', message }));
  const [first] = problems;
  if (!first || !onlyRefusals || first.code === 'fora_da_filial') return invalid(fields);
  return new Problem(409, first.code, 'A linha não pode ser gravada agora.', {
    ...{ fields, hint: 'Trate o que é citado e repita; nada foi gravado.' },
  });
}
