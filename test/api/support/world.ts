import type { Knex } from 'knex';
import { saveFilter } from '../../../record/batches/savedFilters';
import { createPrintable } from './printable';
import { correctMany } from '../../../record/receivables/bulkCorrections';
import { knownCodec } from '../../../gateways';
import {
  dayFromToday,
  createAccount,
  createApiToken,
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createCustomer,
  createDelivery,
  createFilial,
  createItem,
  createLook,
  createReceivable,
  createUser,
  createWebhook,
} from '../../kit/record';

/** One filial and everything that can belong to it; its word stands in every text, and its ids occur nowhere else. */
export interface World {
  word: string;
  filialId: number;
  carteiraId: number;
  /** Without an account, and without a batch. */
  spareCarteiraId: number;
  accountId: number;
  customerId: number;
  batchId: string;
  /** Rejected in the batch; registered in it; in no batch; left out of it. */
  rejectedId: number;
  /** Registered, without the Pix that its carteira asks for. */
  withoutPixId: number;
  registeredId: number;
  freeId: number;
  leftOutId: number;
  /** Cancelled, and its boleto registered. */
  closedId: number;
  /** Of two boletos that are alive. */
  alertId: number;
  /** Registered in the batch, with all that its PDF needs. */
  printableId: number;
  userId: string;
  tokenId: string;
  /** A correction of many that was made and can be undone. */
  correctionId: number;
  /** To be written off at the bank: the boleto of `closedId`. */
  workId: number;
  /** A correction of the customer that the ERP contradicts. */
  conflictId: number;
  /** Of the audit: what corrected the rejected título. */
  entryId: number;
  /** Kept by the person `userId`. */
  filterId: number;
  webhookId: string;
  deliveryId: number;
  /** Entered for the filial. */
  holidayId: number;
  /** Ended, with a finding about `rejectedId`. */
  reviewId: string;
  /** By `userId`, for the filial. */
  importId: string;
}

/** Ids of a world begin with its number: 12 digits that no count, sum or clock shows. */
const IDS_OF_A_WORLD = 1_000_000_000;
let worlds = 0;

export interface Side {
  word: string;
  /** First digits of all ids of this side. */
  series: number;
  filialId: number;
}

export async function createSide(knex: Knex, word: string, series: number): Promise<Side> {
  const filialId = await createFilial(knex, {
    ...{ id: series * IDS_OF_A_WORLD, name: `Filial ${word}`, trade_name: word, district: word, city: word },
  });
  return { word, series, filialId };
}

/** Whatever names something of this side, or is it. */
export function tracesOf({ word, series }: Side): RegExp {
  return new RegExp(`${word}|\\b${series}\\d{9}\\b`, 'i');
}

/** Fresh rows in a filial that exists. */
export async function createWorld(knex: Knex, { word, series, filialId }: Side): Promise<World> {
  worlds += 1;
  let last = series * IDS_OF_A_WORLD + worlds * 1_000;
  const id = () => (last += 1);
  const text = `${word} ${worlds}`;
  const accountId = await createAccount(knex, { base_url: `http://127.0.0.1:1/${word}/${worlds}` });
  for (const route_class of ['register', 'read'])
    await knex('gateway_limit').insert({ account_id: accountId, route_class, calls: 10, window_ms: 1_000 });
  const { id: carteiraId } = await createCarteira(knex, {
    ...{ id: id(), description: `Carteira ${text}`, filial_id: filialId, account_id: accountId, variation: '35' },
    ...{ convenio: String(3_000_000 + worlds), agency: '452', bank_account: '123873', pix: true },
  });
  const spare = { id: id(), description: `Reserva ${text}`, filial_id: filialId, account_id: null };
  const { id: spareCarteiraId } = await createCarteira(knex, spare);
  await knex('numbering_space').insert({ gateway: 'banco-do-brasil', convenio: String(3_000_000 + worlds) });
  const customerId = await createCustomer(knex, {
    ...{ id: id(), name: `Cliente ${text}`, trade_name: word, street: `Rua ${word}`, complement: word },
    ...{ district: word, city: word, email: `${word.toLowerCase()}@exemplo.invalid`, condominium: word },
  });
  const titulo = (columns: object = {}) =>
    createReceivable(
      knex,
      { id: carteiraId, filialId },
      { id: id(), customer_id: customerId, document: text, lote: word, charge_type: word, ...columns },
    );
  const [rejectedId, registeredId, freeId, leftOutId] = [
    await titulo(),
    await titulo(),
    await titulo(),
    await titulo({
      due_date: dayFromToday(knex, 10),
      imported_registration: JSON.stringify({ nn_boleto: word, linha_digitavel: word }),
    }),
  ];
  const batchId = await createBatch(knex, carteiraId, {
    ...{ id: `${word}-${worlds}`, phase: 'awaitingAdjustments', round: 1, selected: 2, left_out: 1 },
    ...{ selected_at: knex.fn.now(), filiais: [filialId], requested_by: `pessoa.${word}` },
  });
  const rest = { due_at: null, provider_message: `O banco diz ${word}`, failure_kind: 'data', provider_code: word };
  const rejected = {
    ...{ batchId, receivableId: rejectedId },
    ordinal: await createItem(knex, batchId, rejectedId, { state: 'rejected', field: 'cep', ...rest }),
  };
  const boleto = {
    ...{ state: 'registered', our_number: `${series}${worlds}`, bank_id: text, link: `https://banco.invalid/${word}` },
    ...{ pix_emv: word, pix_txid: word },
  };
  const boletoId = await createBoleto(knex, registeredId, accountId, boleto);
  const registered = await createItem(knex, batchId, registeredId, {
    ...{ state: 'registered', due_at: null, closed_at: knex.fn.now(), boleto_id: boletoId },
  });
  const withoutPixId = await titulo();
  await createBoleto(knex, withoutPixId, accountId, { state: 'registered', convenio: String(3_000_000 + worlds) });
  const refusedBoleto = await createBoleto(knex, rejectedId, accountId, { own_reference: `R-${text}` });
  const bankSaid = {
    kind: 'data',
    finished_at: knex.fn.now(),
    provider_code: word,
    response: `{"erro":"${word}"}`,
    request: `{"nome":"${word}"}`,
    provider_message: word,
  };
  await createAttempt(knex, refusedBoleto, rejected, { resolution: 'refused', ...bankSaid });
  const attemptId = await createAttempt(
    ...([knex, boletoId, { batchId, receivableId: registeredId, ordinal: registered }, bankSaid] as const),
  );
  await createLook(knex, { attemptId, boletoId, accountId }, { answer: 'found', response: word });
  await knex('attempt').where({ id: attemptId }).update({ resolution: 'registered', resolved_at: knex.fn.now() });
  const printableId = await createPrintable(knex, { id: carteiraId, filialId, accountId }, batchId);
  await knex('batch_left_out').insert({ batch_id: batchId, receivable_id: leftOutId, reason: 'notReleased' });
  await knex('alert').insert({ batch_id: batchId, kind: 'dueDate', day: '2030-01-01', message: `Alerta ${word}` });
  const closedId = await titulo({ status: 'C', impresso: true });
  await createBoleto(knex, closedId, accountId, { state: 'registered', our_number: `${series}9${worlds}` });
  const [alert] = await knex('alert')
    .insert({
      ...{ batch_id: batchId, kind: 'twoAlive', day: dayFromToday(knex), receivable_id: registeredId },
      message: `Dois vivos ${word}`,
    })
    .returning<{ id: number }[]>('id');
  const alertId = (alert as { id: number }).id;
  const correction = await correctMany(
    knex,
    {
      ...{ batchId, of: { receivableIds: [rejectedId] }, changes: { complemento: `${word} fundos` } },
      ...{ by: `pessoa.${word}`, reason: word },
    },
    knownCodec,
  );
  if (!('correctionId' in correction)) throw new Error(`not corrected: ${JSON.stringify(correction)}`);
  const [work] = await knex('bank_work').where({ receivable_id: closedId }).select<{ id: number }[]>('id');
  const workId = (work as { id: number }).id;
  const [conflict] = await knex('correction_basis')
    .where({ row_id: customerId })
    .update({ conflict_value: JSON.stringify(word), conflict_at: knex.fn.now(), conflict_by: `pessoa.${word}` })
    .returning<{ id: number }[]>('id');
  const conflictId = (conflict as { id: number }).id;
  const [entry] = (await knex('audit_entry')
    .where({ action: 'corrigir', entity_id: String(rejectedId) })
    .select('id')) as [{ id: number }];
  const userId = await createUser(knex, { name: `Pessoa ${text}`, login: text.toLowerCase(), filiais: [filialId] });
  const kept = { owner: userId, name: `Filtro ${text}`, carteiraId, filters: { city: word } };
  const filterId = (await saveFilter(knex, kept, 100))?.id as number;
  const tokenId = await createApiToken(knex, { name: `ERP ${text}`, filiais: [filialId], created_by: userId });
  const reviewId = `${word}-v${worlds}`;
  await knex('bank_review').insert({
    ...{ id: reviewId, carteira_id: carteiraId, gateway: 'banco-do-brasil', account_id: accountId },
    ...{ convenio: String(3_000_000 + worlds), from_day: '2026-01-01', to_day: '2026-01-31', state: 'done' },
    ...{ requested_by: `pessoa.${word}`, finished_at: knex.fn.now(), problem: word },
    counts: JSON.stringify({
      listed: 1,
      equal: 0,
      unlisted: 0,
      otherConvenio: 0,
      pending: 0,
      findings: { differs: 1 },
    }),
  });
  await knex('bank_review_finding').insert({
    ...{ review_id: reviewId, number: `${series}${worlds}`, convenio: String(3_000_000 + worlds), source: 'list' },
    ...{ kind: 'differs', receivable_id: rejectedId, status: word, differences: ['amountCents'] },
  });
  const importId = `i-${String(series)}${String(worlds).padStart(13, '0')}`;
  await knex('import_run').insert({ id: importId, by: userId, source: 'http' });
  await knex('import_problem').insert({
    ...{ import_id: importId, number: 1, line: 1, key: text, field: 'id', code: 'linha_repetida', kind: 'form' },
    message: `repetida: ${text}`,
  });
  await knex('import_request').insert({
    ...{ id: importId, requested_by: userId, idempotency_key: importId, filiais: [filialId], format: 'jsonl' },
    ...{ all_or_nothing: false, state: 'waiting', sha256: Buffer.alloc(32) },
  });
  const webhookId = await createWebhook(knex, {
    ...{ name: `Webhook ${text}`, url: `https://erp.invalid/${word}`, filiais: [filialId], created_by: userId },
  });
  const deliveryId = await createDelivery(knex, webhookId, { state: 'failed' });
  await knex('webhook_attempt').insert({
    ...{
      delivery_id: deliveryId,
      at: knex.fn.now(),
      duration_ms: 1,
      http_status: 500,
      failure: 'status',
      answer: word,
    },
  });
  const holidayId = id();
  await knex.raw(
    `insert into holiday (id, day, name, filial_id, created_by) overriding system value
     values (?, date '2050-01-01' + ?::int, ?, ?, ?)`,
    [holidayId, worlds, `Feriado ${text}`, filialId, userId],
  );
  const things = {
    receivable: rejectedId,
    batch: batchId,
    carteira: carteiraId,
    user: userId,
    token: tokenId,
    webhook: webhookId,
  };
  for (const [entity, entity_id] of Object.entries(things))
    await knex('audit_entry').insert({
      ...{ actor: userId, action: 'x', entity, entity_id, after: JSON.stringify({ note: word }), reason: word },
    });
  return {
    ...{
      word,
      filialId,
      carteiraId,
      spareCarteiraId,
      accountId,
      customerId,
      batchId,
      rejectedId,
      withoutPixId,
      registeredId,
      freeId,
      leftOutId,
      printableId,
      ...{ closedId, alertId, workId, conflictId },
    },
    ...{
      userId,
      tokenId,
      correctionId: correction.correctionId,
      entryId: entry.id,
      filterId,
      webhookId,
      deliveryId,
      holidayId,
      reviewId,
      importId,
    },
  };
}

/**
 * A batch of a carteira of `own` that also met títulos of `other`, which use the same carteira: nobody's who sees only
 * one of them. Its number is a trace of the other.
 */
export async function createSharedBatch(knex: Knex, own: World, other: Side): Promise<string> {
  const batchId = await createBatch(knex, own.carteiraId, {
    ...{
      id: `${other.word}-e-mais`,
      phase: 'awaitingAdjustments',
      selected: 2,
      filiais: [own.filialId, other.filialId],
    },
  });
  const customer_id = await createCustomer(knex, { name: `Cliente ${other.word}` });
  const theirs = await createReceivable(
    knex,
    { id: own.carteiraId, filialId: other.filialId },
    { id: other.series * IDS_OF_A_WORLD + 999_999_999, customer_id, document: other.word },
  );
  for (const id of [own.freeId, theirs]) await createItem(knex, batchId, id, { state: 'rejected', due_at: null });
  await knex('batch_left_out').insert({
    ...{ batch_id: own.batchId, receivable_id: own.freeId, reason: 'inOtherBatch', other_batch_id: batchId },
  });
  return batchId;
}

/** A world of ids that nothing has: what a foreign one must look like. */
export function nowhere(): World {
  const id = 555 * IDS_OF_A_WORLD;
  return {
    ...{
      word: 'inexistente',
      filialId: id,
      carteiraId: id + 1,
      spareCarteiraId: id + 8,
      accountId: id + 2,
      customerId: id + 3,
    },
    ...{
      batchId: 'nao-existe',
      rejectedId: id + 4,
      withoutPixId: id + 30,
      registeredId: id + 5,
      freeId: id + 6,
      leftOutId: id + 7,
      printableId: id + 9,
      ...{ closedId: id + 10, alertId: id + 11 },
    },
    ...{
      userId: 'u-000000000000',
      tokenId: 't-000000000000',
      correctionId: id,
      workId: id,
      conflictId: id,
      filterId: id,
      entryId: id,
    },
    ...{ webhookId: 'w-000000000000', deliveryId: id + 8, holidayId: id + 10, reviewId: 'conferencia-nenhuma' },
    importId: 'i-0000000000000000',
  };
}

/**
 * Every row of every table that names something of a side, as one text: what must not change when somebody else asks.
 * Also of tables that this file has never heard of.
 */
export async function rowsOf(knex: Knex, side: Side): Promise<Record<string, string>> {
  const { rows: tables } = await knex.raw<{ rows: { name: string }[] }>(
    `select c.relname as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname not like 'knex%'`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await knex.raw<{ rows: { text: string | null }[] }>(
      `select string_agg(t::text, E'\\n' order by t::text) as text from ?? t where t::text ~* ?`,
      [name, tracesOf(side).source.replaceAll('\\b', '\\y')],
    );
    if (rows[0]?.text) found[name] = rows[0].text;
  }
  return found;
}
