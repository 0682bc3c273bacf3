import type { Knex } from 'knex';
import { addDays, saoPauloDate, type LocalDate } from '../../domain/kinds/dates';
import { alertDay } from '../../domain/batch/dueDateAlert';
import { failureStates } from '../../domain/boleto/states';
import { MOST_COUNTED, todayKinds, type TodayFact } from '../../domain/today';
import type { Sealer } from '../../domain/account/sealedPlaces';
import { readAccountHealth } from '../accounts/accountHealth';
import { databaseTime } from '../engine/alerts';
import { listCarteiras } from '../accounts/carteiras';
import { guardTroubles } from '../guard/runs';
import { hasEarlierBoleto } from '../engine/matching';
import { payableWork } from '../engine/payableThoughClosed';
import { disputedReceivables } from '../receivables/proposals';
import { countToRegister } from '../engine/toRegister';
import { batchIsSeen, carteiraIsSeen, receivableIsSeen, viewerValues, type Viewer } from '../access/visibility';

interface Asked {
  knex: Knex;
  secretBox: Pick<Sealer, 'open'>;
  viewer: Viewer;
  now: Date;
}

/** What has one line for each of very many shows the newest of them. */
const MOST_LINES = 50;
/** A new certificate takes its time. */
const CERTIFICATE_DAYS = 30;
/** An alert that nobody settled is old news after this. */
const ALERT_DAYS = 30;

const failed = failureStates.map((state) => `'${state}'`).join(', ');
/** Of how many rows, without counting further than anybody wants to know. */
const some = (from: string) => `(select count(*)::int from (select ${from} limit ${MOST_COUNTED + 1}) found)`;

/** One of them for what belongs together; each finds what the viewer's filiais have of it. */
const finders = [
  accounts,
  batches,
  toRegister,
  disputed,
  guards,
  earlierBoletos,
  sourceConflicts,
  reopened,
  payable,
  bankWork,
  withoutPix,
  alerts,
];

/** What needs a person now, in the order of `todayKinds`; empty = all is well. Each count is bounded, or by an index. */
export async function readToday(knex: Knex, secretBox: Asked['secretBox'], viewer: Viewer): Promise<TodayFact[]> {
  const asked = { knex, secretBox, viewer, now: await databaseTime(knex) };
  const found = (await Promise.all(finders.map((find) => find(asked)))).flat();
  return found.sort((a, b) => todayKinds.indexOf(a.kind) - todayKinds.indexOf(b.kind));
}

/** The last run of each guard, where a person is needed for it. */
async function guards({ knex, viewer }: Asked): Promise<TodayFact[]> {
  return (await guardTroubles(knex, viewer)).map(({ carteiraId, carteira, day, result }) => ({
    ...{ kind: 'guard' as const, count: 1, carteira: { id: carteiraId, description: carteira }, date: day },
    ...(result === null ? {} : { code: result }),
  }));
}

/** Why an account cannot be relied on, by what is known without asking its bank. */
async function accounts({ knex, secretBox, viewer, now }: Asked): Promise<TodayFact[]> {
  const { rows } = await knex.raw<{
    rows: { id: number; description: string; accountId: number; refused: boolean; testFailed: boolean }[];
  }>(
    `select c.id, c.description, c.account_id as "accountId", coalesce(t.refused_in_a_row > 0, false) as refused,
       -- A test says nothing of an account that was defined anew, or that the bank has accepted, since.
       coalesce(e.action = 'testar conta de gateway' and e.after->'steps' @> '[{"ok": false}]'
         and not coalesce(t.accepted and t.obtained_at > e.at, false), false) as "testFailed"
     from carteira c
     left join gateway_token t on t.account_id = c.account_id
     left join lateral (
       select action, after, at from audit_entry
       where entity = 'carteira' and entity_id = c.id::text
         and action in ('testar conta de gateway', 'definir conta de gateway')
       order by at desc limit 1) e on true
     where c.account_id is not null and ${carteiraIsSeen} order by c.id`,
    viewerValues(viewer),
  );
  const known = new Map<number, Awaited<ReturnType<typeof readAccountHealth>>>();
  const facts: TodayFact[] = [];
  for (const { id, description, accountId, refused, testFailed } of rows) {
    if (!known.has(accountId)) known.set(accountId, await readAccountHealth(knex, secretBox, accountId));
    const ends = known.get(accountId)?.certificateExpiresAt;
    const date = ends ? saoPauloDate(ends) : undefined;
    const code =
      known.get(accountId)?.credentialsReadable === false
        ? 'credentialsUnreadable'
        : refused
          ? 'tokenRefused'
          : testFailed
            ? 'testFailed'
            : certificateCode(date, now);
    if (code !== undefined)
      facts.push({ kind: 'accountFails', count: 1, carteira: { id, description }, code, ...(date && { date }) });
  }
  return facts;
}

function certificateCode(end: LocalDate | undefined, now: Date): string | undefined {
  const today = saoPauloDate(now);
  if (end === undefined || end > addDays(today, CERTIFICATE_DAYS)) return undefined;
  return end < today ? 'certificateEnded' : 'certificateEnds';
}

async function batches({ knex, viewer }: Asked): Promise<TodayFact[]> {
  const { rows } = await knex.raw<{
    rows: { batchId: string; paused: boolean; reason: string | null; waiting: number }[];
  }>(
    `select b.id as "batchId", b.paused or b.phase = 'paused' as paused, b.pause_reason as reason,
       ${some(`from batch_item i where i.batch_id = b.id and i.closed_at is null and i.due_at is null
         and i.state in (${failed}) and not b.paused`)} as waiting
     from batch b join carteira c on c.id = b.carteira_id
     where b.concluded_at is null and (b.paused or b.phase in ('paused', 'awaitingAdjustments')) and ${batchIsSeen}
     order by b.created_at desc limit ${MOST_LINES}`,
    viewerValues(viewer),
  );
  return rows.map(({ batchId, paused, reason, waiting }) =>
    paused
      ? { kind: 'batchPaused', count: 1, batchId, code: reason ?? 'operator' }
      : { kind: 'batchWaits', count: waiting, batchId },
  );
}

async function toRegister({ knex, viewer, now }: Asked): Promise<TodayFact[]> {
  const { filiais } = viewer;
  const due = await countToRegister(knex, { today: saoPauloDate(now), until: alertDay(now).until, filiais });
  const names = new Map((await listCarteiras(knex, { filiais })).map(({ id, description }) => [id, description]));
  return [...due].flatMap(([id, counts]): TodayFact[] => {
    const carteira = { id, description: names.get(id) ?? '' };
    const line = (kind: 'dueSoon' | 'overdue', count: number, dates: (LocalDate | null)[]): TodayFact[] => {
      const [date] = dates.flatMap((each) => each ?? []).sort();
      return date === undefined ? [] : [{ kind, count, carteira, date }];
    };
    const sum = (of: number[]) => of.reduce((all, each) => all + each, 0);
    return [
      ...line(
        'dueSoon',
        sum(counts.map(({ near }) => near)),
        counts.map(({ nearestDueDate }) => nearestDueDate),
      ),
      ...line(
        'overdue',
        sum(counts.map(({ overdue }) => overdue)),
        counts.map(({ oldestDueDate }) => oldestDueDate),
      ),
    ];
  });
}

/** What only a person can decide; of a batch that is not the viewer's, as títulos. */
async function disputed({ knex, viewer }: Asked): Promise<TodayFact[]> {
  const { rows } = await knex.raw<{
    rows: { state: 'unconfirmed' | 'conflict'; batchId: string | null; count: number }[];
  }>(
    `select o.state, case when ${batchIsSeen} then b.id end as "batchId", count(*)::int as count
     from boleto o
     join receivable r on r.id = o.receivable_id
     left join batch_item i on i.receivable_id = r.id and i.closed_at is null
     left join batch b on b.id = i.batch_id
     left join carteira c on c.id = b.carteira_id
     where o.state in ('unconfirmed', 'conflict') and ${receivableIsSeen}
       and case when i.batch_id is null then r.status in ('A', 'P') else i.due_at is null end
     group by 1, 2 order by 2, 1 limit ${MOST_LINES}`,
    viewerValues(viewer),
  );
  return rows.map(({ state, batchId, count }) => ({
    kind: state === 'conflict' ? 'divergence' : 'uncertain',
    count,
    ...(batchId !== null && { batchId }),
  }));
}

/** Of more than are counted, nobody looks which are cancelled and which received. */
async function payable({ knex, viewer }: Asked): Promise<TodayFact[]> {
  const { rows } = await knex.raw<{ rows: { status: string; count: number }[] }>(
    `select status, count(*)::int as count from (
       select r.status from ${payableWork}
       join receivable r on r.id = b.receivable_id join carteira c on c.id = r.carteira_id
       where ${receivableIsSeen} and ${carteiraIsSeen} limit ${MOST_COUNTED + 1}) found
     group by status order by status`,
    viewerValues(viewer),
  );
  const kind = 'payableThoughClosed';
  const all = rows.reduce((sum, { count }) => sum + count, 0);
  if (all > MOST_COUNTED) return [{ kind, count: all }];
  return rows.map(({ status, count }) => ({ kind, count, code: status }));
}

/** What is to be altered or written off at the bank though something is owed. */
async function bankWork({ knex, viewer }: Asked): Promise<TodayFact[]> {
  const { rows } = await knex.raw<{ rows: { kind: string; id: number; description: string; count: number }[] }>(
    `select kind, id, description, count(*)::int as count from (
       select w.kind, c.id, c.description from bank_work w
       join boleto b on b.id = w.boleto_id and b.state = 'registered'
       join receivable r on r.id = w.receivable_id join carteira c on c.id = r.carteira_id
       where w.closed_at is null and not jsonb_exists(w.fields, 'status') and ${receivableIsSeen} and ${carteiraIsSeen}
       limit ${MOST_COUNTED + 1}) found
     group by kind, id, description order by id, kind`,
    viewerValues(viewer),
  );
  return rows.map(({ kind, id, description, count }) => ({
    ...{ kind: 'bankWork' as const, count, code: kind, carteira: { id, description } },
  }));
}

/** Corrections that the source contradicts by now: one line each, where both values are. */
async function sourceConflicts({ knex, viewer }: Asked): Promise<TodayFact[]> {
  const { rows } = await knex.raw<{ rows: { receivableId: number; count: number }[] }>(
    `select p.receivable_id as "receivableId", count(*)::int as count from ${disputedReceivables} and ${receivableIsSeen}
     group by p.receivable_id order by p.receivable_id limit ${MOST_LINES}`,
    viewerValues(viewer),
  );
  return rows.map((row) => ({ kind: 'sourceConflict', ...row }));
}

/** Left out of every communication until a person decides. */
async function earlierBoletos({ knex, viewer }: Asked): Promise<TodayFact[]> {
  const { rows } = await knex.raw<{ rows: { id: number; description: string; count: number }[] }>(
    `select c.id, c.description, ${some(`from receivable r
       where r.carteira_id = c.id and r.status in ('A', 'P') and r.released and not r.impresso
         and r.imported_registration is not null and ${hasEarlierBoleto} and ${receivableIsSeen}`)} as count
     from carteira c where c.account_id is not null and ${carteiraIsSeen} order by c.id`,
    viewerValues(viewer),
  );
  return rows.flatMap(({ id, description, count }) =>
    count > 0 ? [{ kind: 'earlierBoleto', count, carteira: { id, description } } as const] : [],
  );
}

/** Owed again after somebody said that the boleto is written off: nothing is sent for it by itself. */
async function reopened({ knex, viewer }: Asked): Promise<TodayFact[]> {
  const { rows } = await knex.raw<{ rows: { receivableId: number; date: LocalDate }[] }>(
    `select distinct r.id as "receivableId", r.due_date as date
     from boleto b join receivable r on r.id = b.receivable_id join carteira c on c.id = r.carteira_id
     where b.state = 'cancelled' and r.status in ('A', 'P') and r.impresso and ${receivableIsSeen} and ${carteiraIsSeen}
       and not exists (select from boleto o where o.receivable_id = r.id and o.state not in ('superseded', 'cancelled'))
     order by r.due_date, r.id limit ${MOST_LINES}`,
    viewerValues(viewer),
  );
  return rows.map((row) => ({ kind: 'reopened', count: 1, ...row }));
}

async function withoutPix({ knex, viewer }: Asked): Promise<TodayFact[]> {
  const lacking = `boleto b join receivable r on r.id = b.receivable_id
       where b.account_id = c.account_id and b.convenio = c.convenio and b.state = 'registered' and b.pix_emv is null
         and r.carteira_id = c.id and r.status in ('A', 'P') and ${receivableIsSeen}`;
  const { rows } = await knex.raw<{ rows: { id: number; description: string; count: number; givenUp: boolean }[] }>(
    `select c.id, c.description, ${some(`from ${lacking}`)} as count, exists (select from pix_fetch f
         where f.due_at is null and f.boleto_id in (select b.id from ${lacking})) as "givenUp"
     from carteira c where c.pix and c.account_id is not null and ${carteiraIsSeen} order by c.id`,
    viewerValues(viewer),
  );
  return rows.flatMap(({ id, description, count, givenUp }) =>
    count > 0
      ? [{ kind: 'withoutPix', count, carteira: { id, description }, ...(givenUp && { code: 'givenUp' }) } as const]
      : [],
  );
}

/** SQL over `alert a` with its `batch b`, `carteira c` and `receivable r`, each if it has one. */
const alertIsSeen = `case
  when a.receivable_id is not null then ${receivableIsSeen} and ${carteiraIsSeen}
  when a.batch_id is not null then ${batchIsSeen}
  else ${carteiraIsSeen} and (:filiais::bigint[] is null or not exists (
    select from jsonb_array_elements(coalesce(a.counts, '[]')) n
    where (n->>'filialId')::bigint <> all(:filiais::bigint[]))) end`;
const alertParts = `alert a
  left join batch b on b.id = a.batch_id
  left join carteira c on c.id = coalesce(a.carteira_id, b.carteira_id)
  left join receivable r on r.id = a.receivable_id`;

/** Alerts that nothing above tells by how it stands now; of one thing the newest. */
async function alerts({ knex, viewer, now }: Asked): Promise<TodayFact[]> {
  const { rows } = await knex.raw<{
    rows: {
      id: number;
      message: string;
      batchId: string | null;
      carteiraId: number | null;
      carteira: string | null;
      receivableId: number | null;
    }[];
  }>(
    `select * from (
       select distinct on (a.kind, a.batch_id, a.carteira_id, a.receivable_id) a.id, a.message,
         a.batch_id as "batchId", a.carteira_id as "carteiraId", c.description as carteira,
         a.receivable_id as "receivableId"
       from ${alertParts}
       where a.day > :today::date - ${ALERT_DAYS} and a.settled_at is null
         and a.kind not in ('dueDate', 'config', 'payableThoughClosed', 'sourceConflict', 'withoutPix') and ${alertIsSeen}
       order by a.kind, a.batch_id, a.carteira_id, a.receivable_id, a.id desc) newest
     order by id desc limit ${MOST_LINES}`,
    { ...viewerValues(viewer), today: saoPauloDate(now) },
  );
  return rows.map(({ id, message, batchId, carteiraId, carteira, receivableId }) => ({
    ...{ kind: 'alert', count: 1, alert: { id, message } },
    // Whoever sees the título need not see the batch.
    ...(receivableId !== null
      ? { receivableId }
      : batchId !== null
        ? { batchId }
        : { carteira: { id: carteiraId ?? 0, description: carteira ?? '' } }),
  }));
}

/**
 * A person saw to what an alert says: it, and what was told of the same before, is shown no more.
 * @returns false for one that does not exist, or is not the viewer's
 */
export async function settleAlert(
  knex: Knex,
  alertId: number,
  { viewer, reason }: { viewer: Viewer; reason: string | null },
): Promise<boolean> {
  return knex.transaction(async (trx) => {
    const { rows } = await trx.raw<{
      rows: { id: number; kind: string; message: string; receivableId: number | null }[];
    }>(
      `select a.id, a.kind, a.message, a.receivable_id as "receivableId" from ${alertParts}
       where a.id = :alertId and ${alertIsSeen}`,
      { alertId, ...viewerValues(viewer) },
    );
    const [alert] = rows;
    if (!alert) return false;
    const { rowCount } = await trx.raw<{ rowCount: number }>(
      `update alert o set settled_at = clock_timestamp(), settled_by = :by from alert a
       where a.id = :alertId and o.settled_at is null and o.id <= a.id and o.kind = a.kind
         and (o.batch_id, o.carteira_id, o.receivable_id)
           is not distinct from (a.batch_id, a.carteira_id, a.receivable_id)`,
      { alertId, by: viewer.viewer },
    );
    if (rowCount > 0)
      await trx('audit_entry').insert({
        ...{ actor: viewer.viewer, action: 'settleAlert', reason, before: JSON.stringify({ message: alert.message }) },
        ...(alert.receivableId === null
          ? { entity: 'alert', entity_id: String(alertId) }
          : { entity: 'receivable', entity_id: String(alert.receivableId) }),
      });
    return true;
  });
}
