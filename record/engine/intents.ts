import type { Knex } from 'knex';
import type { ChargeSnapshot } from '../../domain/boleto/charge';
import type { Gateway } from '../../domain/gateway';
import { previaRows } from '../../domain/catalogue/previa';
import { judgeIntent } from '../../domain/boleto/intent';
import { previa, previaDefect, type PreviaDefect } from '../../domain/boleto/previa';
import type { BoletoState, ItemState } from '../../domain/boleto/states';
import { holdAccounts } from './accountLock';
import { chargeColumns, snapshotOf, type ChargeRow } from './charges';
import { hasEarlierBoleto } from './matching';
import { plannedOnce } from '../database';
import { giveUp } from './givenUp';
import { applyWithin } from '../receivables/pendingChanges';
import { giveIds, giveNumbers, type Behind } from './numbering';
import type { AccountVersion } from './bankTokens';

const UNIQUE_VIOLATION = '23505';
const ONE_OWN_REFERENCE = 'boleto_own_reference';

export interface IntentRequest {
  batchId: string;
  ordinal: number;
  receivableId: number;
  leaseToken: number;
  /** At which the call will be made. */
  account: AccountVersion;
  attemptId: string;
  /** From now until the call can no longer be under way, whatever becomes of this process. */
  deadlineMs: number;
}

export type Intent =
  | { kind: 'send'; boletoId: number; snapshot: ChargeSnapshot; homologation: boolean; acceptsMismatches: boolean }
  | { kind: 'held' }
  /** The batch is of another account by now, or that has another address or other credentials. */
  | { kind: 'stale' }
  | { kind: 'evidence'; boletoId: number }
  | { kind: 'settled'; state: ItemState }
  /** It needs a new number, and the bank has some that this record never gave: nothing is written. */
  | { kind: 'numberingBehind'; convenio: string; behind: Behind };

type IntentRow = ChargeRow & {
  homologation: boolean;
  acceptsMismatches: boolean;
  /** Of another system, and nobody said to register it all the same. */
  earlierBoleto: boolean;
  /** An import brought something that had to wait for the end of a call. */
  pending: boolean;
  /** Of all boletos of the título; 0 = none yet. */
  latestGeneration: number;
  /** The record's clock: the same "today" for every worker. */
  now: Date;
};

interface BoletoRow {
  id: number;
  receivableId: number;
  accountId: number;
  gateway: string;
  convenio: string;
  state: BoletoState;
  generation: number;
  ownReference: string;
  ourNumber: string | null;
  unresolved: boolean;
  unproven: boolean;
  /** Calls that the bank read and refused. */
  refusals: number;
}

/**
 * Writes, in one transaction, that these boletos are about to be sent — or finds out why each may not be.
 * Everything that could forbid the call is read under locks: the item and its token, the batch, the título as it is
 * now, and every earlier attempt. The unique index on unresolved attempts stands behind it.
 */
export async function openIntents(knex: Knex, gateway: Gateway, requests: IntentRequest[]): Promise<Intent[]> {
  try {
    return await writeAll(knex, gateway, requests, false);
  } catch (error) {
    // So rare that nobody looks for it beforehand: only where a gateway's seuNumero is shorter than our ids.
    if (!isTakenReference(error)) throw error;
    return await writeAll(knex, gateway, requests, true);
  }
}

function isTakenReference(error: unknown): boolean {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return code === UNIQUE_VIOLATION && constraint === ONE_OWN_REFERENCE;
}

async function writeAll(
  knex: Knex,
  gateway: Gateway,
  requests: IntentRequest[],
  lookForTaken: boolean,
): Promise<Intent[]> {
  return knex.transaction(async (trx) => {
    await holdAccounts(
      trx,
      requests.map(({ account }) => account.id),
    );
    const held = await lock(trx, requests);
    const receivableIds = requests.map(({ receivableId }) => receivableId);
    let charges = await readCharges(trx, receivableIds);
    // What waited for the end of a call is taken before the next one.
    const pending = [...charges.values()].filter((charge) => charge.pending).map(({ receivableId }) => receivableId);
    if (pending.length > 0 && (await applyWithin(trx, pending)) > 0) charges = await readCharges(trx, receivableIds);
    const boletos = await readBoletos(
      trx,
      [...charges.values()]
        .filter(({ latestGeneration }) => latestGeneration > 0)
        .map(({ receivableId }) => receivableId),
    );

    const decisions = requests.map((request) => {
      const item = held.get(key(request));
      const charge = charges.get(request.receivableId);
      const boleto = boletos.get(request.receivableId) ?? null;
      if (item && isStale(request, item)) return { request, decision: { kind: 'stale' as const }, charge, boleto };
      const decision = judgeIntent({
        held: item !== undefined && charge !== undefined,
        paused: item?.paused ?? true,
        concluding: item?.concluding ?? false,
        receivableStatus: charge?.status ?? 'C',
        released: charge?.released ?? false,
        impresso: charge?.impresso ?? false,
        earlierBoleto: charge?.earlierBoleto ?? false,
        sameCarteira: charge !== undefined && charge.carteiraId === item?.carteiraId,
        boletoState: boleto?.state ?? null,
        sameAccount: boleto?.accountId === charge?.accountId && boleto?.convenio === charge?.convenio,
        sameSpace: boleto?.gateway === gateway.name && boleto.convenio === charge?.convenio,
        hasUnresolvedAttempt: boleto?.unresolved ?? false,
        hasUnprovenAttempt: boleto?.unproven ?? false,
      });
      return { request, decision, charge, boleto };
    });

    const wanted = decisions.flatMap(({ request, decision, charge, boleto }) => {
      if (!charge || (decision.kind !== 'send' && decision.kind !== 'renumber')) return [];
      return [{ request, charge, boleto: decision.kind === 'send' ? boleto : null }];
    });
    const { created, withheld } = await numberBoletos(
      trx,
      gateway,
      wanted.filter(({ boleto }) => boleto === null).map(({ charge }) => charge),
    );
    const toSend = wanted.filter(({ charge, boleto }) => boleto !== null || !withheld.has(charge.convenio));
    await giveUp(
      trx,
      decisions.flatMap(({ request, decision, boleto }) =>
        decision.kind === 'renumber' && boleto && created.has(request.receivableId) ? [boleto.id] : [],
      ),
    );
    const nameless = lookForTaken ? await withTakenReference(trx, [...created.values()]) : new Set<number>();
    const intents = toSend.map(({ request, charge, boleto }) => {
      const own = boleto ?? (created.get(request.receivableId) as BoletoRow);
      const snapshot = keyed(gateway, own, snapshotOf(charge, own));
      const defects = previa(snapshot, gateway.sending, charge.now);
      refuseSetup(defects);
      if (nameless.has(request.receivableId)) defects.push(previaDefect('seuNumeroRepetido'));
      return { request, charge, boletoId: own.id, snapshot, defects };
    });
    const refused = intents.filter(({ defects }) => defects.length > 0);
    const sendable = intents.filter(({ defects }) => defects.length === 0);
    const fresh = [...created.values()].filter(({ receivableId }) => !nameless.has(receivableId));
    await writeIntents(trx, fresh, sendable, gateway.capabilities.settleMs);
    await endItems(trx, [
      ...refused.map((intent) => refusedItem(intent, nameless)),
      ...decisions.flatMap(({ request, decision, boleto }) =>
        decision.kind === 'settle' ? [settledItem(request, decision, boleto?.id ?? null)] : [],
      ),
    ]);

    const ready = new Map(sendable.map((intent) => [key(intent.request), intent]));
    return decisions.map(({ request, decision, charge, boleto }): Intent => {
      switch (decision.kind) {
        case 'send':
        case 'renumber': {
          const intent = ready.get(key(request));
          const convenio = charge?.convenio ?? '';
          const behind = decision.kind === 'send' && boleto ? undefined : withheld.get(convenio);
          if (behind) return { kind: 'numberingBehind', convenio, behind };
          if (!intent) return { kind: 'settled', state: 'rejected' };
          const { boletoId, snapshot } = intent;
          const { homologation, acceptsMismatches } = intent.charge;
          return { kind: 'send', boletoId, snapshot, homologation, acceptsMismatches };
        }
        case 'held':
        case 'stale':
          return { kind: decision.kind };
        case 'evidence':
          return { kind: 'evidence', boletoId: (boleto as BoletoRow).id };
        case 'settle':
          return { kind: 'settled', state: decision.state };
      }
    });
  });
}

/** An item that the slice still holds, with what its batch says now. */
interface HeldItem {
  paused: boolean;
  concluding: boolean;
  carteiraId: number;
  accountId: number | null;
  accountVersion: number | null;
}

function isStale({ account }: IntentRequest, { accountId, accountVersion }: HeldItem): boolean {
  return account.id !== accountId || account.version !== accountVersion;
}

function key(item: { batchId: string; ordinal: number }): string {
  return `${item.batchId}/${item.ordinal}`;
}

/**
 * The items that are still held with the request's token, and the títulos: locked first, read in statements of their
 * own. One that waited for a correction would read the título anew, and everything joined to it as it was before.
 */
async function lock(trx: Knex.Transaction, requests: IntentRequest[]): Promise<Map<string, HeldItem>> {
  const statement = trx.raw<{ rows: (HeldItem & { batchId: string; ordinal: number })[] }>(
    `with item as materialized (
       select i.batch_id, i.ordinal
       from (select * from unnest(:batchIds::text[], :ordinals::int[], :tokens::bigint[]) as held(batch_id, ordinal, token)
         order by 1, 2) held
       -- Row by row through the primary key. "is null" would invite the planner to the index of all live items, which
       -- it takes for almost empty when the last analyze was before the selection.
       cross join lateral (
         select batch_id, ordinal from batch_item
         where batch_id = held.batch_id and ordinal = held.ordinal and lease_token = held.token
           and num_nulls(closed_at) = 1
         for update) i),
     -- Counted, so that they are locked, and after the items, as everywhere.
     receivables as materialized (
       select count(*) as locked from (
         select from receivable
         where id = any(:receivableIds::bigint[]) and (select count(*) from item) >= 0 order by id for update) r)
     select item.batch_id as "batchId", item.ordinal, b.paused, b.concluding, b.carteira_id as "carteiraId",
       a.id as "accountId", a.version as "accountVersion"
     from receivables cross join item join batch b on b.id = item.batch_id
     join carteira k on k.id = b.carteira_id left join gateway_account a on a.id = k.account_id`,
    {
      batchIds: requests.map(({ batchId }) => batchId),
      ordinals: requests.map(({ ordinal }) => ordinal),
      tokens: requests.map(({ leaseToken }) => leaseToken),
      receivableIds: requests.map(({ receivableId }) => receivableId),
    },
  );
  const { rows } = await statement.options(plannedOnce('lockForIntents'));
  return new Map(rows.map((row) => [key(row), row]));
}

/** The títulos as they are now, each with the generation of its latest boleto (0 = none yet); these are locked. */
async function readCharges(trx: Knex.Transaction, receivableIds: number[]): Promise<Map<number, IntentRow>> {
  const statement = trx.raw<{ rows: IntentRow[] }>(
    `with boleto as materialized (
       select receivable_id, generation from boleto where receivable_id = any(:receivableIds) order by id for update)
     select ${chargeColumns}, k.homologation, k.homologation and k.accept_invalid_codes as "acceptsMismatches",
       ${hasEarlierBoleto} as "earlierBoleto",
       exists (select from pending_change where receivable_id = r.id) as pending,
       coalesce((select max(generation) from boleto where receivable_id = r.id), 0) as "latestGeneration",
       clock_timestamp() as now
     from receivable r join customer c on c.id = r.customer_id join carteira k on k.id = r.carteira_id
     where r.id = any(:receivableIds)`,
    { receivableIds },
  );
  const { rows } = await statement.options(plannedOnce('readForIntents'));
  return new Map(rows.map((row) => [row.receivableId, row]));
}

/** The current boleto of each of these títulos. */
async function readBoletos(trx: Knex.Transaction, receivableIds: number[]): Promise<Map<number, BoletoRow>> {
  // The first time there is none yet.
  if (receivableIds.length === 0) return new Map();
  const { rows } = await trx.raw<{ rows: BoletoRow[] }>(
    `select b.id, b.receivable_id as "receivableId", b.account_id as "accountId", g.gateway, b.convenio, b.state,
       b.generation, b.own_reference as "ownReference", b.our_number as "ourNumber",
       exists (select from attempt a where a.boleto_id = b.id and a.resolution is null) as unresolved,
       exists (select from attempt a where a.boleto_id = b.id and a.resolution = 'unproven') as unproven,
       (select count(*)::int from attempt a where a.boleto_id = b.id and a.resolution = 'refused') as refusals
     from boleto b join gateway_account g on g.id = b.account_id where b.receivable_id = any(?) and b.state not in ('superseded', 'cancelled')`,
    [receivableIds],
  );
  return new Map(rows.map((row) => [row.receivableId, row]));
}

/**
 * Gives each título its numbers, once and for all: the next of the space that its carteira shares with others.
 * The boletos are not in the record yet. A convênio that is behind the bank withholds its numbers.
 */
async function numberBoletos(
  trx: Knex.Transaction,
  gateway: Gateway,
  charges: IntentRow[],
): Promise<{ created: Map<number, BoletoRow>; withheld: Map<string, Behind> }> {
  const created = new Map<number, BoletoRow>();
  const withheld = new Map<string, Behind>();
  // In one order for everybody: two workers that need the same two spaces do not wait for each other.
  for (const [convenio, group] of [...groupByConvenio(charges)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const given = await numbersFor(trx, gateway, convenio, group.length);
    if (typeof given === 'string') {
      withheld.set(convenio, given);
      continue;
    }
    const { first, ids } = given;
    group.forEach(({ receivableId, accountId, latestGeneration }, index) => {
      const generation = latestGeneration + 1;
      const numbers = numbersOf(gateway, convenio, receivableId, generation, first + index);
      const id = ids[index] as number;
      const state = 'draft' as const;
      created.set(receivableId, {
        ...{ id, receivableId, accountId, gateway: gateway.name, convenio, state, generation },
        ...{ unresolved: false, unproven: false, refusals: 0 },
        ...numbers,
      });
    });
  }
  return { created, withheld };
}

/** Where the bank numbers there is no space to count in, and nothing to be behind of. */
async function numbersFor(
  trx: Knex.Transaction,
  { name, capabilities }: Gateway,
  convenio: string,
  count: number,
): Promise<{ first: number; ids: number[] } | Behind> {
  if (capabilities.numbering === 'bank') return { first: 0, ids: await giveIds(trx, count) };
  return giveNumbers(trx, { gateway: name, convenio }, count);
}

/**
 * Of the boleto, not of the attempt: a call that was perhaps heard is repeated under it. What the bank refused is another
 * request once it was corrected.
 */
function keyed(
  { capabilities }: Gateway,
  { ownReference, refusals }: BoletoRow,
  snapshot: ChargeSnapshot,
): ChargeSnapshot {
  if (capabilities.idempotency !== 'key') return snapshot;
  return { ...snapshot, idempotencyKey: refusals === 0 ? ownReference : `${ownReference}.${refusals}` };
}

/** Títulos whose reference, as the bank stores it, is another's already: in the record, or earlier among these. */
async function withTakenReference(trx: Knex.Transaction, created: BoletoRow[]): Promise<Set<number>> {
  const { rows } = await trx.raw<{ rows: { accountId: number; convenio: string; ownReference: string }[] }>(
    `select b.account_id as "accountId", b.convenio, b.own_reference as "ownReference"
     from unnest(?::bigint[], ?::text[], ?::text[]) as fresh(account_id, convenio, own_reference)
     join boleto b using (account_id, convenio, own_reference)`,
    [
      created.map(({ accountId }) => accountId),
      created.map(({ convenio }) => convenio),
      created.map(({ ownReference }) => ownReference),
    ],
  );
  const keyOf = (boleto: (typeof rows)[number]) => `${spaceOf(boleto)}/${boleto.ownReference}`;
  const taken = new Set(rows.map(keyOf));
  return new Set(
    created.flatMap((boleto) => {
      if (taken.has(keyOf(boleto))) return [boleto.receivableId];
      taken.add(keyOf(boleto));
      return [];
    }),
  );
}

/** Nothing of this carteira can be sent until somebody mends it: no number left, or what the carteira itself says. */
export class SetupError extends Error {}

function refuseSetup(defects: readonly PreviaDefect[]): void {
  const setup = defects.find(({ code }) => previaRows[code].fixer === 'carteira');
  if (setup) throw new SetupError(setup.message);
}

function numbersOf(gateway: Gateway, convenio: string, receivableId: number, generation: number, sequence: number) {
  try {
    return {
      ownReference: gateway.ownReference(receivableId, generation),
      ourNumber: gateway.ourNumber(convenio, sequence),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SetupError(`A cobrança ${receivableId} não pode receber número no convênio ${convenio}: a faixa acabou.`);
  }
}

function spaceOf({ accountId, convenio }: { accountId: number; convenio: string }): string {
  return `${accountId}/${convenio}`;
}

function groupByConvenio(charges: IntentRow[]): Map<string, IntentRow[]> {
  const groups = new Map<string, IntentRow[]>();
  for (const charge of charges) groups.set(charge.convenio, [...(groups.get(charge.convenio) ?? []), charge]);
  return groups;
}

interface PreparedIntent {
  request: IntentRequest;
  charge: IntentRow;
  boletoId: number;
  snapshot: ChargeSnapshot;
  /** What the prévia found; empty when it can be sent. */
  defects: PreviaDefect[];
}

/** New boletos, also those that cannot be sent, and for each intent its attempt, boleto and item. */
async function writeIntents(
  trx: Knex.Transaction,
  created: BoletoRow[],
  intents: PreparedIntent[],
  settleMs: number,
): Promise<void> {
  if (created.length === 0 && intents.length === 0) return;
  const sent = new Set(intents.map(({ boletoId }) => boletoId));
  const fresh = created.map(({ id, receivableId, accountId, convenio, generation, ownReference, ourNumber }) => ({
    ...{ id, receivable_id: receivableId, account_id: accountId, convenio, generation },
    ...{ own_reference: ownReference, our_number: ourNumber, state: sent.has(id) ? 'sending' : 'draft' },
  }));
  const rows = intents.map(({ request, charge, boletoId, snapshot }) => ({
    id: request.attemptId,
    boleto_id: boletoId,
    batch_id: request.batchId,
    ordinal: request.ordinal,
    lease_token: request.leaseToken,
    receivable_version: charge.version,
    account_id: charge.accountId,
    snapshot,
    deadline_ms: request.deadlineMs,
  }));
  const statement = trx.raw(
    `with intent as materialized (
       select * from jsonb_to_recordset(:rows::jsonb) as intent(id uuid, boleto_id bigint, batch_id text, ordinal int,
         lease_token bigint, receivable_version int, account_id bigint, snapshot jsonb, deadline_ms int)
       -- Tells the planner how few they are: it looks each up by key instead of reading the whole table.
       limit :count),
     fresh as (
       insert into boleto (id, receivable_id, account_id, convenio, generation, own_reference, our_number, state)
         overriding system value
       select id, receivable_id, account_id, convenio, generation, own_reference, our_number, state
       from jsonb_to_recordset(:fresh::jsonb) as fresh(id bigint, receivable_id bigint, account_id bigint,
         convenio text, generation int, own_reference text, our_number text, state text)),
     written as (
       insert into attempt (id, boleto_id, batch_id, ordinal, lease_token, receivable_version, snapshot, deadline)
       select id, boleto_id, batch_id, ordinal, lease_token, receivable_version, snapshot,
         clock_timestamp() + deadline_ms * interval '1 millisecond'
       from intent),
     -- Those that were there before; their number goes on where the carteira has another account of the same bank.
     sending as (
       update boleto set state = 'sending', account_id = intent.account_id from intent where boleto.id = intent.boleto_id)
     update batch_item i set state = 'sending', boleto_id = intent.boleto_id,
       receivable_version = intent.receivable_version, updated_at = clock_timestamp(),
       -- Should this process die, the item is due for a look once the call can no longer be under way.
       due_at = clock_timestamp() + (intent.deadline_ms + :settleMs) * interval '1 millisecond'
     from intent where i.batch_id = intent.batch_id and i.ordinal = intent.ordinal`,
    { rows: JSON.stringify(rows), count: rows.length, fresh: JSON.stringify(fresh), settleMs },
  );
  await statement.options(plannedOnce('writeIntents'));
}

/** What becomes of an item for which nothing is sent. */
interface EndedItem {
  batch_id: string;
  ordinal: number;
  state: ItemState;
  kind: string | null;
  code: string;
  message: string | null;
  field: string | null;
  /** null: as it was. */
  boleto_id: number | null;
  receivable_version: number | null;
}

/** Found by the prévia: a person corrects it, nothing was sent and no attempt is written. */
function refusedItem({ request, charge, boletoId, defects }: PreparedIntent, nameless: ReadonlySet<number>): EndedItem {
  return {
    ...{ batch_id: request.batchId, ordinal: request.ordinal, state: 'rejected', kind: 'data' },
    code: defects[0]?.code ?? '',
    message: defects.map(({ message }) => message).join(' · '),
    field: defects[0]?.field ?? null,
    boleto_id: nameless.has(request.receivableId) ? null : boletoId,
    receivable_version: charge.version,
  };
}

/** What the operator reads where the reason is not plain from the state. */
const settleWords: Record<string, string> = {
  otherAccount:
    'A última chamada foi feita por outra conta ou convênio, e o seu resultado é incerto: confira naquele banco e decida em Resolver.',
};

function settledItem(
  { batchId, ordinal }: IntentRequest,
  { state, reason }: { state: ItemState; reason: string },
  boletoId: number | null,
): EndedItem {
  return {
    ...{
      batch_id: batchId,
      ordinal,
      state,
      kind: null,
      code: reason,
      message: settleWords[reason] ?? null,
      field: null,
    },
    ...{ boleto_id: boletoId, receivable_version: null },
  };
}

/** In one statement, so that the batches' counters of events are locked in one order (004_events). */
async function endItems(trx: Knex.Transaction, items: EndedItem[]): Promise<void> {
  if (items.length === 0) return;
  const registered = items.flatMap(({ state, boleto_id: id }) => (state === 'registered' && id !== null ? [id] : []));
  if (registered.length > 0)
    await trx.raw(
      `update attempt set resolution = 'registered', resolved_at = clock_timestamp()
       where boleto_id = any(?) and resolution is null`,
      [registered],
    );
  await trx.raw(
    `update batch_item i set state = ended.state, failure_kind = ended.kind, provider_code = ended.code,
       provider_message = ended.message, field = case when ended.state = 'rejected' then ended.field else i.field end,
       boleto_id = case when ended.state = 'rejected' then ended.boleto_id else coalesce(ended.boleto_id, i.boleto_id) end,
       receivable_version = coalesce(ended.receivable_version, i.receivable_version),
       due_at = null, updated_at = clock_timestamp(),
       closed_at = case when ended.state in ('registered', 'skipped') then clock_timestamp() end
     from (
       select * from jsonb_to_recordset(:rows::jsonb) as ended(batch_id text, ordinal int, state text, kind text,
         code text, message text, field text, boleto_id bigint, receivable_version int)
       -- Tells the planner how few they are: it looks each up by key instead of reading the whole table.
       limit :count) ended
     where i.batch_id = ended.batch_id and i.ordinal = ended.ordinal`,
    { rows: JSON.stringify(items), count: items.length },
  );
}
