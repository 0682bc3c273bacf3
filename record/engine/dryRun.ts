import type { Knex } from 'knex';
import type { ChargeSnapshot } from '../../domain/boleto/charge';
import { createTally, type DryRun } from '../../domain/batch/dryRun';
import type { BatchFilters, LeftOutReason } from '../../domain/batch/filters';
import type { GatewayCodec } from '../../domain/gateway';
import { previa, previaDefect, type PreviaDefect } from '../../domain/boleto/previa';
import { chargeColumns, snapshotOf, type ChargeRow } from './charges';
import { matchedReceivables } from './matching';

/** Títulos in memory at a time. */
const CHUNK = 1_000;

export interface DryRunRequest {
  carteiraId: number;
  filters: BatchFilters;
  /** What is wrong with the whole carteira, for example its credentials: every título has it. */
  ofAll?: readonly PreviaDefect[];
}

/** A título that would be refused before it is sent. */
export interface DefectiveTitulo {
  receivableId: number;
  /** The ERP's key where it is not the id itself. */
  erpKey: string | null;
  customerId: number;
  customerName: string;
  dueDate: ChargeRow['dueDate'];
  amountCents: number;
  defects: readonly PreviaDefect[];
}

interface MatchedRow extends ChargeRow {
  erpKey: string | null;
  customerId: number;
  reason: LeftOutReason | null;
  otherBatchId: string | null;
  uncertain: boolean;
  /** Numbers that it has already; null when it would get new ones. */
  ownReference: string | null;
  ourNumber: string | null;
  /** Of the latest boleto it had; 0 = none. */
  generation: number;
}

/**
 * What a communication with these filters would send, refuse and leave out, by the same conditions and checks; nothing
 * is written, no number is given. Read through a cursor, in one transaction that may only read.
 *
 * @param each is given the títulos with defects as they are found, nearest due date first, some at a time.
 */
export async function dryRun(
  knex: Knex,
  codec: GatewayCodec,
  { carteiraId, filters, ofAll = [] }: DryRunRequest,
  each: (titulos: DefectiveTitulo[]) => void = () => undefined,
): Promise<DryRun> {
  return knex.transaction(
    async (trx) => {
      const tally = createTally();
      const check = await createCheck(trx, codec, carteiraId);
      await openCursor(trx, carteiraId, filters);
      for (;;) {
        const { rows } = await trx.raw<{ rows: MatchedRow[] }>(`fetch ${CHUNK} from matched`);
        const taken = await takenReferences(trx, codec, rows);
        const defective: DefectiveTitulo[] = [];
        for (const row of rows) {
          const sent = row.reason === null && !row.uncertain;
          const defects = sent ? [...ofAll, ...check(row, taken).defects] : [];
          const {
            receivableId,
            erpKey,
            customerId,
            name,
            dueDate,
            openAmountCents: amountCents,
            uncertain,
            otherBatchId,
          } = row;
          const leftOut = row.reason && {
            reason: row.reason,
            otherBatchId: row.reason === 'inOtherBatch' ? otherBatchId : null,
          };
          tally.add({ receivableId, amountCents, dueDate, leftOut, uncertain, defects });
          if (defects.length > 0)
            defective.push({ receivableId, erpKey, customerId, customerName: name, dueDate, amountCents, defects });
        }
        if (defective.length > 0) each(defective);
        if (rows.length < CHUNK) return tally.result();
      }
    },
    { readOnly: true },
  );
}

async function openCursor(trx: Knex.Transaction, carteiraId: number, filters: BatchFilters): Promise<void> {
  const matched = matchedReceivables(carteiraId, filters);
  await trx.raw(
    `declare matched no scroll cursor for
     select ${matchedColumns}, ${matched.reason} as reason, live.batch_id as "otherBatchId"
     from ${matched.from} join carteira k on k.id = r.carteira_id
     where ${matched.where} order by r.due_date, r.id`,
    matched.values,
  );
}

/** Over `receivable r`, `customer c`, `carteira k` and the current `boleto b`. */
const matchedColumns = `${chargeColumns}, r.erp_key as "erpKey", r.customer_id as "customerId",
       coalesce(b.state = 'conflict' or exists (
         select from attempt a where a.boleto_id = b.id and a.resolution is null), false) as uncertain,
       case when b.account_id = k.account_id and b.convenio = k.convenio then b.own_reference end as "ownReference",
       case when b.account_id = k.account_id and b.convenio = k.convenio then b.our_number end as "ourNumber",
       coalesce((select max(generation) from boleto old where old.receivable_id = r.id), 0) as generation`;

/** A título with other values in some of its columns and of its customer's; none = as it is. */
export interface ChangedTitulo {
  receivableId: number;
  receivable: Record<string, unknown>;
  customer: Record<string, unknown>;
}

export interface CheckedTitulo {
  /** As it would be sent. */
  snapshot: ChargeSnapshot;
  defects: PreviaDefect[];
  /** Which of the customer's addresses its carteira sends. */
  addressSource: 'main' | 'billing';
}

/** Pure side of a gateway, by name; null = none that is known. */
export type CodecOf = (gateway: string) => GatewayCodec | null;

/**
 * For what the gateways of their carteiras would refuse títulos once they had these values; nothing is written.
 * @returns by ID da cobrança; what no known gateway could be sent is not among them
 */
export async function defectsOnceChanged(
  trx: Knex,
  codecOf: CodecOf,
  changes: readonly ChangedTitulo[],
): Promise<Map<number, CheckedTitulo>> {
  if (changes.length === 0) return new Map();
  const { rows } = await trx.raw<{ rows: (MatchedRow & Pick<CheckedTitulo, 'addressSource'> & { gateway: string })[] }>(
    `select ${matchedColumns}, null as reason, null as "otherBatchId", a.gateway, k.address_source as "addressSource"
     from jsonb_to_recordset(:changes::jsonb) as w("receivableId" bigint, receivable jsonb, customer jsonb)
     join receivable r0 on r0.id = w."receivableId"
     cross join lateral jsonb_populate_record(r0, w.receivable) r
     join customer c0 on c0.id = r.customer_id
     cross join lateral jsonb_populate_record(c0, w.customer) c
     join carteira k on k.id = r.carteira_id
     join gateway_account a on a.id = k.account_id
     left join boleto b on b.receivable_id = r.id and b.state not in ('superseded', 'cancelled')
     where k.convenio is not null order by r.id`,
    { changes: JSON.stringify(changes) },
  );
  const found = new Map<number, CheckedTitulo>();
  for (const carteiraId of new Set(rows.map((row) => row.carteiraId))) {
    const ofCarteira = rows.filter((row) => row.carteiraId === carteiraId);
    const codec = codecOf((ofCarteira[0] as { gateway: string }).gateway);
    if (!codec) continue;
    const check = await createCheck(trx, codec, carteiraId);
    const taken = await takenReferences(trx, codec, ofCarteira);
    for (const row of ofCarteira)
      found.set(row.receivableId, { ...check(row, taken), addressSource: row.addressSource });
  }
  return found;
}

type Check = (row: MatchedRow, taken: ReadonlySet<string>) => Omit<CheckedTitulo, 'addressSource'>;

/** The numbers that each título would get are foreseen, not given: from the space's next one on. */
async function createCheck(trx: Knex, codec: GatewayCodec, carteiraId: number): Promise<Check> {
  const { rows } = await trx.raw<{ rows: { now: Date; next: number }[] }>(
    `select clock_timestamp() as now, coalesce(n.next_number, 1) as next
     from carteira k left join gateway_account a on a.id = k.account_id
       left join numbering_space n on n.gateway = a.gateway and n.convenio = k.convenio
     where k.id = ?`,
    [carteiraId],
  );
  const { now, next } = rows[0] as (typeof rows)[number];
  const { shortened } = codec.sending.ownReference;
  // Only where cutting can make two equal: elsewhere a reference is as unique as the id in it.
  const seen = new Set<string>();
  let given = 0;
  return (row, taken) => {
    const ownReference = row.ownReference ?? referenceOf(codec, row);
    const isNew = row.ownReference === null;
    const foreseen = isNew ? foresee(codec, row.convenio, next + given++) : { ourNumber: row.ourNumber, defects: [] };
    const snapshot = snapshotOf(row, { ownReference, ourNumber: foreseen.ourNumber });
    const defects = [...previa(snapshot, codec.sending, now), ...foreseen.defects];
    if (shortened) {
      if (isNew && (taken.has(ownReference) || seen.has(ownReference))) defects.push(previaDefect('seuNumeroRepetido'));
      seen.add(ownReference);
    }
    return { snapshot, defects };
  };
}

function referenceOf(codec: GatewayCodec, { receivableId, generation }: MatchedRow): string {
  return codec.ownReference(receivableId, generation + 1);
}

function foresee(
  codec: GatewayCodec,
  convenio: string,
  sequence: number,
): { ourNumber: string | null; defects: PreviaDefect[] } {
  try {
    return { ourNumber: codec.ourNumber(convenio, sequence), defects: [] };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ourNumber: codec.ourNumber(convenio, 1), defects: [previaDefect('numeracaoEsgotada')] };
  }
}

/** Which of the references that these títulos would get are another's in the record. */
async function takenReferences(
  trx: Knex,
  codec: GatewayCodec,
  rows: readonly MatchedRow[],
): Promise<ReadonlySet<string>> {
  const [first] = rows;
  if (!codec.sending.ownReference.shortened || !first) return new Set();
  const references = rows.filter(({ ownReference }) => ownReference === null).map((row) => referenceOf(codec, row));
  const { rows: taken } = await trx.raw<{ rows: { reference: string }[] }>(
    `select own_reference as reference from boleto
     where account_id = ? and convenio = ? and own_reference = any(?)`,
    [first.accountId, first.convenio, references],
  );
  return new Set(taken.map(({ reference }) => reference));
}
