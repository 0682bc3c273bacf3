import type { Knex } from 'knex';
import { addCorrigirCommand } from '../../cli/corrigir';
import { knownCodec } from '../../gateways';
import { correctReceivable, type CorrectionResult } from '../../record/receivables/corrections';
import { createTestDatabase } from '../kit/database';
import {
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createCustomer,
  createItem,
  createReceivable,
} from '../kit/record';
import { runCommand } from '../kit/command';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;
let carteira: Awaited<ReturnType<typeof createCarteira>>;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
  carteira = await createCarteira(knex);
});
afterAll(() => database.close());

function correct(receivableId: number, changes: Record<string, string>, reason?: string) {
  return correctReceivable(
    knex,
    { receivableId, changes, by: 'operador.1', ...(reason ? { reason } : {}) },
    knownCodec,
  );
}

function corrected(result: CorrectionResult) {
  if (result.kind !== 'corrected') throw new Error(`not corrected: ${JSON.stringify(result)}`);
  return result;
}

async function rowOf(table: string, id: number): Promise<Record<string, unknown>> {
  return (await knex(table).where({ id }).first()) as Record<string, unknown>;
}

async function customerOf(receivableId: number): Promise<number> {
  return (await rowOf('receivable', receivableId))['customer_id'] as number;
}

async function auditOf(receivableId: number): Promise<Record<string, unknown>[]> {
  return (await knex('audit_entry').where({ entity: 'receivable', entity_id: String(receivableId) })) as Record<
    string,
    unknown
  >[];
}

/** An item of a live batch; with `unresolved`, a call of it has no certain end. */
async function putInBatch(receivableId: number, unresolved = false): Promise<string> {
  const batchId = await createBatch(knex, carteira.id);
  const ordinal = await createItem(knex, batchId, receivableId, { state: 'rejected', due_at: null });
  if (unresolved) {
    const boletoId = await createBoleto(knex, receivableId, carteira.accountId as number, { state: 'unconfirmed' });
    await createAttempt(knex, boletoId, { batchId, ordinal, receivableId });
  }
  return batchId;
}

test('the customer is corrected through its título, with before and after in the audit', async () => {
  const id = await createReceivable(knex, carteira, {
    customer_id: await createCustomer(knex, { cep: '1310100', district: '' }),
  });
  const result = corrected(await correct(id, { cep: '01310-100', bairro: ' Centro ', uf: 'sp' }, 'cliente telefonou'));
  expect(result).toEqual({
    kind: 'corrected',
    changed: ['cep', 'bairro'],
    version: 2,
    alsoAffected: 0,
    waits: false,
    bankWork: null,
    stillWrong: [],
    batches: [],
  });
  expect(await rowOf('customer', await customerOf(id))).toMatchObject({
    cep: '01310100',
    district: 'Centro',
    uf: 'SP',
  });
  expect((await rowOf('receivable', id))['corrected_at']).toBeInstanceOf(Date);
  expect(await auditOf(id)).toMatchObject([
    {
      actor: 'operador.1',
      action: 'corrigir',
      before: { cep: '1310100', bairro: '' },
      after: { cep: '01310100', bairro: 'Centro' },
      reason: 'cliente telefonou',
    },
  ]);
});

test('cep is the main address and cep_cob the billing one, whatever the carteira sends', async () => {
  const id = await createReceivable(knex, carteira);
  corrected(await correct(id, { cep_cob: '20040-002', uf_cob: 'RJ', endereco_cob: 'Rua Inventada' }));
  expect(await rowOf('customer', await customerOf(id))).toMatchObject({
    cep: '01310100',
    billing_cep: '20040002',
    billing_uf: 'RJ',
    billing_street: 'Rua Inventada',
  });
});

test('exactly the open títulos of the customer get a new version', async () => {
  const customer_id = await createCustomer(knex);
  const [own, open, paid] = [
    await createReceivable(knex, carteira, { customer_id }),
    await createReceivable(knex, carteira, { customer_id, status: 'P' }),
    await createReceivable(knex, carteira, { customer_id, status: 'R' }),
  ];
  const stranger = await createReceivable(knex, carteira);
  const versions = () =>
    Promise.all([own, open, paid, stranger].map(async (id) => (await rowOf('receivable', id))['version']));

  expect(corrected(await correct(own, { cep: '01310200' }))).toMatchObject({ alsoAffected: 1, version: 2 });
  expect(await versions()).toEqual([2, 2, 1, 1]);
  expect(corrected(await correct(own, { data_vencimento: '2030-03-01' }))).toMatchObject({
    alsoAffected: 0,
    version: 3,
  });
  expect(await versions()).toEqual([3, 2, 1, 1]);
  corrected(await correct(own, { email: 'outro@exemplo.com.br' }));
  expect(await versions()).toEqual([3, 2, 1, 1]);
});

test('values that are there already change nothing and leave no trace', async () => {
  const id = await createReceivable(knex, carteira);
  expect(
    corrected(await correct(id, { cep: '01310-100', liberado: 's', data_vencimento: '10/02/2030' })),
  ).toMatchObject({
    changed: [],
    version: 1,
  });
  expect((await rowOf('receivable', id))['corrected_at']).toBeNull();
  expect(await auditOf(id)).toEqual([]);
});

test('the open amount follows the amount while nothing was paid, and only then', async () => {
  const zero = await createReceivable(knex, carteira, { amount_cents: 0 });
  expect(corrected(await correct(zero, { valor: '1.089,90' })).changed).toEqual(['valor', 'valor_aberto']);
  expect(await rowOf('receivable', zero)).toMatchObject({ amount_cents: 108_990, open_amount_cents: 108_990 });

  const partial = await createReceivable(knex, carteira, {
    amount_cents: 9_990,
    open_amount_cents: 5_000,
    status: 'P',
  });
  corrected(await correct(partial, { valor: '120.00' }));
  expect(await rowOf('receivable', partial)).toMatchObject({ amount_cents: 12_000, open_amount_cents: 5_000 });
});

test.each([
  ['cep', '1310100', /8 dígitos/],
  ['cep_cob', '', /8 dígitos/],
  ['uf', 'XX', /deve ser um de: AC, AL/],
  ['bairro', '  ', /não pode ficar vazio/],
  ['razao', '', /não pode ficar vazio/],
  ['razao', 'x'.repeat(256), /o máximo é 255/],
  ['cidade', 'São\0Paulo', /caractere de controle/],
  ['cnpj_cpf', '529.982.247-26', /CPF tem dígito verificador errado/],
  ['cnpj_cpf', '12.ABC.345/01DE-36', /CNPJ tem dígito verificador errado/],
  ['cnpj_cpf', '111.111.111-11', /dígito verificador errado/],
  ['cnpj_cpf', '123', /CPF \(11 dígitos\) ou um CNPJ/],
  ['cnpj_cpf', '11.222.333/0001-81', /o documento é um CNPJ e o tipo_pessoa é F/],
  ['tipo_pessoa', 'J', /o documento é um CPF e o tipo_pessoa é J/],
  ['email', 'sem arroba', /e-mail/],
  ['whatsapp', '123', /DDD/],
  ['data_vencimento', '30/02/2031', /data existente/],
  ['data_vencimento', '01/01/2020', /já passou/],
  ['data_emissao', '11/02/2030', /depois do vencimento/],
  ['valor', '0', /maior que zero/],
  ['valor', '-5,00', /maior que zero/],
  ['valor', 'dez', /um valor como/],
  ['valor', '100.000.000,00', /máximo de um boleto/],
  ['valor_aberto', '100,00', /não pode ser maior que o valor/],
  ['status', 'Z', /A, R, P, C/],
  ['liberado', 'talvez', /S ou N/],
  ['impresso', 'S', /não é um campo que se corrige/],
  ['__proto__', 'x', /não é um campo que se corrige/],
])('%s = %p is refused with the whole correction', async (field, value, message) => {
  const id = await createReceivable(knex, carteira);
  const before = [await rowOf('receivable', id), await rowOf('customer', await customerOf(id))];
  const changes = Object.fromEntries([
    ['numero', '77'],
    [field, value],
  ]) as Record<string, string>;
  expect(await correct(id, changes)).toEqual({
    kind: 'invalid',
    refusals: [{ field, message: expect.stringMatching(message) }],
  });
  expect([await rowOf('receivable', id), await rowOf('customer', await customerOf(id))]).toEqual(before);
  expect(await auditOf(id)).toEqual([]);
});

test('each wrong field has its own message', async () => {
  const id = await createReceivable(knex, carteira);
  const result = await correct(id, { cep: '1', uf: 'X', valor: '1,00' });
  expect(result.kind === 'invalid' && result.refusals.map(({ field }) => field)).toEqual(['cep', 'uf']);
});

test('an alphanumeric CNPJ is accepted together with the type of person', async () => {
  const id = await createReceivable(knex, carteira);
  corrected(await correct(id, { cnpj_cpf: '12.abc.345/01de-35', tipo_pessoa: 'J' }));
  expect(await rowOf('customer', await customerOf(id))).toMatchObject({ document: '12ABC34501DE35', person_type: 'J' });
});

test('an unknown título and the charge of a closed one are refused, each by its name', async () => {
  expect(await correct(999_999, { cep: '01310200' })).toEqual({ kind: 'unknownReceivable' });
  for (const status of ['R', 'C'] as const) {
    const closed = await createReceivable(knex, carteira, { status });
    expect(await correct(closed, { valor: '1,00' })).toEqual({ kind: 'closed', status });
    expect(corrected(await correct(closed, { cep: '01310200' })).changed).toEqual(['cep']);
  }
});

test('with an unresolved attempt the correction is stored and waits', async () => {
  const id = await createReceivable(knex, carteira);
  const batchId = await putInBatch(id, true);
  expect(corrected(await correct(id, { bairro: 'Novo' }))).toMatchObject({
    changed: ['bairro'],
    waits: true,
    batches: [{ batchId, receivableId: id }],
  });
  expect(await rowOf('customer', await customerOf(id))).toMatchObject({ district: 'Novo' });
});

test('every live batch of an affected título is named once, ended items are not', async () => {
  const customer_id = await createCustomer(knex);
  const ids = [
    await createReceivable(knex, carteira, { customer_id }),
    await createReceivable(knex, carteira, { customer_id }),
  ];
  const [first, second] = [await putInBatch(ids[0] as number), await putInBatch(ids[1] as number)];
  expect(corrected(await correct(ids[0] as number, { cep: '01310200' })).batches).toEqual(
    [
      { batchId: first, receivableId: ids[0] },
      { batchId: second, receivableId: ids[1] },
    ].toSorted((a, b) => (a.batchId < b.batchId ? -1 : 1)),
  );
  await knex('batch_item').where({ batch_id: first }).update({ state: 'discarded', closed_at: knex.fn.now() });
  expect(corrected(await correct(ids[0] as number, { cep: '01310300' })).batches).toEqual([
    { batchId: second, receivableId: ids[1] },
  ]);
});

test('corrections of two títulos of one customer at the same time both end', async () => {
  const customer_id = await createCustomer(knex);
  const ids = [
    await createReceivable(knex, carteira, { customer_id }),
    await createReceivable(knex, carteira, { customer_id }),
  ];
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, index) => correct(ids[index % 2] as number, { numero: String(index + 1) })),
  );
  expect(results.map(({ kind }) => kind)).toEqual(Array(10).fill('corrected'));
  expect(await knex('receivable').whereIn('id', ids).pluck('version')).toEqual([11, 11]);
});

describe('boletos corrigir', () => {
  const run = (args: string[], given: object = {}) =>
    runCommand(addCorrigirCommand, ['corrigir', ...args], { knex, ...given });

  test('corrects, and says that a batch could not be told when Temporal is away', async () => {
    const id = await createReceivable(knex, carteira);
    const batchId = await putInBatch(id);
    const { printed, notes, error } = await run([
      String(id),
      '--campo',
      'cep=01310200',
      '--campo',
      'bairro=A=B',
      '--motivo',
      'm',
    ]);
    expect(error).toBeNull();
    expect(printed).toEqual([
      {
        receivableId: id,
        changed: ['cep', 'bairro'],
        version: 2,
        alsoAffected: 0,
        waits: false,
        bankWorkText: null,
        stillWrong: [],
        batches: [batchId],
        untold: [batchId],
      },
    ]);
    expect(notes[0]).toContain('verá a correção no próximo passo');
    expect(await rowOf('customer', await customerOf(id))).toMatchObject({ cep: '01310200', district: 'A=B' });
  });

  test.each<[string[], number, string]>([
    [['999999', '--campo', 'cep=01310200'], 1, 'titulo_desconhecido'],
    [['1', '--campo', 'cep=1'], 2, 'correcao_invalida'],
  ])('%p ends with %p %s', async (args, exitCode, code) => {
    const { printed, error } = await run(args);
    expect(printed).toEqual([]);
    expect(error).toMatchObject({ exitCode, code });
  });
});
