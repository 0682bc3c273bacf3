import type { Knex } from 'knex';
import type { Registration } from '../../domain/boleto/charge';
import type { Doubt } from '../../domain/boleto/doubt';
import type { Exchange } from '../../domain/gateway';
import type { Mismatch } from '../../domain/boleto/registrationCheck';
import type { BoletoState, ItemState, Resolution } from '../../domain/boleto/states';
import { cleanText, storable } from '../../domain/kinds/text';
import { plannedOnce } from '../database';
import { applyPendingChanges } from '../receivables/pendingChanges';

/** The end of one attempt, to be written with its boleto, its título and its item. */
export interface Outcome {
  attemptId: string;
  boletoId: number;
  batchId: string;
  ordinal: number;
  leaseToken: number;
  /** `registered` or the failure's kind; null when the attempt is closed by a look and keeps its own. */
  kind: string | null;
  /** null: the attempt stays unresolved. */
  resolution: Resolution | null;
  boletoState: BoletoState;
  itemState: ItemState;
  /** null = a person's turn, or the end. */
  dueInMs: number | null;
  countsAsTry: boolean;
  /** Settled by a look instead of a second call. */
  reconciled: boolean;
  /** What the bank has; with a conflict it is kept for people. */
  registration: Registration | null;
  /** What is wrong with its codes. */
  mismatches: Mismatch[];
  /** Version of the título whose data the bank has; null = that of the attempt. */
  sentVersion: number | null;
  /** Of the carteira: what it registers is worth nothing. */
  homologation: boolean;
  bankId: string | null;
  code: string;
  message: string;
  field: string | null;
  /** What a refusal may be about instead of this título; absent = nothing else. */
  doubt?: Doubt | undefined;
  exchange: Exchange | null;
}

const MAX_MESSAGE = 1_000;
const MAX_EXCHANGE = 4_096;
const UNIQUE_VIOLATION = '23505';

/**
 * Writes outcomes in one transaction. Each is idempotent by its attempt: repeated, it changes nothing.
 * The attempt and its boleto are always closed; the item moves only while it still carries the outcome's token, so
 * that a worker which was frozen past its lease does not undo what happened since.
 */
export async function recordOutcomes(knex: Knex, outcomes: Outcome[]): Promise<void[]> {
  try {
    await write(knex, outcomes);
  } catch (error) {
    const [only] = outcomes;
    if (outcomes.length > 1 || !only || !isUniqueViolation(error)) throw error;
    // The bank gave a number that another boleto of this account already has: nobody may call that registered.
    if (only.resolution === null) await write(knex, [underItsOwnNumber(only)]);
    else await writeNumbered(knex, only);
  }
  return outcomes.map(() => undefined);
}

function isUniqueViolation(error: unknown): boolean {
  return (error as { code?: string } | null)?.code === UNIQUE_VIOLATION;
}

/** A number that another boleto was only told belongs to the one that is registered under it; else it is a contradiction. */
async function writeNumbered(knex: Knex, outcome: Outcome): Promise<void> {
  await knex.raw(
    `update boleto b set bank_id = null from boleto own
     where own.id = :boletoId and b.account_id = own.account_id and b.id <> own.id and b.bank_id = :bankId
       and b.our_number is distinct from b.bank_id and b.state <> 'registered'`,
    { boletoId: outcome.boletoId, bankId: outcome.registration?.bankId ?? outcome.bankId },
  );
  try {
    await write(knex, [outcome]);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    await write(knex, [asConflict(outcome)]);
  }
}

/** An answer about somebody else's boleto says nothing about ours: it is looked for under its own number. */
function underItsOwnNumber(outcome: Outcome): Outcome {
  return {
    ...outcome,
    kind: 'ambiguous',
    bankId: null,
    code: 'numeroRepetido',
    message: 'O banco respondeu com o número de outro boleto desta conta; o nosso é procurado pelo próprio número.',
  };
}

function asConflict(outcome: Outcome): Outcome {
  return {
    ...outcome,
    resolution: 'conflict',
    boletoState: 'conflict',
    itemState: 'conflict',
    dueInMs: null,
    registration: null,
    mismatches: [],
    bankId: null,
    code: 'numeroRepetido',
    message: 'O banco respondeu com o número de outro boleto desta conta.',
  };
}

async function write(knex: Knex, outcomes: Outcome[]): Promise<void> {
  const rows = JSON.stringify(outcomes.map(toRow));
  const statement = knex.raw<{ rows: { pending: number | null }[] }>(
    `with outcome as materialized (
       select * from jsonb_to_recordset(:rows::jsonb) as outcome(attempt_id uuid, boleto_id bigint, batch_id text,
         ordinal int, lease_token bigint, kind text, resolution text, boleto_state text, item_state text,
         due_in_ms float8, tries int, reconciled boolean, our_number text, linha_digitavel text, barcode text, pix_emv text,
         pix_txid text, link text, beneficiary_code text, divergence text[], homologation boolean, sent_version int,
         bank_id text, code text, message text, field text, doubt text, http_status int, request text,
         response text, duration_ms int, sent_at timestamptz, ends_call boolean)
       -- Tells the planner how few they are: it looks each up by key instead of reading the whole table.
       limit :count),
     -- A registration that comes late is true even where a look had already called the attempt absent,
     -- and a conflict that was looked at again may have ended.
     closed as (
       update attempt a set resolution = o.resolution,
         resolved_at = case when o.resolution is not null then clock_timestamp() end,
         -- A call that has ended can no longer be under way; a look says nothing about that.
         finished_at = case when o.ends_call then coalesce(a.finished_at, clock_timestamp()) else a.finished_at end,
         deadline = case when o.ends_call then least(a.deadline, clock_timestamp()) else a.deadline end,
         kind = coalesce(o.kind, a.kind),
         sent_at = coalesce(o.sent_at, a.sent_at), http_status = coalesce(o.http_status, a.http_status),
         provider_code = coalesce(nullif(o.code, ''), a.provider_code),
         provider_message = coalesce(nullif(o.message, ''), a.provider_message), field = coalesce(o.field, a.field),
         doubt = coalesce(o.doubt, a.doubt),
         request = coalesce(o.request, a.request), response = coalesce(o.response, a.response),
         duration_ms = coalesce(o.duration_ms, a.duration_ms)
       from outcome o
       where a.id = o.attempt_id
         and (a.resolution is null
           or (o.resolution = 'registered' and a.resolution in ('absent', 'unproven', 'conflict'))
           or (o.resolution = 'absent' and a.resolution = 'conflict'
             -- By whoever holds the item: another's look is older than the one that showed the conflict.
             and exists (select from batch_item i
               where i.batch_id = o.batch_id and i.ordinal = o.ordinal and i.lease_token = o.lease_token)))
       returning a.id, a.boleto_id, a.receivable_version),
     moved as (
       update boleto b set state = o.boleto_state,
         -- Ours, where we gave one.
         our_number = coalesce(b.our_number, o.our_number),
         bank_id = coalesce(o.bank_id, b.bank_id), linha_digitavel = coalesce(o.linha_digitavel, b.linha_digitavel),
         barcode = coalesce(o.barcode, b.barcode), link = coalesce(o.link, b.link),
         beneficiary_code = coalesce(o.beneficiary_code, b.beneficiary_code),
         -- Codes replace those of an earlier answer as a whole: one that was wrong must not survive beside right ones.
         pix_emv = case when o.linha_digitavel is null then b.pix_emv else o.pix_emv end,
         pix_txid = case when o.linha_digitavel is null then b.pix_txid else o.pix_txid end,
         divergence = case when o.linha_digitavel is null then b.divergence else o.divergence end,
         homologation = case when o.linha_digitavel is null then b.homologation else o.homologation end,
         registered_at = case when o.boleto_state = 'registered' then clock_timestamp() else b.registered_at end,
         older_data = case when o.boleto_state = 'registered'
           then (select r.version <> coalesce(o.sent_version, closed.receivable_version)
             from receivable r where r.id = b.receivable_id)
           else b.older_data end
       from outcome o join closed on closed.id = o.attempt_id
       where b.id = closed.boleto_id and b.state not in ('registered', 'superseded', 'cancelled')
       returning b.id, b.receivable_id, b.state),
     -- Another attempt of a boleto that is registered has nothing left to prove.
     settled as (
       update attempt a set resolution = 'registered', resolved_at = clock_timestamp() from moved
       where a.boleto_id = moved.id and moved.state = 'registered' and a.resolution is null
         and a.id not in (select attempt_id from outcome)),
     -- A number that a person gave up turns out to be registered: the payer can pay twice, so somebody must be told.
     alarmed as (
       insert into alert (batch_id, kind, day, receivable_id, message)
       select o.batch_id, 'twoAlive', (clock_timestamp() at time zone 'America/Sao_Paulo')::date, b.receivable_id,
         'O banco registrou também o boleto anterior da cobrança ' || b.receivable_id || ' (nosso número ' ||
         coalesce(b.our_number, o.bank_id, '?') || '): confira no banco e dê baixa em um dos dois.'
       from outcome o join closed on closed.id = o.attempt_id join boleto b on b.id = closed.boleto_id
       where o.resolution = 'registered' and b.state in ('superseded', 'cancelled')
       on conflict on constraint alert_once_a_day do nothing),
     printed as (
       update receivable r set impresso = true from moved
       where r.id = moved.receivable_id and moved.state = 'registered' and not r.impresso)
     update batch_item i set state = o.item_state, updated_at = clock_timestamp(),
       due_at = clock_timestamp() + o.due_in_ms * interval '1 millisecond',
       -- Written again, because the answer to its commit was lost, it is not one more try.
       tries = i.tries + case when exists (select from closed where closed.id = o.attempt_id) then o.tries else 0 end,
       failure_kind = nullif(o.kind, 'registered'),
       -- A look at a contradiction that proves nothing leaves the words for it.
       provider_code = coalesce(nullif(o.code, ''), case when i.state = o.item_state and i.state = 'conflict'
         then i.provider_code end),
       provider_message = coalesce(nullif(o.message, ''), case when i.state = o.item_state and i.state = 'conflict'
         then i.provider_message end), field = o.field, reconciled = o.reconciled,
       closed_at = case when o.item_state = 'registered' then clock_timestamp() end
     from outcome o
     where i.batch_id = o.batch_id and i.ordinal = o.ordinal and i.lease_token = o.lease_token
       -- Not "is null": see lockItems in intents.ts.
       and num_nulls(i.closed_at) = 1
     returning (select p.receivable_id from pending_change p where p.receivable_id = i.receivable_id) as pending`,
    { rows, count: outcomes.length },
  );
  const { rows: moved } = await statement.options(plannedOnce('recordOutcomes'));
  const pending = moved.flatMap((item) => item.pending ?? []);
  // Else the next intent, or the sweep, takes it: what the bank said is written, whatever becomes of that.
  if (pending.length > 0) await applyPendingChanges(knex, pending).catch(() => undefined);
}

function toRow(outcome: Outcome): Record<string, unknown> {
  const { registration, exchange } = outcome;
  return {
    attempt_id: outcome.attemptId,
    boleto_id: outcome.boletoId,
    batch_id: outcome.batchId,
    ordinal: outcome.ordinal,
    lease_token: outcome.leaseToken,
    kind: outcome.kind,
    resolution: outcome.resolution,
    boleto_state: outcome.boletoState,
    item_state: outcome.itemState,
    due_in_ms: outcome.dueInMs,
    tries: outcome.countsAsTry ? 1 : 0,
    reconciled: outcome.reconciled,
    our_number: clean(registration?.ourNumber, 40),
    linha_digitavel: registration?.linhaDigitavel ?? null,
    barcode: registration?.barcode ?? null,
    pix_emv: code(registration?.pixEmv, MAX_MESSAGE),
    pix_txid: code(registration?.pixTxid, MAX_MESSAGE),
    link: clean(registration?.link, MAX_MESSAGE),
    beneficiary_code: clean(registration?.beneficiaryCode, 60),
    divergence: outcome.mismatches.length > 0 ? outcome.mismatches : null,
    homologation: outcome.homologation,
    sent_version: outcome.sentVersion,
    bank_id: clean(registration?.bankId ?? outcome.bankId, MAX_MESSAGE),
    code: cleanText(outcome.code, 100),
    message: cleanText(outcome.message, MAX_MESSAGE),
    field: outcome.field,
    doubt: outcome.doubt ?? null,
    http_status: exchange?.status ?? null,
    request: clean(exchange?.request, MAX_EXCHANGE),
    response: clean(exchange?.response, MAX_EXCHANGE),
    duration_ms: exchange ? Math.round(exchange.durationMs) : null,
    sent_at: exchange?.sentAt ?? null,
    ends_call: exchange !== null,
  };
}

/** Every byte of it counts. */
function code(text: string | null | undefined, max: number): string | null {
  return text == null ? null : storable(text).slice(0, max);
}

function clean(text: string | null | undefined, max: number): string | null {
  return text == null ? null : cleanText(text, max);
}
