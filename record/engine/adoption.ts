import type { Knex } from 'knex';
import type { ChargeSnapshot } from '../../domain/boleto/charge';
import { differences } from '../../domain/boleto/evidence';
import type { FoundBoleto, GatewayCodec } from '../../domain/gateway';
import type { Mismatch } from '../../domain/boleto/registrationCheck';
import type { BoletoState } from '../../domain/boleto/states';
import { cleanText } from '../../domain/kinds/text';
import { chargeColumns, snapshotOf, type ChargeRow } from './charges';
import { giveUp } from './givenUp';
import type { NumberingSpace } from './numbering';

/** What became of a boleto that the bank has under a number that the record does not call registered. */
export type Adoption =
  /** Registered in the record now. `older`: with other data than its título has today. `released`: whose number it held. */
  | { kind: 'adopted'; receivableId: number; boletoId: number; older: boolean; released: number | null }
  | { kind: 'known'; receivableId: number }
  /** Its título has another registered boleto: the payer can pay twice, and an alert says so. */
  | { kind: 'twoAlive'; receivableId: number }
  /** A call of its título, or of the one that holds its number, has no known end yet: later. */
  | { kind: 'busy'; receivableId: number; batchId: string | null }
  /** Our reference, but not that título's payer, value or due date; or codes that must not be paid. */
  | { kind: 'differs'; receivableId: number; differences: string[] }
  | { kind: 'dead'; receivableId: number | null }
  /** No título of ours has this reference in this convênio. */
  | { kind: 'foreign' };

/** With its payer, value and due date: this record gave the number once, and was set back since. */
export function isOfATituloOfOurs({ kind }: Adoption): boolean {
  return kind === 'adopted' || kind === 'known' || kind === 'twoAlive' || kind === 'busy';
}

interface HeldBoleto {
  id: number;
  state: BoletoState;
  ourNumber: string | null;
  generation: number;
  unresolved: boolean;
  snapshots: ChargeSnapshot[];
}

type Owner = ChargeRow & { convenioGateway: string; homologation: boolean };

/**
 * Gives a boleto of the bank to the título whose reference it carries, when payer, value and due date are that título's
 * too: as they are today, or as one of its attempts sent them. Changes nothing otherwise; safe to repeat.
 *
 * @param options.mismatches what is wrong with the codes that the bank shows; `accepted` of a sandbox's carteira
 * @param options.holder a boleto of another título whose call just met this one: it is known not to have it
 */
export async function adoptFound(
  trx: Knex.Transaction,
  space: NumberingSpace & { accountId: number },
  codec: Pick<GatewayCodec, 'receivableOf'>,
  found: FoundBoleto,
  options: { mismatches: readonly Mismatch[]; accepted: boolean; by: string; holder?: number },
): Promise<Adoption> {
  const receivableId = await ownerOf(trx, space, codec, found.ownReference);
  if (receivableId === null) return { kind: 'foreign' };
  const item = await lockItem(trx, receivableId);
  const owner = await lockOwner(trx, receivableId);
  if (!owner || owner.convenioGateway !== space.gateway || owner.convenio !== space.convenio)
    return { kind: 'foreign' };
  const boletos = await lockBoletos(trx, receivableId);
  const number = found.registration.ourNumber;
  const current = boletos.find(({ state }) => state !== 'superseded' && state !== 'cancelled') ?? null;
  if (current?.state === 'registered' && current.ourNumber === number) return { kind: 'known', receivableId };
  if (!found.alive) return { kind: 'dead', receivableId };

  const today = snapshotOf(owner, { ownReference: found.ownReference ?? '', ourNumber: number });
  const older = differences(today, found).length > 0;
  const sent = boletos.flatMap(({ snapshots }) => snapshots);
  if (older && !sent.some((snapshot) => differences(snapshot, found).length === 0))
    return { kind: 'differs', receivableId, differences: differences(today, found) };
  if (options.mismatches.length > 0 && !options.accepted)
    return { kind: 'differs', receivableId, differences: [...options.mismatches] };
  if (current?.state === 'registered') {
    await tellTwoAlive(trx, receivableId, number);
    return { kind: 'twoAlive', receivableId };
  }
  if (boletos.some(({ unresolved }) => unresolved))
    return { kind: 'busy', receivableId, batchId: item?.batchId ?? null };

  const holder = await lockHolder(trx, space, number, receivableId);
  if (holder?.state === 'registered') return { kind: 'differs', receivableId, differences: ['ourNumber'] };
  if (holder?.unresolved && holder.id !== options.holder)
    return { kind: 'busy', receivableId: holder.receivableId, batchId: null };
  if (holder) await release(trx, holder, options.holder !== holder.id);

  const same = boletos.find(({ ourNumber }) => ourNumber === number) ?? null;
  if (current && current.id !== same?.id) {
    await closeAttempts(trx, current.id);
    await giveUp(trx, [current.id]);
  }
  const boletoId = same?.id ?? (await insertBoleto(trx, space, owner, boletos, found));
  if (!(await freeBankId(trx, space.accountId, boletoId, found.registration.bankId)))
    return { kind: 'differs', receivableId, differences: ['ourNumber'] };
  await trx.raw(
    `update attempt set resolution = 'registered', resolved_at = clock_timestamp()
     where boleto_id = ? and resolution is null`,
    [boletoId],
  );
  const registration = { found, boletoId, receivableId, older, homologation: owner.homologation };
  await registerFound(trx, { ...registration, mismatches: options.mismatches });
  if (item) await closeItem(trx, item, boletoId);
  await trx('audit_entry').insert({
    actor: options.by,
    action: 'adotar boleto do banco',
    entity: 'receivable',
    entity_id: String(receivableId),
    before: JSON.stringify({ boleto: current?.state ?? null, ourNumber: current?.ourNumber ?? null }),
    after: JSON.stringify({ boletoId, ourNumber: number, older }),
  });
  return { kind: 'adopted', receivableId, boletoId, older, released: holder?.receivableId ?? null };
}

/**
 * A boleto that was only told this number, by an answer about another, lets go of it.
 * @returns false where one is registered under it
 */
async function freeBankId(
  trx: Knex.Transaction,
  accountId: number,
  boletoId: number,
  bankId: string,
): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: { state: BoletoState }[] }>(
    `update boleto set bank_id = case when state = 'registered' then bank_id end
     where account_id = :accountId and bank_id = :bankId and id <> :boletoId and state <> 'superseded'
     returning state`,
    { accountId, bankId, boletoId },
  );
  return rows.every(({ state }) => state !== 'registered');
}

/** The título that a reference at the bank is about: by a boleto that has it, else by the form of our references. */
async function ownerOf(
  trx: Knex.Transaction,
  { gateway, convenio }: NumberingSpace,
  codec: Pick<GatewayCodec, 'receivableOf'>,
  ownReference: string | null,
): Promise<number | null> {
  // One with what PostgreSQL takes in no text is none of ours.
  if (ownReference === null || cleanText(ownReference, 100) !== ownReference) return null;
  const { rows } = await trx.raw<{ rows: { receivableId: number }[] }>(
    // In two, each by an index of its own.
    `select b.receivable_id as "receivableId" from gateway_account a
     join boleto b on b.account_id = a.id and b.convenio = :convenio and b.own_reference = :ownReference
       and b.state <> 'superseded'
     where a.gateway = :gateway
     union all
     select b.receivable_id from boleto b join gateway_account a on a.id = b.account_id
     where b.convenio = :convenio and b.own_reference = :ownReference and b.state = 'superseded'
       and a.gateway = :gateway
     limit 1`,
    { ownReference, convenio, gateway },
  );
  return rows[0]?.receivableId ?? codec.receivableOf(ownReference)?.receivableId ?? null;
}

/** Locked in the order of intents: item, título, boletos. */
async function lockItem(
  trx: Knex.Transaction,
  receivableId: number,
): Promise<{ batchId: string; ordinal: number } | null> {
  const { rows } = await trx.raw<{ rows: { batchId: string; ordinal: number }[] }>(
    `select batch_id as "batchId", ordinal from batch_item
     where receivable_id = ? and closed_at is null for update`,
    [receivableId],
  );
  return rows[0] ?? null;
}

async function lockOwner(trx: Knex.Transaction, receivableId: number): Promise<Owner | null> {
  await trx.raw(`select from receivable where id = ? for update`, [receivableId]);
  const { rows } = await trx.raw<{ rows: Owner[] }>(
    `select ${chargeColumns}, a.gateway as "convenioGateway", k.homologation
     from receivable r join customer c on c.id = r.customer_id join carteira k on k.id = r.carteira_id
     join gateway_account a on a.id = k.account_id where r.id = ?`,
    [receivableId],
  );
  return rows[0] ?? null;
}

async function lockBoletos(trx: Knex.Transaction, receivableId: number): Promise<HeldBoleto[]> {
  await trx.raw(`select from boleto where receivable_id = ? order by id for update`, [receivableId]);
  const { rows } = await trx.raw<{ rows: HeldBoleto[] }>(
    `select b.id, b.state, b.our_number as "ourNumber", b.generation,
       -- What the bank refused as a duplicate did not register: what it met did.
       exists (select from attempt a where a.boleto_id = b.id and a.resolution is null
         and a.kind is distinct from 'duplicate') as unresolved,
       coalesce((select jsonb_agg(a.snapshot order by a.intended_at desc) from attempt a where a.boleto_id = b.id), '[]')
         as snapshots
     from boleto b where b.receivable_id = ? order by b.id desc`,
    [receivableId],
  );
  return rows;
}

type Holder = Pick<HeldBoleto, 'id' | 'state' | 'unresolved'> & { receivableId: number };

/** Another título's boleto under this number: it was given by a record that did not know it was taken. */
async function lockHolder(
  trx: Knex.Transaction,
  { gateway, accountId, convenio }: NumberingSpace & { accountId: number },
  ourNumber: string,
  receivableId: number,
): Promise<Holder | null> {
  const { rows } = await trx.raw<{ rows: Holder[] }>(
    `select b.id, b.receivable_id as "receivableId", b.state,
       exists (select from attempt a where a.boleto_id = b.id and a.resolution is null
         and a.kind is distinct from 'duplicate') as unresolved
     from boleto b join gateway_account a on a.id = b.account_id
     where b.our_number = :ourNumber and b.convenio = :convenio and a.gateway = :gateway
       -- Without convênio two accounts may have the same number.
       and (b.convenio <> '' or a.id = :accountId)
       and b.receivable_id <> :receivableId and b.state <> 'superseded'
     for update of b`,
    { ourNumber, convenio, gateway, accountId, receivableId },
  );
  return rows[0] ?? null;
}

/** Refused as duplicates: under their number there was something else. */
async function closeAttempts(trx: Knex.Transaction, boletoId: number): Promise<void> {
  await trx.raw(
    `update attempt set resolution = 'conflict', resolved_at = clock_timestamp()
     where boleto_id = ? and resolution is null`,
    [boletoId],
  );
}

/** Its number is somebody else's, the bank shows it: it is given up without a watch, and its título gets another. */
async function release(trx: Knex.Transaction, holder: Holder, withItem: boolean): Promise<void> {
  await closeAttempts(trx, holder.id);
  await trx.raw(`update boleto set state = 'superseded', given_up_at = clock_timestamp() where id = ?`, [holder.id]);
  if (!withItem) return;
  await trx.raw(
    `update batch_item set state = 'pending', boleto_id = null, due_at = clock_timestamp(), tries = 0,
       lease_token = null, failure_kind = null, provider_code = null, provider_message = null, field = null,
       updated_at = clock_timestamp()
     where receivable_id = ? and closed_at is null and state in ('conflict', 'unconfirmed')`,
    [holder.receivableId],
  );
}

async function insertBoleto(
  trx: Knex.Transaction,
  { accountId, convenio }: { accountId: number; convenio: string },
  owner: Owner,
  boletos: readonly HeldBoleto[],
  found: FoundBoleto,
): Promise<number> {
  const [row] = await trx('boleto')
    .insert({
      receivable_id: owner.receivableId,
      account_id: accountId,
      convenio,
      generation: Math.max(0, ...boletos.map(({ generation }) => generation)) + 1,
      own_reference: found.ownReference,
      our_number: found.registration.ourNumber,
    })
    .returning<{ id: number }[]>('id');
  return (row as { id: number }).id;
}

/** Writes that the bank has this boleto, as a look showed it: whoever decided so, it is written in one way. */
export async function registerFound(
  trx: Knex.Transaction,
  registered: {
    found: FoundBoleto;
    boletoId: number;
    receivableId: number;
    /** With other data than the título has today. */
    older: boolean;
    homologation: boolean;
    mismatches: readonly Mismatch[];
  },
): Promise<void> {
  const { found, boletoId, receivableId, older, homologation, mismatches } = registered;
  const { registration } = found;
  await trx('boleto')
    .where({ id: boletoId })
    .update({
      state: 'registered',
      bank_id: registration.bankId,
      our_number: trx.raw('coalesce(our_number, ?)', [registration.ourNumber]),
      linha_digitavel: registration.linhaDigitavel,
      barcode: registration.barcode,
      pix_emv: registration.pixEmv,
      pix_txid: registration.pixTxid,
      link: registration.link,
      divergence: mismatches.length > 0 ? mismatches : null,
      homologation,
      registered_at: trx.raw('clock_timestamp()'),
      older_data: older,
      bank_terms: trx.raw(
        `case when exists (select from attempt a where a.boleto_id = boleto.id and a.resolution = 'registered')
           then '{}' else terms_of(receivable_id) end || :shown::jsonb`,
        { shown: JSON.stringify({ dueDate: found.dueDate, amountCents: found.amountCents }) },
      ),
      given_up_at: null,
      watch_at: null,
    });
  await trx('receivable').where({ id: receivableId }).update({ impresso: true });
}

/** The item of a título that turned out to be registered, without another call. */
export async function closeItem(
  trx: Knex.Transaction,
  item: { batchId: string; ordinal: number },
  boletoId: number,
): Promise<void> {
  const now = trx.raw('clock_timestamp()');
  await trx('batch_item').where({ batch_id: item.batchId, ordinal: item.ordinal }).update({
    state: 'registered',
    boleto_id: boletoId,
    due_at: null,
    closed_at: now,
    lease_token: null,
    reconciled: true,
    failure_kind: null,
    provider_code: null,
    provider_message: null,
    field: null,
    updated_at: now,
  });
}

/** Two boletos of one título can be paid: once a day, until somebody has one of them written off. */
async function tellTwoAlive(trx: Knex.Transaction, receivableId: number, ourNumber: string): Promise<void> {
  await trx.raw(
    `insert into alert (carteira_id, kind, day, receivable_id, message)
     select r.carteira_id, 'twoAlive', (clock_timestamp() at time zone 'America/Sao_Paulo')::date, r.id, :message
     from receivable r where r.id = :receivableId
     on conflict on constraint alert_once_a_day do nothing`,
    {
      receivableId,
      message: `O banco tem dois boletos da cobrança ${receivableId} que podem ser pagos (um deles: nosso número ${ourNumber}): confira no banco e dê baixa em um dos dois.`,
    },
  );
}
