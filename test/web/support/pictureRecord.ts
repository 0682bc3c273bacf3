import type { Knex } from 'knex';
import { writeAudit } from '../../../record/access/audit';
import { localDate } from '../../../domain/kinds/dates';
import { cents } from '../../../domain/kinds/money';
import { simulatedAccount } from '../../../gateways/bancoDoBrasil/simulator/simulator';
import { printableBoleto } from '../../documents/printable';
import {
  dayFromToday,
  createApiToken,
  createAttempt,
  createBatch,
  createBoleto,
  createCustomer,
  createDelivery,
  createItem,
  createLook,
  createReceivable,
  createUser,
  createWebhook,
  sealedAccount,
} from '../../kit/record';
import { testSecretBox } from '../../kit/testWorker';

/** What the pictures show: plainly invented people, the same in every run. */
export interface PictureRecord {
  waiting: string;
  running: string;
  concluded: string;
  /** Refused for its CEP in `waiting`; registered with a Pix; in conflict at the bank. */
  wrong: number;
  registered: number;
  disputed: number;
  webhook: string;
}

const people = [
  ...['Ana Exemplo da Silva', 'Bento Fictício de Souza', 'Carla Inventada Pereira', 'Davi Modelo Santos'],
  ...['Elisa Amostra Lima', 'Fábio Suposto Costa', 'Gilda Imaginária Rocha', 'Hugo Hipotético Alves'],
  ...['Mercado Exemplar Ltda.', 'Padaria Fictícia Ltda.'],
];
const DUE = localDate('2030-02-10');

interface Place {
  knex: Knex;
  carteira: { id: number; filialId: number };
  accountId: number;
}

export async function createPictureRecord(
  knex: Knex,
  carteira: { id: number; filialId: number },
): Promise<PictureRecord> {
  const row = await knex('carteira').where({ id: carteira.id }).first<{ account_id: number }>('account_id');
  const place = { knex, carteira, accountId: row.account_id };
  await knex('filial').where({ id: carteira.filialId }).update({ name: 'Provedor Exemplo' });
  await knex('carteira')
    .where({ id: carteira.id })
    .update({ description: 'Cobrança mensal (exemplo)', pix: true, homologation: false });
  const addresses = {
    baseUrl: 'https://api.banco.exemplo/cobrancas/v2',
    authUrl: 'https://oauth.banco.exemplo/oauth/token',
  };
  await knex('gateway_account').update(sealedAccount(testSecretBox, addresses, simulatedAccount));
  await createUser(knex, { login: 'beatriz', name: 'Beatriz Exemplo', role: 'operador', password_hash: '-' });
  await createUser(knex, {
    login: 'caio',
    name: 'Caio Exemplo',
    role: 'consulta',
    filiais: [carteira.filialId],
    password_hash: '-',
  });
  const webhook = await createWebhook(knex, { name: 'ERP de exemplo', url: 'https://erp.exemplo/avisos' });
  await createDelivery(knex, webhook, { state: 'delivered', tries: 1, delivered_at: knex.fn.now() });
  const concluded = await batch(place, 'novembro-1', { phase: 'concluded', concluded_at: knex.fn.now() });
  await registeredOnes(place, concluded, 24);
  const running = await batch(place, 'dezembro-2', { phase: 'communicating' });
  await registeredOnes(place, running, 38);
  for (let count = 0; count < 4; count++) await item(place, running, count, { state: 'sending' });
  for (let count = 0; count < 58; count++) await item(place, running, count, { state: 'pending' });
  const ids = await waitingBatch(place);
  const by = await knex('app_user').where({ login: 'beatriz' }).first<{ id: string }>('id');
  await writeAudit(knex, {
    ...{ actor: by.id, action: 'corrigir', entity: 'receivable', entityId: String(ids.wrong) },
    ...{ before: { cep: '123', numero: '' }, after: { cep: '01310100', numero: '100' }, reason: 'Ligação do cliente.' },
  });
  await looseOnes(place);
  return { ...ids, running, concluded, webhook };
}

async function batch({ knex, carteira }: Place, id: string, columns: object): Promise<string> {
  const by = await knex('app_user').where({ login: 'beatriz' }).first<{ id: string }>('id');
  return createBatch(knex, carteira.id, {
    ...{ id, round: 1, requested_by: by.id, left_out: 2, selected: 0, selected_at: knex.fn.now() },
    ...{ filiais: [carteira.filialId], filters: JSON.stringify({ dueTo: '2030-02-28' }), ...columns },
  });
}

async function titulo({ knex, carteira }: Place, nth: number, customer: object = {}, columns: object = {}) {
  const name = people[nth % people.length] as string;
  const company = name.endsWith('Ltda.');
  const customer_id = await createCustomer(knex, {
    ...{ name, person_type: company ? 'J' : 'F', document: company ? '11222333000181' : '52998224725', ...customer },
  });
  return createReceivable(knex, carteira, { customer_id, due_date: DUE, amount_cents: 8_990 + nth * 100, ...columns });
}

async function item(place: Place, batchId: string, nth: number, columns: object, customer: object = {}) {
  const { knex } = place;
  const receivableId = await titulo(place, nth, customer);
  const ordinal = await createItem(knex, batchId, receivableId, { due_at: null, ...columns });
  await knex('batch').where({ id: batchId }).increment('selected', 1);
  return { batchId, receivableId, ordinal };
}

/** Registered, with codes that are right for what they charge. */
async function registeredOnes(place: Place, batchId: string, count: number): Promise<number> {
  const { knex, accountId } = place;
  let last = 0;
  for (let nth = 0; nth < count; nth++) {
    const own = await item(place, batchId, nth, { state: 'registered', closed_at: knex.fn.now() });
    const { linhaDigitavel, barcode, ourNumber, pixEmv, charge } = printableBoleto({
      pix: true,
      charge: {
        ...{ receivableId: own.receivableId, dueDate: DUE, amountCents: cents(8_990 + nth * 100) },
        ourNumber: `0003128557${String(own.receivableId).padStart(10, '0')}`,
      },
    });
    const boletoId = await createBoleto(knex, own.receivableId, accountId, {
      ...{ state: 'registered', linha_digitavel: linhaDigitavel, barcode, our_number: ourNumber, pix_emv: pixEmv },
    });
    await knex('batch_item').where({ batch_id: batchId, ordinal: own.ordinal }).update({ boleto_id: boletoId });
    await createAttempt(knex, boletoId, own, {
      ...{ resolution: 'registered', kind: 'registered', http_status: 201, duration_ms: 84 },
      ...{ finished_at: knex.fn.now(), snapshot: JSON.stringify(charge), request: '{"numeroConvenio":3128557}' },
      response: '{"numero":"00031285570000000000"}',
    });
    last = own.receivableId;
  }
  return last;
}

/** Of everything that can wait for people, some. */
async function waitingBatch(place: Place) {
  const { knex, accountId } = place;
  const waiting = await batch(place, 'dezembro-1', { phase: 'awaitingAdjustments' });
  const registered = await registeredOnes(place, waiting, 16);
  const cep = {
    ...{ state: 'rejected', failure_kind: 'data', field: 'payer.cep', receivable_version: 1 },
    ...{ provider_code: 'cepInvalido', provider_message: 'O CEP do pagador não tem 8 dígitos: 123.' },
  };
  const wrongs = [];
  for (const nth of [0, 3, 5]) wrongs.push(await item(place, waiting, nth, cep, { cep: '123' }));
  const corrected = wrongs[2]!.receivableId;
  await knex('receivable').where({ id: corrected }).update({ version: 2, corrected_at: knex.fn.now() });
  const irregular = await item(place, waiting, 6, {
    ...{ state: 'rejected', failure_kind: 'data', field: 'payer.document', receivable_version: 1 },
    ...{ provider_code: 'SR0050004', provider_message: 'CPF/CNPJ do pagador invalido.' },
  });
  const refused = await createBoleto(knex, irregular.receivableId, accountId);
  await createAttempt(knex, refused, irregular, {
    ...{ resolution: 'refused', kind: 'data', http_status: 400, duration_ms: 131, finished_at: knex.fn.now() },
    ...{ provider_code: 'NOVO-17', provider_message: 'Campo nao previsto para o segmento.' },
  });
  const disputed = await item(place, waiting, 8, { state: 'conflict', failure_kind: 'mismatch' });
  const boletoId = await createBoleto(knex, disputed.receivableId, accountId, {
    ...{ state: 'conflict', our_number: '00031285570000009001' },
  });
  await knex('batch_item').where({ batch_id: waiting, ordinal: disputed.ordinal }).update({
    boleto_id: boletoId,
    provider_code: 'divergencia',
    provider_message: 'O valor no banco é outro: R$ 98,90.',
  });
  const attemptId = await createAttempt(knex, boletoId, disputed, {
    ...{ resolution: 'conflict', kind: 'ambiguous', finished_at: knex.fn.now(), duration_ms: 2_000 },
  });
  await createLook(knex, { attemptId, boletoId, accountId }, { answer: 'found', evidence: 'conflict' });
  return { waiting, registered, wrong: wrongs[0]!.receivableId, disputed: disputed.receivableId };
}

/** In no communication yet: what Emissão de Boletos and Vencendo find. */
async function looseOnes(place: Place): Promise<void> {
  const { knex } = place;
  const by = await knex('app_user').where({ login: 'beatriz' }).first<{ id: string }>('id');
  for (let nth = 0; nth < 12; nth++) await titulo(place, nth);
  await titulo(place, 2, { cep: '' });
  await titulo(place, 4, { document: '52998224724' });
  for (let nth = 0; nth < 3; nth++)
    await titulo(place, nth, {}, { issue_date: dayFromToday(knex), due_date: dayFromToday(knex, 1) });
  // Cancelled, or received in some other way, after the bank had them.
  for (const [nth, status] of ['C', 'R', 'C'].entries()) {
    const id = await titulo(place, nth + 5, {}, { impresso: true });
    await createBoleto(knex, id, place.accountId, { state: 'registered', our_number: `0003128557000000910${nth}` });
    await knex('receivable').where({ id }).update({ status });
  }
  await createApiToken(knex, { name: 'ERP de exemplo', role: 'operador', created_by: by.id });
}
