import { createTestDatabase } from '../kit/database';
import {
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createCustomer,
  createFilial,
  createItem,
  createLook,
  createReceivable,
} from '../kit/record';
import { claimNamespace } from '../kit/temporal';
import { errorOf, linesOf, runHere, type CliRun } from '../kit/cli';

/* Against a real record and a real Temporal, in a namespace where nobody works. */

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let variables: Record<string, string>;
let carteira: { id: number; filialId: number; accountId: number | null };

beforeAll(async () => {
  database = await createTestDatabase();
  const { address, namespace } = await claimNamespace();
  variables = { DATABASE_URL: database.url, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  carteira = await createCarteira(database.knex);
});
afterAll(() => database.close());

function boletos(...args: string[]): Promise<CliRun> {
  return runHere(['--por', 'operador.1', ...args], variables);
}

/** A batch that waits: one título registered, one refused by the bank, one uncertain. */
async function createWaitingBatch(): Promise<{ batchId: string; refused: number; uncertain: number }> {
  const { knex } = database;
  const batchId = await createBatch(knex, carteira.id, {
    phase: 'awaitingAdjustments',
    round: 1,
    selected: 3,
    left_out: 1,
    selected_at: knex.fn.now(),
  });
  const item = async (columns: Record<string, unknown>, name: string) => {
    const id = await createReceivable(knex, carteira, {
      customer_id: await createCustomer(knex, { name }),
      due_date: '2030-02-10',
      amount_cents: 123_456,
    });
    await createItem(knex, batchId, id, { due_at: null, ...columns });
    return id;
  };
  await item({ state: 'registered', closed_at: knex.fn.now() }, 'Ana Inventada');
  const refused = await item(
    {
      state: 'rejected',
      failure_kind: 'data',
      provider_code: 'SR0050014',
      provider_message: 'CEP do pagador\ninvalido.',
      field: 'payer.cep',
    },
    'Bento Inventado',
  );
  const uncertain = await item({ state: 'unconfirmed', failure_kind: 'ambiguous' }, 'Caio Inventado');
  const paid = await createReceivable(knex, carteira, { status: 'R' });
  await knex('batch_left_out').insert({ batch_id: batchId, receivable_id: paid, reason: 'paid' });
  return { batchId, refused, uncertain };
}

describe('comunicar', () => {
  const batches = () => database.knex('batch').count<{ count: number }[]>('* as count').first();

  test.each<[string, () => Promise<string>, string]>([
    ['an unknown carteira', () => Promise.resolve('999999999'), 'carteira_desconhecida'],
    [
      'a carteira without gateway account',
      async () => String((await createCarteira(database.knex, { account_id: null })).id),
      'carteira_sem_conta',
    ],
  ])('refuses %s before anything starts', async (_what, id, code) => {
    const before = await batches();
    const run = await boletos('comunicar', '--carteira', await id(), '--json');
    expect({ exitCode: run.exitCode, stdout: run.stdout, ...errorOf(run) }).toMatchObject({
      exitCode: 1,
      stdout: '',
      code,
    });
    expect(await batches()).toEqual(before);
  });

  test('without a worker says that the communication is stored; repeated, that it exists', async () => {
    const args = ['comunicar', '--carteira', String(carteira.id), '--comunicacao', 'guardada', '--json'];
    const run = await boletos(...args);
    expect(run.exitCode).toBe(0);
    expect(linesOf(run)).toEqual([
      { batchId: 'guardada', selected: null, leftOut: null, leftOutByReason: [], worker: false },
    ]);
    const again = await boletos(...args);
    expect({ exitCode: again.exitCode, ...errorOf(again) }).toMatchObject({
      exitCode: 1,
      code: 'comunicacao_ja_iniciada',
    });
  });

  test('says it in words too', async () => {
    const run = await boletos('comunicar', '--carteira', String(carteira.id));
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('está guardada, mas nenhum worker está em execução');
  });
});

describe('comunicacoes', () => {
  test('is one object a line with --json, newest first', async () => {
    const other = await createCarteira(database.knex, { filial_id: await createFilial(database.knex) });
    const first = await createBatch(database.knex, other.id);
    const second = await createBatch(database.knex, other.id, { phase: 'concluded', concluded_at: new Date() });
    const args = ['comunicacoes', '--carteira', String(other.id), '--json'];
    expect(linesOf(await boletos(...args))).toMatchObject([{ batchId: second }, { batchId: first }]);
    expect(linesOf(await boletos(...args, '--abertas'))).toMatchObject([{ batchId: first }]);
    expect(linesOf(await boletos(...args, '--limite', '1'))).toMatchObject([{ batchId: second }]);
  });

  test('of a carteira without any says how to start one', async () => {
    const other = await createCarteira(database.knex);
    const run = await boletos('comunicacoes', '--carteira', String(other.id));
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('boletos comunicar') as string });
  });
});

describe('comunicacao', () => {
  test('shows phase, counts, who and when, what was left out, and what to do', async () => {
    const { batchId } = await createWaitingBatch();
    const run = await boletos('comunicacao', batchId);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('Aguardando ajustes · rodada 1');
    expect(run.stdout).toContain('por operador.1');
    expect(run.stdout).toMatch(/1 {2}Resultado incerto\n +1 {2}Registrado\n +1 {2}Rejeitado \(dados\)\n +3 {2}Total/);
    expect(run.stdout).toContain('1 título: recebido');
    expect(run.stdout).toContain(`boletos recomunicar ${batchId} --somente-corrigidos`);
    const [object] = linesOf(await boletos('comunicacao', batchId, '--json'));
    expect(object).toMatchObject({
      batchId,
      phase: 'awaitingAdjustments',
      counts: { total: 3, byState: { registered: 1, rejected: 1, unconfirmed: 1 } },
      leftOutByReason: [{ reason: 'paid', count: 1 }],
    });
  });

  test('--falhas gives each failure with ID da cobrança, payer, cause, who fixes it and the words of the bank', async () => {
    const { batchId, refused, uncertain } = await createWaitingBatch();
    const run = await boletos('comunicacao', batchId, '--falhas');
    const lines = run.stdout.split('\n');
    const first = lines.findIndex((text) => text.includes(String(refused)));
    for (const part of [
      'Bento Inventado',
      'R$ 1.234,56',
      '10/02/2030',
      'Rejeitado (dados)',
      'cadastro do cliente',
      'cep',
    ])
      // prettier-ignore
      expect(lines[first]).toContain(part);
    expect(lines.slice(first + 1, first + 4)).toEqual([
      '    O CEP do pagador está vazio, incompleto ou não existe.',
      '    o que fazer: Corrija o CEP no cadastro: 8 dígitos.',
      '    texto original: SR0050014 CEP do pagador invalido.',
    ]);
    const failures = linesOf(await boletos('comunicacao', batchId, '--falhas', '--json'));
    expect(failures).toMatchObject([
      {
        receivableId: refused,
        field: 'payer.cep',
        whoFixes: 'cadastro do cliente',
        cause: 'O CEP do pagador está vazio, incompleto ou não existe.',
        advice: 'Corrija o CEP no cadastro: 8 dígitos.',
        known: true,
        providerMessage: 'CEP do pagador\ninvalido.',
      },
      { receivableId: uncertain, state: 'unconfirmed', whoFixes: 'banco', known: true },
    ]);
  });

  test('--falhas shows beside what a person decides its number and what the bank said last', async () => {
    const { batchId, uncertain } = await createWaitingBatch();
    const { knex } = database;
    const accountId = carteira.accountId as number;
    const boletoId = await createBoleto(knex, uncertain, accountId, { our_number: '31285570000000042' });
    const where = { batch_id: batchId, receivable_id: uncertain };
    await knex('batch_item').where(where).update({ boleto_id: boletoId });
    const { ordinal } = await knex('batch_item').where(where).first<{ ordinal: number }>('ordinal');
    const attemptId = await createAttempt(knex, boletoId, { batchId, ordinal, receivableId: uncertain });
    const at = new Date('2030-02-01T15:00:00Z');
    const look = { attemptId, boletoId, accountId };
    await createLook(knex, look, { answer: 'unusable', started_at: at, finished_at: at });
    const later = new Date('2030-02-01T16:00:00Z');
    const found = { status: 'NORMAL', amountCents: 5_000, dueDate: '2030-02-11' };
    await createLook(knex, look, {
      answer: 'found',
      evidence: 'conflict',
      found,
      started_at: later,
      finished_at: later,
    });

    const { stdout } = await boletos('comunicacao', batchId, '--falhas');
    expect(stdout).toContain('nosso número: 31285570000000042');
    expect(stdout).toContain('última consulta, 01/02/2030 13:00: encontrado, NORMAL, R$ 50,00, vence em 11/02/2030');
    const failures = linesOf(await boletos('comunicacao', batchId, '--falhas', '--json'));
    expect(failures).toContainEqual(
      expect.objectContaining({
        receivableId: uncertain,
        ourNumber: '31285570000000042',
        lastLook: expect.objectContaining({ answer: 'found', evidence: 'conflict', ...found }) as unknown,
      }),
    );
  });

  test('--por-causa groups them', async () => {
    const { batchId, refused } = await createWaitingBatch();
    expect(linesOf(await boletos('comunicacao', batchId, '--por-causa', '--json'))).toContainEqual(
      expect.objectContaining({ providerCode: 'SR0050014', count: 1, receivableIds: [refused], known: true }),
    );
    const { stdout } = await boletos('comunicacao', batchId, '--por-causa');
    expect(stdout).toMatch(/ 1 .*Rejeitado.*cadastro do cliente +cep .*\n {4}O CEP do pagador .*\n {4}o que fazer: /);
  });

  test('shows an error that the catalogue lacks as unknown, with the words of the bank', async () => {
    const { batchId, refused } = await createWaitingBatch();
    const words = { provider_code: 'ZZ9', provider_message: 'Motivo inédito.', field: null };
    await database.knex('batch_item').where({ batch_id: batchId, receivable_id: refused }).update(words);
    const { stdout } = await boletos('comunicacao', batchId, '--falhas');
    expect(stdout).toMatch(
      /\n {4}Erro não catalogado.*\n {4}o que fazer: .*\n {4}texto original: ZZ9 Motivo inédito\.\n/,
    );
    expect(linesOf(await boletos('comunicacao', batchId, '--falhas', '--json'))).toContainEqual(
      expect.objectContaining({ receivableId: refused, known: false, providerMessage: 'Motivo inédito.' }),
    );
  });

  test('--itens gives every título', async () => {
    const { batchId } = await createWaitingBatch();
    expect(linesOf(await boletos('comunicacao', batchId, '--itens', '--json'))).toHaveLength(3);
  });

  test('of an unknown batch is refused', async () => {
    const run = await boletos('comunicacao', 'nunca-existiu', '--json');
    expect({ exitCode: run.exitCode, ...errorOf(run) }).toMatchObject({
      exitCode: 1,
      code: 'comunicacao_desconhecida',
    });
  });
});

describe('erros-desconhecidos', () => {
  test('lists what the catalogue lacks, as often as it came, and nothing that it has', async () => {
    const { knex } = database;
    expect((await boletos('erros-desconhecidos')).stdout).toContain('Nenhum');
    const { batchId } = await createWaitingBatch();
    const item = { batchId, ordinal: 2, receivableId: await createReceivable(knex, carteira) };
    const boletoId = await createBoleto(knex, item.receivableId, carteira.accountId as number);
    const ended = { kind: 'data', http_status: 400, resolution: 'refused', finished_at: '2030-01-02T10:00:00Z' };
    const said = async (provider_code: string, provider_message: string) =>
      createAttempt(knex, boletoId, item, { ...ended, provider_code, provider_message });
    await said('SR0050014', 'CEP do pagador invalido.');
    await said('4874915.1', 'Nosso Número já incluído anteriormente.');
    await said('', 'O banco respondeu HTTP 503 sem conteúdo.');
    await said('ZZ9', 'CPF 529.982.247-25 em análise.');
    await said('ZZ9', 'CPF 111.444.777-35 em análise.');
    await said('ZZ8', 'Outro.');
    expect(linesOf(await boletos('erros-desconhecidos', '--json'))).toEqual([
      {
        gateway: 'banco-do-brasil',
        code: 'ZZ9',
        httpStatus: 400,
        example: 'CPF *** em análise.',
        count: 2,
        firstSeen: '2030-01-02T10:00:00.000Z',
        lastSeen: '2030-01-02T10:00:00.000Z',
      },
      expect.objectContaining({ code: 'ZZ8', count: 1 }),
    ]);
    const { stdout } = await boletos('erros-desconhecidos');
    expect(stdout).toMatch(/ 2 {2}banco-do-brasil {2}ZZ9 .*\n {4}CPF \*\*\* em análise\./);
    expect(stdout).not.toContain('SR0050014');
  });
});

describe('acompanhar', () => {
  test('a batch that waits shows it once, as one object, without a worker', async () => {
    const { batchId } = await createWaitingBatch();
    const run = await boletos('acompanhar', batchId, '--json');
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(linesOf(run)).toMatchObject([{ batchId, phase: 'awaitingAdjustments', selected: 3, pending: 0 }]);
  });

  test('a batch that nobody works on ends with 3 instead of waiting for ever', async () => {
    const batchId = await createBatch(database.knex, carteira.id, { phase: 'communicating', selected: 1 });
    await createItem(database.knex, batchId, await createReceivable(database.knex, carteira));
    const run = await boletos('acompanhar', batchId, '--json');
    expect({ exitCode: run.exitCode, ...errorOf(run) }).toMatchObject({ exitCode: 3, code: 'sem_worker' });
    expect(linesOf(run)).toMatchObject([{ batchId, phase: 'communicating', pending: 1 }]);
  });

  test('a batch that nobody ever started is refused at once', async () => {
    const run = await boletos('acompanhar', 'nunca-existiu', '--json');
    expect({ exitCode: run.exitCode, ...errorOf(run) }).toMatchObject({
      exitCode: 1,
      code: 'comunicacao_desconhecida',
    });
  });
});

/** Opaque, also for whoever reads Temporal; the login is here. */
async function cliIdOf(login: string): Promise<string> {
  const row = await database.knex('operator_login').where({ login }).first<{ id: string } | undefined>('id');
  expect(row?.id).toMatch(/^cli-[0-9a-f]{8}$/);
  return row?.id ?? '';
}

describe('an action', () => {
  test('on a batch that Temporal never had is refused; the words of the person are in the record, not in Temporal', async () => {
    const { batchId, refused } = await createWaitingBatch();
    const run = await boletos(
      'descartar',
      batchId,
      '--titulos',
      `${refused}`,
      '--motivo',
      'cliente mudou-se',
      '--json',
    );
    expect({ exitCode: run.exitCode, ...errorOf(run) }).toMatchObject({
      exitCode: 1,
      code: 'comunicacao_desconhecida',
    });
    const entries = await database
      .knex('audit_entry')
      .where({ entity: 'batch', entity_id: batchId, action: 'discard.reason' });
    expect(entries).toMatchObject([
      { actor: await cliIdOf('operador.1'), reason: 'cliente mudou-se', after: { receivableIds: [refused] } },
    ]);
  });

  test('without a worker ends with 3', async () => {
    await boletos('comunicar', '--carteira', String(carteira.id), '--comunicacao', 'sem-ninguem', '--json');
    const run = await boletos('recomunicar', 'sem-ninguem', '--json');
    expect({ exitCode: run.exitCode, ...errorOf(run) }).toMatchObject({ exitCode: 3, code: 'sem_worker' });
  });
});
