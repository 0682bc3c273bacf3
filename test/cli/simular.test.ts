import { defineGatewayAccount } from '../../record/accounts/defineAccount';
import { manifests } from '../../gateways';
import { addComunicarCommand } from '../../cli/comunicar';
import { runCommand, testSecretBox } from '../kit/command';
import { createTestDatabase } from '../kit/database';
import { everythingIn } from '../kit/everything';
import { createCarteira, createCustomer, createReceivable, createReceivables, sealedAccount } from '../kit/record';
import { errorOf, runHere } from '../kit/cli';

/* No Temporal anywhere: a dry run needs the record only. */

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const addressesOf = (carteiraId: number) => ({
  baseUrl: `http://127.0.0.1:1/${carteiraId}`,
  authUrl: 'http://127.0.0.1:1/oauth/token',
});

async function createDefinedCarteira(columns: Record<string, unknown> = {}) {
  const carteira = await createCarteira(database.knex, { account_id: null, ...columns });
  const defined = await defineGatewayAccount(database.knex, testSecretBox, manifests, {
    carteiraId: carteira.id,
    gateway: 'banco-do-brasil',
    ...addressesOf(carteira.id),
    convenio: '3128557',
    variation: '35',
    credentials: { clientId: 'simulado', clientSecret: 'segredo', appKey: 'chave' },
    by: 'operador.1',
  });
  if (defined.kind !== 'defined') throw new Error(JSON.stringify(defined));
  return { ...carteira, accountId: defined.accountId };
}

function simulate(carteiraId: number, ...args: string[]) {
  const all = ['comunicar', '--carteira', String(carteiraId), '--simular', ...args];
  return runCommand(addComunicarCommand, all, { knex: database.knex });
}

test('--simular is one object: prontos, pendências by cause with field and who fixes it, what is left out; and nothing changes', async () => {
  const { knex } = database;
  const carteira = await createDefinedCarteira();
  await createReceivables(knex, carteira, 2);
  const wrong = await createReceivable(knex, carteira, {
    customer_id: await createCustomer(knex, { cep: '20040002' }),
    due_date: '2030-01-20',
  });
  await createReceivable(knex, carteira, { released: false });
  const before = await everythingIn(knex);

  const run = await simulate(carteira.id);
  expect(run).toMatchObject({ error: null, notes: [] });
  expect(run.printed).toEqual([
    {
      carteiraId: carteira.id,
      gateway: 'banco-do-brasil',
      credentials: 'complete',
      selected: 3,
      ready: { count: 2, amountCents: 19_980, nearestDueDate: '2030-02-10' },
      pending: { count: 1, amountCents: 9_990, nearestDueDate: '2030-01-20' },
      uncertain: { count: 0, amountCents: 0, nearestDueDate: null },
      causes: [
        {
          code: 'cepDeOutraUf',
          field: 'payer.cep',
          erpField: 'cep',
          count: 1,
          fixer: 'customer',
          whoFixes: 'cadastro do cliente',
          cause: 'O CEP do pagador é de outra UF.',
          advice: 'Corrija o CEP ou a UF no cadastro do cliente.',
          receivableIds: [wrong],
        },
      ],
      leftOut: { count: 1, amountCents: 9_990, nearestDueDate: '2030-02-10' },
      leftOutByReason: [
        {
          reason: 'notReleased',
          count: 1,
          amountCents: 9_990,
          nearestDueDate: '2030-02-10',
          otherBatchIds: [],
          cause: 'O título não está liberado.',
          advice: 'Libere a cobrança em Contas a Receber.',
        },
      ],
    },
  ]);
  expect(await everythingIn(knex)).toEqual(before);
});

test('in words it says how many, how much, until when, and that nothing was sent', async () => {
  const carteira = await createDefinedCarteira();
  await createReceivables(database.knex, carteira, 1);
  const customer_id = await createCustomer(database.knex, { district: '' });
  const ids = await createReceivables(database.knex, carteira, 6, { customer_id });
  await createReceivable(database.knex, carteira, { status: 'R' });
  const { texts } = await simulate(carteira.id);
  expect(texts[0]).toContain('nada foi enviado nem alterado');
  expect(texts[0]).toContain('1 pronto · R$ 99,90 · primeiro vencimento 10/02/2030');
  expect(texts[0]).toContain('6 com pendência · R$ 599,40 · primeiro vencimento 10/02/2030');
  expect(texts[0]).toMatch(
    new RegExp(`6 +O bairro do pagador está vazio\\. +bairro +cadastro do cliente +${ids.slice(0, 5).join(', ')} …`),
  );
  expect(texts[0]).toContain('1 título: recebido');
});

test('--falhas is one line a título, with each of its defects in words', async () => {
  const carteira = await createDefinedCarteira({ address_source: 'billing' });
  const customer_id = await createCustomer(database.knex, {
    name: 'Ana Inventada',
    billing_street: 'Rua B',
    billing_district: 'Centro',
    billing_city: 'Santos',
    billing_uf: 'SP',
    billing_cep: '1101000',
    document: '52998224726',
  });
  const receivableId = await createReceivable(database.knex, carteira, { customer_id });
  const { printed, texts, notes } = await simulate(carteira.id, '--falhas');
  expect(printed).toEqual([
    {
      receivableId,
      erpKey: null,
      customerId: customer_id,
      customerName: 'Ana Inventada',
      dueDate: '2030-02-10',
      amountCents: 9_990,
      defects: [
        expect.objectContaining({
          code: 'documentoDigitoErrado',
          field: 'payer.document',
          erpField: 'cnpj_cpf',
          whoFixes: 'cadastro do cliente',
          message: 'O dígito verificador do CPF está errado.',
        }),
        // This carteira sends the billing address: that one is to be corrected.
        expect.objectContaining({
          code: 'cepInvalido',
          field: 'payer.cep',
          erpField: 'cep_cob',
          message: 'O CEP tem 7 caracteres em vez de 8 dígitos.',
        }),
      ],
    },
  ]);
  expect(texts).toEqual(['']);
  expect(notes).toEqual(['1 título com pendência; nada foi enviado.']);
  const [text] = (
    await runCommand(addComunicarCommand, ['comunicar', '--carteira', String(carteira.id), '--simular', '--falhas'], {
      knex: database.knex,
      json: false,
    })
  ).texts;
  expect(text).toContain('cnpj_cpf · cep_cob');
});

test('credentials that lack a key are everybody’s defect; without the key that protects them they are not checked', async () => {
  const carteira = await createDefinedCarteira();
  await createReceivables(database.knex, carteira, 2);
  await database
    .knex('gateway_account')
    .where({ id: carteira.accountId })
    .update(sealedAccount(testSecretBox, addressesOf(carteira.id), { clientId: 'simulado', clientSecret: '' }));
  expect((await simulate(carteira.id)).printed).toMatchObject([
    {
      credentials: 'incomplete',
      ready: { count: 0 },
      causes: [{ code: 'credencialIncompleta', whoFixes: 'carteira' }],
    },
  ]);
  await database
    .knex('gateway_account')
    .where({ id: carteira.accountId })
    .update({ credentials: Buffer.from('x') });
  const run = await simulate(carteira.id);
  expect(run.printed).toMatchObject([{ credentials: 'notChecked', ready: { count: 2 } }]);
  expect(run.notes).toEqual([expect.stringContaining('A credencial não foi conferida')]);
});

test('of nothing at all it says zero, and a carteira without account is refused as in earnest', async () => {
  const empty = await createDefinedCarteira();
  expect((await simulate(empty.id)).printed).toMatchObject([{ selected: 0, ready: { count: 0 }, causes: [] }]);
  const without = await createCarteira(database.knex, { account_id: null });
  expect((await simulate(without.id)).error).toMatchObject({ code: 'carteira_sem_conta', exitCode: 1 });
  const unknown = await createCarteira(database.knex, { gateway: 'banco-inventado' });
  expect((await simulate(unknown.id)).error).toMatchObject({ code: 'gateway_desconhecido', exitCode: 1 });
});

test.each([[['--simular', '--acompanhar']], [['--simular', '--comunicacao', 'lote-1']], [['--falhas']]])(
  '%j contradict each other, and nothing is started',
  async (args) => {
    const run = await runHere(['comunicar', '--carteira', '1', ...args, '--json'], { DATABASE_URL: database.url });
    expect({ exitCode: run.exitCode, ...errorOf(run) }).toMatchObject({ exitCode: 2, code: 'opcoes_em_conflito' });
  },
);

test('the whole command works without any Temporal', async () => {
  const carteira = await createDefinedCarteira();
  await createReceivables(database.knex, carteira, 1);
  const args = ['comunicar', '--carteira', String(carteira.id), '--simular', '--json'];
  const run = await runHere(args, {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    SECRETS_KEY: 'x'.repeat(40),
  });
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(run.stdout)).toMatchObject({ selected: 1, ready: { count: 1 }, credentials: 'notChecked' });
});
