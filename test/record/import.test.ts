import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Knex } from 'knex';
import { Client } from 'pg';
import { importFile } from '../../record/importing/importFile';
import type { ImportResult } from '../../record/importing/importRows';
import { readImportProblems } from '../../record/importing/problems';
import { openDatabase } from '../../record/database';
import { createTestDatabase } from '../kit/database';
import {
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createCustomer,
  createItem,
  createReceivable,
  emptyAudit,
} from '../kit/record';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
  folder = await mkdtemp(join(tmpdir(), 'importar-'));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  await knex.raw(
    `truncate filial, gateway_account, carteira, customer, receivable, boleto, batch, batch_item, attempt, import_run
     restart identity cascade`,
  );
  await emptyAudit(knex);
});

let files = 0;
async function importing(content: string | Buffer, options: Partial<Parameters<typeof importFile>[1]> = {}) {
  files += 1;
  const path = join(folder, `${files}.txt`);
  await writeFile(path, content);
  return importFile(knex, { path, by: 'operador.1', ...options });
}

const jsonl = (...lines: object[]) => lines.map((line) => JSON.stringify(line)).join('\n');

const filial = { type: 'filial', id: 1, razao: 'Provedor Inventado Ltda' };
const carteira = { type: 'carteira', id: 1, descricao: 'Carteira', filial_id: 1, n_convenio: '3128557', timeout: 5 };
const cliente = {
  type: 'cliente',
  id: 1,
  tipo_pessoa: 'F',
  razao: 'João Inventado',
  cnpj_cpf: '52998224725',
  bairro: 'São José',
};
const titulo = {
  type: 'titulo',
  id: 1,
  id_cliente: 1,
  filial_id: 1,
  id_carteira_cobranca: 1,
  data_emissao: '02/01/2030',
  data_vencimento: '10/02/2030',
  valor: '1.234,56',
};
const all = [filial, carteira, cliente, titulo];

function refused(result: ImportResult) {
  if (result.kind !== 'refused') throw new Error(`not refused: ${JSON.stringify(result)}`);
  return result;
}
function imported(result: ImportResult) {
  if (result.kind !== 'imported') throw new Error(`not imported: ${JSON.stringify(result)}`);
  return result;
}
/** What was listed of an import. */
async function listed(result: ImportResult) {
  if (result.kind === 'unreadable') throw new Error(result.message);
  const all = await readImportProblems(knex, result.importId, { after: 0, limit: 10_000 });
  expect(all.map(({ number }) => number)).toEqual(all.map((_, index) => index + 1));
  expect(all).toHaveLength(result.problems);
  return all;
}
const only = (count: { new?: number; changed?: number; unchanged?: number }) => ({
  new: 0,
  changed: 0,
  unchanged: 0,
  ...count,
});

async function everything(): Promise<unknown> {
  const rows = await Promise.all(
    ['filial', 'carteira', 'customer', 'receivable'].map((table) => knex(table).orderBy('id')),
  );
  return rows;
}

test('references are found in the same file in any order', async () => {
  const { counts } = imported(await importing(jsonl(...all.toReversed())));
  expect(counts).toEqual({
    filial: only({ new: 1 }),
    carteira: only({ new: 1 }),
    cliente: only({ new: 1 }),
    titulo: only({ new: 1 }),
  });
  expect(await knex('receivable').first()).toMatchObject({
    customer_id: 1,
    due_date: '2030-02-10',
    amount_cents: 123_456,
    open_amount_cents: 123_456,
    status: 'A',
    released: true,
    impresso: false,
    installment: 1,
    contract_kind: 'sem-contrato',
    imported_registration: null,
    version: 1,
  });
  expect(await knex('carteira').first()).toMatchObject({ timeout_seconds: 5, code: '', homologation: true });
});

describe('row by row', () => {
  const bad = [
    jsonl(...all),
    '{"type":"titulo",',
    jsonl({ ...titulo, id: 2, id_cliente: 99 }),
    '',
    jsonl({ ...titulo, id: 3, valor: 'dez' }, { type: 'lote', id: 1 }, { id: 1 }, titulo),
    '[1]',
  ].join('\r\n');
  const badLines = [
    [5, null, null, 'linha_ilegivel', 'form'],
    [6, '2', 'id_cliente', 'referencia_inexistente', 'reference'],
    [8, '3', 'valor', 'campo_invalido', 'form'],
    [9, null, 'type', 'tipo_desconhecido', 'form'],
    [10, null, 'type', 'tipo_desconhecido', 'form'],
    [11, '1', 'id', 'linha_repetida', 'form'],
    [12, null, null, 'linha_ilegivel', 'form'],
  ];

  test('what fits is taken, and every other line is listed with its key, its field and why', async () => {
    const result = imported(await importing(bad));
    expect(result).toMatchObject({ problems: 7, refused: 7, counts: { titulo: only({ new: 1 }) } });
    const problems = await listed(result);
    expect(problems.map(({ line, key, field, code, kind }) => [line, key, field, code, kind])).toEqual(badLines);
    expect(problems[1]?.message).toBe('o cliente 99 não existe no registro nem neste arquivo');
    expect(problems[5]?.message).toBe('o título 1 já está na linha 4');
    expect(await knex('receivable').pluck('id')).toEqual([1]);
    expect(await knex('audit_entry').first('action', 'entity_id', 'after')).toMatchObject({
      ...{ action: 'importar', entity_id: result.importId },
      after: { refused: 7, titulo: only({ new: 1 }) },
    });
  });

  test('with all or nothing the same file leaves nothing behind, and the same is listed', async () => {
    const result = refused(await importing(bad, { allOrNothing: true }));
    expect(result).toMatchObject({ problems: 7, refused: 7, onlyRefusals: false });
    const problems = await listed(result);
    expect(problems.map(({ line, key, field, code, kind }) => [line, key, field, code, kind])).toEqual(badLines);
    expect(await everything()).toEqual([[], [], [], []]);
    expect(await knex('audit_entry')).toEqual([]);
  });

  test('of 5,000 good lines and one of an unknown cliente 5,000 are in', async () => {
    await importing(jsonl(filial, carteira, cliente));
    const lines = Array.from({ length: 5_001 }, (_, index) => ({ ...titulo, id: index + 1 }));
    lines[2_500] = { ...titulo, id: 2_501, id_cliente: 77 };
    const result = imported(await importing(jsonl(...lines)));
    expect(result.counts.titulo).toEqual(only({ new: 5_000 }));
    expect(await listed(result)).toMatchObject([{ line: 2_501, key: '2501', field: 'id_cliente', kind: 'reference' }]);
  });

  test('what depends on a refused line is refused with it, down to the título, and told so', async () => {
    const result = imported(
      await importing(
        jsonl({ ...titulo, id: 2, id_cliente: 2 }, { ...filial, razao: '' }, carteira, titulo, cliente, {
          ...cliente,
          id: 2,
          tipo_pessoa: 'X',
        }),
      ),
    );
    expect((await listed(result)).map(({ line, field, code, message }) => [line, field, code, message])).toEqual([
      [
        1,
        'id_cliente',
        'referencia_recusada',
        expect.stringMatching(/o cliente 2 não existe no registro, e a linha 6/),
      ],
      [1, 'filial_id', 'referencia_recusada', expect.stringMatching(/a filial 1 .* linha 2/)],
      [1, 'id_carteira_cobranca', 'referencia_recusada', expect.stringMatching(/a carteira 1 .* linha 3/)],
      [2, 'razao', 'campo_invalido', 'não pode vir vazio'],
      [3, 'filial_id', 'referencia_recusada', expect.any(String)],
      [4, 'filial_id', 'referencia_recusada', expect.any(String)],
      [4, 'id_carteira_cobranca', 'referencia_recusada', expect.any(String)],
      [6, 'tipo_pessoa', 'campo_invalido', expect.any(String)],
    ]);
    expect(result.counts).toMatchObject({ cliente: only({ new: 1 }), titulo: only({}) });
  });

  test('a título whose cliente exists is taken, although the line of that cliente is refused', async () => {
    await importing(jsonl(filial, carteira, cliente));
    const result = imported(await importing(jsonl({ ...cliente, tipo_pessoa: 'X' }, titulo)));
    expect(await listed(result)).toMatchObject([{ line: 1, field: 'tipo_pessoa' }]);
    expect(result.counts.titulo).toEqual(only({ new: 1 }));
  });

  test('of a row that stands twice the first well-formed line is taken', async () => {
    await importing(jsonl(filial, carteira, cliente));
    const result = imported(
      await importing(
        jsonl({ ...titulo, valor: '?' }, { ...titulo, documento: 'a' }, { ...titulo, documento: 'b' }, titulo),
      ),
    );
    expect((await listed(result)).map(({ line, code }) => [line, code])).toEqual([
      [1, 'campo_invalido'],
      [3, 'linha_repetida'],
      [4, 'linha_repetida'],
    ]);
    expect(await knex('receivable').pluck('document')).toEqual(['a']);
  });

  test('of very many bad lines all are listed, page by page, in the order of the lines', async () => {
    await importing(jsonl(filial, carteira, cliente));
    const lines = Array.from({ length: 2_450 }, (_, index) => ({
      ...titulo,
      id: index + 1,
      ...(index % 2 ? { valor: '?' } : { id_cliente: 77 }),
    }));
    const result = imported(await importing(jsonl(...lines)));
    expect(result).toMatchObject({ problems: 2_450, refused: 2_450 });
    expect((await listed(result)).map(({ line }) => line)).toEqual(lines.map((_, index) => index + 1));
    const page = await readImportProblems(knex, result.importId, { after: 1_000, limit: 2 });
    expect(page.map(({ number, line }) => [number, line])).toEqual([
      [1_001, 1_001],
      [1_002, 1_002],
    ]);
  });

  test('a record that goes away half-way leaves nothing behind', async () => {
    const admin = openDatabase(database.url, 1);
    let killed: PromiseLike<unknown> | undefined;
    const kill = () => {
      killed ??= admin
        .raw(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and pid <> pg_backend_pid()`,
        )
        .then(() => undefined);
    };
    const many = Array.from({ length: 80_000 }, (_, index) => ({ ...cliente, id: index + 1 }));
    await expect(importing(jsonl(filial, ...many), { onProgress: kill })).rejects.toThrow();
    await killed;
    await admin.destroy();
    expect(await everything()).toEqual([[], [], [], []]);
    imported(await importing(jsonl(...all)));
  });
});

describe('idempotence', () => {
  test('the same file twice changes nothing', async () => {
    const content = jsonl(...all, { ...titulo, id: 2, nn_boleto: '9000000001', impresso: 'S', status: 'R' });
    imported(await importing(content));
    const before = await everything();
    const { counts } = imported(await importing(content));
    expect(counts).toEqual({
      filial: only({ unchanged: 1 }),
      carteira: only({ unchanged: 1 }),
      cliente: only({ unchanged: 1 }),
      titulo: only({ unchanged: 2 }),
    });
    expect(await everything()).toEqual(before);
    expect(await knex('audit_entry')).toHaveLength(1);
  });

  test('what differs is changed and counted, and the version of the título grows', async () => {
    await importing(jsonl(...all, { ...titulo, id: 2 }));
    const { counts } = imported(
      await importing(jsonl({ ...titulo, data_vencimento: '11/02/2030' }, { ...titulo, id: 2 }, { ...titulo, id: 3 })),
    );
    expect(counts.titulo).toEqual({ new: 1, changed: 1, unchanged: 1 });
    expect(await knex('receivable').orderBy('id').pluck('version')).toEqual([2, 1, 1]);
  });

  test('a field that the file lacks keeps its value, an empty one is emptied', async () => {
    await importing(jsonl(filial, carteira, { ...cliente, email: 'a@exemplo.com.br', whatsapp: '11900000000' }));
    const line: Record<string, unknown> = { ...cliente, email: '' };
    delete line['bairro'];
    await importing(jsonl(line));
    expect(await knex('customer').first()).toMatchObject({ district: 'São José', whatsapp: '11900000000', email: '' });
  });

  test('two imports of the same file at the same time both end, and everything is there once', async () => {
    const content = jsonl(...all, ...Array.from({ length: 500 }, (_, index) => ({ ...titulo, id: index + 2 })));
    const results = await Promise.all([importing(content), importing(content)]);
    expect(results.map((result) => imported(result).counts.titulo.new).toSorted()).toEqual([0, 501]);
  });
});

test('an import waits for the títulos before it holds any customer: the order of corrections, without a deadlock', async () => {
  await importing(jsonl(...all));
  const correction = await knex.transaction();
  await correction('receivable').where({ id: 1 }).forUpdate();
  const result = importing(jsonl({ ...cliente, bairro: 'Vila Nova' }, { ...titulo, documento: 'novo' }));
  await untilSomebodyWaitsForALock();
  await correction('customer').where({ id: 1 }).update({ cep: '01310100' });
  await correction.commit();
  expect((await result).kind).toBe('imported');
  expect(await knex('customer').first()).toMatchObject({ cep: '01310100', district: 'Vila Nova' });
  expect(await knex('receivable').first()).toMatchObject({ document: 'novo' });
});

async function untilSomebodyWaitsForALock(): Promise<void> {
  for (;;) {
    const { rows } = await knex.raw<{ rows: { waiting: boolean }[] }>(
      `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waiting`,
    );
    if (rows[0]?.waiting) return;
  }
}

describe('what an import never does', () => {
  test('it never lowers impresso', async () => {
    await importing(jsonl(...all));
    await knex('receivable').update({ impresso: true });
    const { counts } = imported(await importing(jsonl({ ...titulo, impresso: 'N' })));
    expect(counts.titulo).toEqual(only({ unchanged: 1 }));
    expect(await knex('receivable').first()).toMatchObject({ impresso: true });
  });

  test('it leaves a boleto as the bank has it, and takes what is otherwise as work for somebody there', async () => {
    const own = await createCarteira(knex);
    const id = await createReceivable(knex, own);
    const boletoId = await createBoleto(knex, id, own.accountId as number, { state: 'registered' });
    const [stored] = (await knex('receivable').where({ id })) as Record<string, number>[];
    const boleto = (await knex('boleto').where({ id: boletoId }).first()) as unknown;
    const other = await createCarteira(knex);
    const line = {
      ...titulo,
      id,
      id_cliente: stored?.['customer_id'],
      filial_id: own.filialId,
      id_carteira_cobranca: own.id,
      valor: '99,90',
    };
    const customerId = await createCustomer(knex);
    for (const [kind, field, change] of [
      ['alter', 'valor_aberto', { valor: '100,00' }],
      ['alter', 'data_vencimento', { data_vencimento: '11/02/2030' }],
      ['cancel', 'id_cliente', { id_cliente: customerId }],
      ['cancel', 'id_carteira_cobranca', { id_carteira_cobranca: other.id }],
      ['cancel', 'status', { status: 'R', valor_aberto: '0' }],
    ] as const) {
      imported(await importing(jsonl({ ...line, ...change })));
      const open = await knex('bank_work').whereNull('closed_at');
      expect(open).toMatchObject([{ kind, boleto_id: boletoId, fields: { [field]: expect.anything() as object } }]);
      imported(await importing(jsonl({ ...line, status: 'A' })));
      expect(await knex('bank_work').whereNull('closed_at')).toEqual([]);
    }
    // What the bank was told of customer and carteira stays noted; nothing else of the boleto moved.
    expect(await knex('boleto').where({ id: boletoId }).first()).toEqual({
      ...(boleto as object),
      bank_terms: expect.objectContaining({ customerId: stored?.['customer_id'], carteiraId: own.id }) as object,
    });
  });

  test('it keeps what it says of a título with an unresolved attempt until that is resolved', async () => {
    const own = await createCarteira(knex);
    const issued = { issue_date: '2030-01-02' };
    const [free, held] = [await createReceivable(knex, own, issued), await createReceivable(knex, own, issued)];
    const batchId = await createBatch(knex, own.id);
    const ordinal = await createItem(knex, batchId, held);
    const boletoId = await createBoleto(knex, held, own.accountId as number, { state: 'unconfirmed' });
    await createAttempt(knex, boletoId, { batchId, ordinal, receivableId: held });
    const customers = await knex('receivable').orderBy('id').pluck('customer_id');
    const lines = [free, held].map((id, index) => ({
      ...titulo,
      id,
      id_cliente: customers[index] as number,
      filial_id: own.filialId,
      id_carteira_cobranca: own.id,
      valor: '99,90',
    }));
    expect(imported(await importing(jsonl(...lines))).pending).toBe(0);
    const result = imported(await importing(jsonl(...lines.map((line) => ({ ...line, documento: 'outro' })))));
    expect(result).toMatchObject({ pending: 1, counts: { titulo: only({ changed: 1 }) } });
    expect(await knex('receivable').where({ document: 'outro' }).pluck('id')).toEqual([free]);

    await knex('attempt').update({ resolution: 'refused', resolved_at: knex.fn.now() });
    imported(await importing(jsonl(...lines.map((line) => ({ ...line, documento: 'outro' })))));
    expect(await knex('receivable').where({ document: 'outro' }).pluck('id')).toEqual([free, held]);
  });

  test('it leaves the gateway settings of a carteira that has an account, and says so', async () => {
    const own = await createCarteira(knex, { timeout_seconds: 5 });
    const line = { type: 'carteira', id: own.id, descricao: 'Outro nome', n_convenio: '7654321', timeout: 60 };
    expect(imported(await importing(jsonl(line))).keptGatewaySettings).toEqual([own.id]);
    expect(await knex('carteira').first()).toMatchObject({
      description: 'Outro nome',
      convenio: '3128557',
      timeout_seconds: 5,
    });
    expect(imported(await importing(jsonl(line))).counts.carteira).toEqual(only({ unchanged: 1 }));
  });
});

test('a line that says nothing of status and open amount leaves a partial payment as it is', async () => {
  const line = { ...titulo, id: 70_001, valor: '100,00' };
  imported(await importing(jsonl(...all.slice(0, 3), { ...line, status: 'P', valor_aberto: '40,00' })));
  imported(await importing(jsonl({ ...line, data_vencimento: '11/03/2030' })));
  const stored = () => knex('receivable').where({ id: 70_001 }).first('status', 'open_amount_cents');
  expect(await stored()).toEqual({ status: 'P', open_amount_cents: 4_000 });
  imported(await importing(jsonl({ ...line, id: 70_002, valor: '55,00' })));
  expect(await knex('receivable').where({ id: 70_002 }).first()).toMatchObject({ open_amount_cents: 5_500 });
});

test('what an earlier system registered is kept beside the título', async () => {
  await importing(
    jsonl(...all.slice(0, 3), { ...titulo, nn_boleto: '9000000001', linha_digitavel: '', pix_txid: null }),
  );
  await importing(jsonl({ ...titulo, id_cobranca: 'ant-1' }));
  expect(await knex('receivable').first()).toMatchObject({
    imported_registration: { nn_boleto: '9000000001', id_cobranca: 'ant-1' },
  });
});

test('fields that nobody knows are ignored and counted by name', async () => {
  const result = imported(
    await importing(jsonl(filial, carteira, { ...cliente, apelido: 'x', __proto__x: 1 }, { ...titulo, apelido: 'y' })),
  );
  expect(result.ignoredFields).toEqual({ apelido: 2, __proto__x: 1 });
});

describe('files as they come', () => {
  const header = 'id;id_cliente;filial_id;id_carteira_cobranca;data_emissao;data_vencimento;valor;documento';

  beforeEach(async () => {
    await importing(jsonl(filial, carteira, cliente));
  });

  test.each([
    ['; with decimal commas', `${header}\n1;1;1;1;02/01/2030;10/02/2030;1.234,56;"a;""b""\nc"\n`],
    [
      ', with decimal points',
      `${header.replaceAll(';', ',')}\r\n1,1,1,1,2030-01-02,2030-02-10,1234.56,"a;""b""\nc"\r\n`,
    ],
    [
      'quoted amounts between commas',
      `${header.replaceAll(';', ',')}\n1,1,1,1,2030-01-02,2030-02-10,"1.234,56","a;""b""\nc"`,
    ],
    ['JSON Lines', jsonl({ ...titulo, documento: 'a;"b"\nc' })],
  ])('CSV and JSON Lines give the same row: %s', async (_name, content) => {
    expect(imported(await importing(content)).counts.titulo).toEqual(only({ new: 1 }));
    expect(await knex('receivable').first()).toMatchObject({ amount_cents: 123_456, document: 'a;"b"\nc' });
  });

  const customers =
    'id;tipo_pessoa;razao;cnpj_cpf;bairro\n2;J;Padaria “São João” – Ítalo & Cia;11222333000181;Conceição\n';
  const windows1252 = Buffer.from(customers.replace('“', '\x93').replace('”', '\x94').replace('–', '\x96'), 'latin1');

  test.each([
    ['UTF-8', Buffer.from(customers)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${customers}`)],
    ['Windows-1252', windows1252],
  ])('accents survive in %s', async (_name, content) => {
    imported(await importing(content));
    expect(await knex('customer').where({ id: 2 }).first()).toMatchObject({
      name: 'Padaria “São João” – Ítalo & Cia',
      district: 'Conceição',
      person_type: 'J',
    });
  });

  test('JSON Lines may be Windows-1252 and begin with a byte order mark, too', async () => {
    imported(await importing(Buffer.from(jsonl({ ...cliente, id: 3, razao: 'Inês' }), 'latin1')));
    imported(await importing(`\ufeff${jsonl({ ...cliente, id: 4, razao: 'Inês' })}`));
    expect(await knex('customer').whereIn('id', [3, 4]).pluck('name')).toEqual(['Inês', 'Inês']);
  });

  test.each([
    [
      'a mixture of encodings',
      Buffer.concat([Buffer.from(customers), Buffer.from('3;F;In\xeas;1;x\n', 'latin1')]),
      /mistura UTF-8.*linha 3/,
    ],
    ['UTF-16', Buffer.from(`\ufeff${customers}`, 'utf16le'), /UTF-16/],
    ['an empty file', '', /está vazio/],
    ['blank lines only', '\n \n', /nenhum registro/],
    ['a JSON list', JSON.stringify([cliente]), /use JSON Lines/],
  ])('%s is told as a whole', async (_name, content, message) => {
    expect(await importing(content)).toEqual({ kind: 'unreadable', message: expect.stringMatching(message) });
  });

  test.each([
    ['a file that is not there', 'nada.csv', /não existe/],
    ['a folder', '.', /não é um arquivo/],
  ])('%s is told as a whole', async (_name, path, message) => {
    expect(await importFile(knex, { path: join(folder, path), by: 'x' })).toEqual({
      kind: 'unreadable',
      message: expect.stringMatching(message),
    });
  });

  test.each([
    ['a header of no type', 'id;nome\n1;x', 1, /cabeçalho não é o de nenhum tipo/],
    ['a column twice', `${header};VALOR\n`, 1, /valor duas vezes/],
    ['a row with another number of columns', `${header}\n1;1;1\n`, 2, /tem 3 colunas, e o cabeçalho tem 8/],
    [
      'quotes that are not closed',
      `${header}\n1;1;1;1;02/01/2030;10/02/2030;1;"a\n2;1;1\n`,
      2,
      /aspas que não são fechadas/,
    ],
    ['text after quotes', `${header}\n1;1;1;1;02/01/2030;10/02/2030;1;"a"b\n`, 2, /texto depois das aspas/],
    ['a header without rows', `${header}\n`, 1, /nenhum registro/],
    ['a line without an end', `${jsonl(cliente)}\n{"type":"${'x'.repeat(200_000)}`, 2, /mais de 100000 caracteres/],
  ])('%s is told by its line', async (_name, content, line, message) => {
    expect(await listed(await importing(content))).toMatchObject([
      { line, field: null, kind: 'form', message: expect.stringMatching(message) },
    ]);
  });

  test('the type of a CSV can be given, and then its required columns are asked for', async () => {
    const [problem] = await listed(await importing('id;razao\n5;Filial Cinco', { type: 'cliente' }));
    expect(problem?.message).toBe('faltam no cabeçalho colunas obrigatórias de cliente: tipo_pessoa, cnpj_cpf');
    imported(await importing('id;razao\n5;Filial Cinco'));
    expect(await knex('filial').where({ id: 5 }).first()).toMatchObject({ name: 'Filial Cinco' });
  });
});

test.each(['\\N', '\\.', 'A\\tB', 'ACC\\2030\\', '"C";1', "D'E"])(
  'a key %s and a text that has it are stored as they are written',
  async (text) => {
    imported(
      await importing(jsonl(filial, carteira, { ...cliente, id: text, razao: text, bairro: `${text}\t${text}` })),
    );
    imported(await importing(jsonl({ ...titulo, id: text, id_cliente: text, documento: text })));
    expect(
      await knex('receivable as r')
        .join('customer as c', 'c.id', 'r.customer_id')
        .where({ 'r.erp_key': text })
        .first('r.document', 'c.erp_key', 'c.name', 'c.district'),
    ).toEqual({
      ...{ document: text, erp_key: text, name: text, district: `${text}\t${text}` },
    });
  },
);

test('20,000 lines go through in statements of bounded size', async () => {
  const clientes = Array.from({ length: 10_000 }, (_, index) => ({
    ...cliente,
    id: index + 1,
    razao: `Cliente ${index}`,
  }));
  const titulos = clientes.map(({ id }) => ({ ...titulo, id, id_cliente: id }));
  const sizes: number[] = [];
  const measure = ({ bindings }: { bindings?: unknown[] }) =>
    void sizes.push(...(bindings ?? []).map((binding) => String(binding).length));
  knex.on('query', measure);
  const client: { query(...values: unknown[]): unknown } = Client.prototype;
  const query = client.query;
  const copies = jest.spyOn(client, 'query').mockImplementation(function (this: Client, ...values) {
    const [statement] = values;
    if (statement instanceof Writable) {
      const end = statement.end.bind(statement) as (text: string) => Writable;
      Object.assign(statement, {
        end: (text: string) => {
          sizes.push(text.length);
          return end(text);
        },
      });
    }
    return query.apply(this, values);
  });
  const { counts } = imported(await importing(jsonl(filial, carteira, ...titulos, ...clientes)));
  copies.mockRestore();
  knex.removeListener('query', measure);
  expect(counts.titulo).toEqual(only({ new: 10_000 }));
  expect(counts.cliente).toEqual(only({ new: 10_000 }));
  expect(Math.max(...sizes)).toBeLessThan(500_000);
  expect(sizes.filter((size) => size > 40_000).length).toBeGreaterThanOrEqual(40);
});
