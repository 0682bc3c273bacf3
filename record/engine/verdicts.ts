import type { Knex } from 'knex';
import { stillWrong, type Refused, type StillWrong } from '../../domain/receivable/stillWrong';
import { defectsOnceChanged, type ChangedTitulo, type CheckedTitulo, type CodecOf } from './dryRun';

/**
 * The one rule of what is *Corrigido*: the título of a refused item was changed since, and as it is now nothing is known
 * for which it would be refused again. Counts, lists, screens and *somente corrigidos* all ask it.
 */

/** SQL over `batch_item i` and its `receivable r`: refused, and the título is another than the one that was refused. */
const isChanged = (i: string) => `(${i}.state = 'rejected' and r.version > coalesce(${i}.receivable_version, 0))`;
const isJudgedWrong = `exists (
  select from verdict v where v.receivable_id = r.id and v.version = r.version and v.wrong <> '[]')`;

export const isCorrected = (i = 'i') => `(${isChanged(i)} and not ${isJudgedWrong})`;
/** Changed since, and still refused: *Ainda com pendência*. */
export const isStillWrong = (i = 'i') => `(${isChanged(i)} and ${isJudgedWrong})`;
/** SQL of the StillWrong[] of `receivable r` as it is now; null = not judged. */
export const wrongOf = `(select v.wrong from verdict v where v.receivable_id = r.id and v.version = r.version)`;

/** What títulos would be refused for once they had these values; nothing is written. By ID da cobrança. */
export async function foresee(
  trx: Knex,
  codecOf: CodecOf,
  changes: readonly ChangedTitulo[],
): Promise<Map<number, CheckedTitulo & { wrong: StillWrong[] }>> {
  const checked = await defectsOnceChanged(trx, codecOf, changes);
  const refused = await lastRefusals(trx, [...checked.keys()]);
  const errorsOf = (gateway: string) => codecOf(gateway)?.errors ?? null;
  return new Map(
    [...checked].map(([id, titulo]) => [
      id,
      { ...titulo, wrong: stillWrong(titulo.snapshot, titulo.defects, refused.get(id) ?? null, errorsOf) },
    ]),
  );
}

/**
 * Judges títulos as they are now, and keeps it for the rule above. To be called in the transaction that changes them.
 * @returns what is still wrong, by ID da cobrança; what no known gateway could be sent is not among them
 */
export async function judge(
  trx: Knex,
  codecOf: CodecOf,
  receivableIds: readonly number[],
): Promise<Map<number, StillWrong[]>> {
  // Read first: what somebody changes meanwhile is judged by whoever changed it, not by what it was.
  const versions = await trx('receivable')
    .whereIn('id', [...receivableIds])
    .select<{ id: number; version: number }[]>('id', 'version');
  const versionOf = new Map(versions.map(({ id, version }) => [id, version]));
  const asTheyAre = receivableIds.map((receivableId) => ({ receivableId, receivable: {}, customer: {} }));
  const verdicts = new Map([...(await foresee(trx, codecOf, asTheyAre))].map(([id, { wrong }]) => [id, wrong]));
  await trx.raw(
    `insert into verdict (receivable_id, version, wrong)
     select r.id, r.version, w.wrong
     from jsonb_to_recordset(:verdicts::jsonb) as w(id bigint, version int, wrong jsonb)
     join receivable r on r.id = w.id and r.version = w.version
     order by r.id
     on conflict (receivable_id) do update set version = excluded.version, wrong = excluded.wrong
       where verdict.version <= excluded.version`,
    { verdicts: JSON.stringify([...verdicts].map(([id, wrong]) => ({ id, version: versionOf.get(id), wrong }))) },
  );
  return verdicts;
}

/** Judges anew what was changed of the batch since it was refused, by whomever: days pass, and imports change títulos, too. */
export async function judgeChanged(trx: Knex, codecOf: CodecOf, batchId: string): Promise<void> {
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    `select r.id from batch_item i join receivable r on r.id = i.receivable_id
     where i.batch_id = ? and i.closed_at is null and ${isChanged('i')} order by r.id`,
    [batchId],
  );
  await judge(
    trx,
    codecOf,
    rows.map(({ id }) => id),
  );
}

const JUDGED_AT_ONCE = 500;

/** Judges what changed in any live batch and has no verdict of its present version: after an import. */
export async function judgeUnjudged(knex: Knex, codecOf: CodecOf): Promise<void> {
  for (let after = 0; ;) {
    const { rows } = await knex.raw<{ rows: { id: number }[] }>(
      `select r.id from batch_item i join receivable r on r.id = i.receivable_id
       where i.closed_at is null and ${isChanged('i')} and r.id > :after
         and not exists (select from verdict v where v.receivable_id = r.id and v.version = r.version)
       order by r.id limit ${JUDGED_AT_ONCE}`,
      { after },
    );
    const last = rows.at(-1);
    if (!last) return;
    await judge(
      knex,
      codecOf,
      rows.map(({ id }) => id),
    );
    after = last.id;
  }
}

async function lastRefusals(trx: Knex, receivableIds: readonly number[]): Promise<Map<number, Refused>> {
  const { rows } = await trx.raw<{ rows: (Refused & { receivableId: number })[] }>(
    `select i.receivable_id as "receivableId", g.gateway, i.provider_code as "providerCode",
       i.provider_message as "providerMessage", i.field, sent.http_status as "httpStatus", sent.snapshot
     from batch_item i
     join receivable r on r.id = i.receivable_id
     left join boleto b on b.id = i.boleto_id
     join carteira k on k.id = r.carteira_id
     left join gateway_account g on g.id = coalesce(b.account_id, k.account_id)
     left join lateral (
       select a.http_status, a.snapshot from attempt a
       where a.boleto_id = i.boleto_id and a.resolution = 'refused' order by a.intended_at desc limit 1) sent on true
     where i.receivable_id = any(?) and i.closed_at is null and i.state = 'rejected'`,
    [[...receivableIds]],
  );
  return new Map(rows.map(({ receivableId, ...refused }) => [receivableId, refused]));
}
