import type { Knex } from 'knex';
import { importRows } from '../../record/importing/importRows';
import { readImportProblems } from '../../record/importing/problems';
import { resolveReceivable, resolveReceivables } from '../../record/receivables/erpKeys';
import { createTestDatabase } from '../kit/database';

const FIRST_OF_OURS = 9_000_000_001;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;
beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
});
afterAll(() => database.close());
afterEach(() =>
  knex.raw(
    `truncate filial, gateway_account, carteira, customer, receivable, import_run cascade;
     alter sequence erp_id restart`,
  ),
);

let imports = 0;
async function importing(...lines: object[]) {
  imports += 1;
  const rows = (async function* () {
    yield await Promise.resolve(Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n')));
  })();
  const result = await importRows(knex, { importId: `i-${imports}`, rows, by: 'programa.1', source: 'http' });
  if (result.kind !== 'imported') throw new Error(`not imported: ${JSON.stringify(result)}`);
  return result;
}
const lastProblems = () => readImportProblems(knex, `i-${imports}`, { after: 0, limit: 100 });

const filial = { type: 'filial', id: 'Provedor Inventado - PI', razao: 'Provedor Inventado Ltda' };
const carteira = { type: 'carteira', id: 'Banco do Brasil/17', descricao: 'Carteira', filial_id: filial.id };
const cliente = { type: 'cliente', id: 'João da Silva', tipo_pessoa: 'F', razao: 'João', cnpj_cpf: '52998224725' };
const titulo = {
  ...{ type: 'titulo', id: 'ACC-SINV-2026-00012', id_cliente: cliente.id, filial_id: filial.id },
  ...{ id_carteira_cobranca: carteira.id, data_emissao: '02/01/2030', data_vencimento: '10/02/2030', valor: '99,90' },
};
const all = [filial, carteira, cliente, titulo];
const named = () => knex('receivable').orderBy('id').select<{ id: number; erp_key: string | null }[]>('id', 'erp_key');

test('rows may be called by text: each has an id of ours, and what refers to it finds it', async () => {
  expect(await importing(...all.toReversed())).toMatchObject({ problems: 0 });
  const row = (await knex('receivable').first()) as Record<string, unknown>;
  expect(row).toMatchObject({ erp_key: 'ACC-SINV-2026-00012' });
  expect(row['id']).toBeGreaterThanOrEqual(FIRST_OF_OURS);
  expect(await knex('customer').where({ id: row['customer_id'] }).pluck('erp_key')).toEqual(['João da Silva']);
  expect(
    await knex('carteira').where({ id: row['carteira_id'], filial_id: row['filial_id'] }).pluck('erp_key'),
  ).toEqual(['Banco do Brasil/17']);
});

test('the same keys mean the same rows in every later file, however their accents are composed', async () => {
  await importing(...all);
  const before = await named();
  const result = await importing(
    { ...titulo, documento: 'novo', id_cliente: ' Joa\u0303o da Silva ' },
    { ...cliente, id: 'Joa\u0303o da Silva', razao: 'João Inventado' },
  );
  expect(result).toMatchObject({
    problems: 0,
    counts: { titulo: { new: 0, changed: 1 }, cliente: { new: 0, changed: 1 } },
  });
  expect(await named()).toEqual(before);
});

test('case tells keys apart, the leading zeros of a number do not', async () => {
  await importing(filial, carteira, cliente);
  const keys = ['acc-1', 'ACC-1', '7', '007', '0', 7_000, '7000 '];
  const result = await importing(...keys.map((id) => ({ ...titulo, id })));
  expect(result.counts.titulo).toEqual({ new: 5, changed: 0, unchanged: 0 });
  expect(await lastProblems()).toMatchObject([
    { line: 4, key: '7', code: 'linha_repetida' },
    { line: 7, key: '7000', code: 'linha_repetida' },
  ]);
  expect((await named()).map(({ id, erp_key }) => erp_key ?? id).toSorted()).toEqual(
    [7, 7_000, 'acc-1', 'ACC-1', '0'].toSorted(),
  );
});

test.each(['12.345', '12345.0', '1,2345E+4', '1.234.567'])(
  'a number as a spreadsheet shows it is no key: %s',
  async (id) => {
    await importing(filial, carteira, cliente);
    const result = await importing({ ...titulo, id });
    expect(result.counts.titulo).toEqual({ new: 0, changed: 0, unchanged: 0 });
    expect(await lastProblems()).toMatchObject([
      { line: 1, field: 'id', message: expect.stringContaining('planilha') },
    ]);
  },
);

test('a number that is too long for the references of banks is a key like a text', async () => {
  await importing(filial, carteira, cliente, { ...titulo, id: '999999999999' }, { ...titulo, id: '1000000000000' });
  expect((await named()).map(({ id, erp_key }) => [id, erp_key])).toEqual([
    [expect.any(Number), '1000000000000'],
    [999_999_999_999, null],
  ]);
});

test('no id is given that a number of the ERP has, or that a row is called by', async () => {
  await importing(filial, carteira, cliente);
  await knex.raw('alter sequence erp_id restart');
  const counted = Array.from({ length: 500 }, (_, index) => ({ ...titulo, id: FIRST_OF_OURS + index }));
  await importing(...counted.slice(0, 300));
  const result = await importing({ ...titulo, id: 'A' }, { ...titulo, id: 'B' }, ...counted.slice(300));
  expect(result).toMatchObject({ problems: 0, counts: { titulo: { new: 202 } } });
  const rows = await named();
  expect(rows.filter(({ erp_key }) => erp_key === null)).toHaveLength(500);
  expect(rows.filter(({ erp_key }) => erp_key !== null).map(({ id }) => id)).toEqual([
    FIRST_OF_OURS + 500,
    FIRST_OF_OURS + 501,
  ]);
});

test('a number that is already the id of another row is a key of its own, and finds its row again', async () => {
  await importing(...all);
  const [first] = await named();
  await importing({ ...titulo, id: first?.id, documento: 'outro' });
  expect(await named()).toEqual([first, { id: expect.any(Number) as number, erp_key: String(first?.id) }]);
  expect((await importing({ ...titulo, id: first?.id, documento: 'outro' })).counts.titulo).toMatchObject({
    unchanged: 1,
  });
  expect(
    await knex('receivable')
      .where({ id: first?.id ?? 0 })
      .pluck('document'),
  ).toEqual(['']);
});

test('two imports of the same new keys at the same time make each row once', async () => {
  const results = await Promise.all([importing(...all), importing(...all.toReversed())]);
  expect(results.map(({ counts }) => counts.titulo.new).toSorted()).toEqual([0, 1]);
  expect(await named()).toHaveLength(1);
});

test('a key that is no key is told without being repeated whole, and the row is not taken', async () => {
  await importing(filial, carteira, cliente);
  await importing({ ...titulo, id: 'x'.repeat(10_000) }, { ...titulo, id_cliente: 'y'.repeat(10_000) }, titulo);
  const problems = await lastProblems();
  expect(problems.map(({ line, field }) => [line, field])).toEqual([
    [1, 'id'],
    [2, 'id_cliente'],
  ]);
  expect(JSON.stringify(problems).length).toBeLessThan(1_000);
  expect(await named()).toHaveLength(1);
});

test('the record holds a key once, and never an empty one', async () => {
  await importing(filial);
  await expect(knex('filial').insert({ id: 1, name: 'x', erp_key: filial.id })).rejects.toThrow('filial_by_erp_key');
  await expect(knex('filial').insert({ id: 1, name: 'x', erp_key: '' })).rejects.toThrow('filial_erp_key');
});

describe('a título that somebody names', () => {
  test('is found by its key and by its ID da cobrança', async () => {
    await importing(...all, { ...titulo, id: 12 });
    const [number, text] = await named();
    expect(await resolveReceivable(knex, ' ACC-SINV-2026-00012 ')).toBe(text?.id);
    expect(await resolveReceivable(knex, String(text?.id))).toBe(text?.id);
    expect(await resolveReceivable(knex, '12')).toBe(number?.id);
    expect(await resolveReceivables(knex, ['acc-sinv-2026-00012', '13', '', 'x'.repeat(10_000), '012', '12'])).toEqual([
      ...[null, null, null, null],
      ...[12, 12],
    ]);
  });

  test('is the one of that key where another has those digits as its id', async () => {
    await importing(...all);
    const [first] = await named();
    await importing({ ...titulo, id: first?.id });
    const [, second] = await named();
    expect(await resolveReceivable(knex, String(first?.id))).toBe(second?.id);
  });
});
