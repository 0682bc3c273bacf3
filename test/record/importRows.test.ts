import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { importRows, type ImportRequest } from '../../record/importing/importRows';
import { readImportProblems } from '../../record/importing/problems';
import { createTestDatabase } from '../kit/database';
import { createCarteira, createCustomer, createFilial, createReceivable } from '../kit/record';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;
beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
});
afterAll(() => database.close());
afterEach(() => knex.raw('truncate filial, gateway_account, carteira, customer, receivable, import_run cascade'));

let imports = 0;
type Asked = Partial<ImportRequest>;
/** As a route gets it: pieces of bytes, read once. */
function importing(text: string | Buffer, { rows = pieces(Buffer.from(text), 1_000), ...asked }: Asked = {}) {
  imports += 1;
  return importRows(knex, { importId: `i-${imports}`, rows, by: 'programa.1', source: 'http', ...asked });
}
async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    await sleep(0);
    yield bytes.subarray(at, at + size);
  }
}
const problemsOf = (importId: string) => readImportProblems(knex, importId, { after: 0, limit: 100 });
const lastProblems = async () =>
  (await problemsOf(`i-${imports}`)).map(({ line, field, code, message }) => [line, field, code, message]);

const filial = { type: 'filial', id: 1, razao: 'Provedor Inventado Ltda' };
const cliente = { type: 'cliente', id: 1, tipo_pessoa: 'F', razao: 'João Inventado', cnpj_cpf: '52998224725' };
const jsonl = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
const clientes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...cliente, id: index + 1, razao: `João ${index} Inventado` }));

describe('a stream', () => {
  test.each([1, 7, 65_536])('is read whatever its pieces are: of %d bytes', async (size) => {
    const rows = pieces(Buffer.from(`\ufeff${jsonl(filial, ...clientes(3))}`), size);
    expect(await importing('', { rows })).toMatchObject({ kind: 'imported', problems: 0 });
    expect(await knex('customer').orderBy('id').pluck('name')).toEqual([
      'João 0 Inventado',
      'João 1 Inventado',
      'João 2 Inventado',
    ]);
  });

  const csv = 'id;tipo_pessoa;razao;cnpj_cpf;email\n1;F;João Um;52998224725;\n2;F;João Dois';
  const cut = (text: string, bytes: number) => Buffer.from(text).subarray(0, -bytes);
  test.each([
    ['JSON', cut(jsonl(cliente, { ...cliente, id: 2 }), 20), 2],
    ['JSON, in the middle of a letter', cut(jsonl(cliente, { ...cliente, id: 2, cnpj_cpf: 'é' }), 4), 2],
    ['CSV, with fewer columns', Buffer.from(csv), 3],
    ['CSV, within quotes', Buffer.from(`${csv};52998224725;\n3;F;"João`), 4],
    ['CSV, in the middle of a letter', cut(`${csv};52998224725;é`, 1), 3],
  ])(
    'that ends in the middle of a line is taken up to there, and that line is told: %s',
    async (_name, bytes, line) => {
      const result = await importing(bytes);
      expect(await lastProblems()).toEqual([[line, null, 'linha_incompleta', 'o arquivo termina no meio da linha']]);
      // The header of a CSV is no row.
      const before = bytes.toString().startsWith('{') ? line - 1 : line - 2;
      expect(result).toMatchObject({ counts: { cliente: { new: before } } });
    },
  );

  test('that breaks off with an error leaves nothing behind, and the same import can be asked for again', async () => {
    const broken = (async function* () {
      yield Buffer.from(jsonl(...clientes(2_000)));
      await Promise.reject(new Error('the connection is gone'));
    })();
    await expect(importing('', { importId: 'i-again', rows: broken })).rejects.toThrow('the connection is gone');
    expect(await knex('customer')).toEqual([]);
    expect(await importing(jsonl(cliente), { importId: 'i-again' })).toMatchObject({ kind: 'imported' });
  });

  test('that is empty, and one that is no text of ours, are told as a whole', async () => {
    expect(await importing('')).toEqual({ kind: 'unreadable', message: 'o arquivo está vazio' });
    expect(await importing('[{}]', { importId: 'i-list' })).toMatchObject({ kind: 'unreadable' });
    expect(await importing(jsonl(cliente), { importId: 'i-list' })).toMatchObject({ kind: 'unreadable' });
    expect(await knex('import_run').where({ id: 'i-list' }).first('state', 'source', 'by')).toEqual({
      ...{ state: 'unreadable', source: 'http', by: 'programa.1' },
    });
  });
});

describe('the same import', () => {
  test('asked for again is answered with what it ended with, and nothing is done', async () => {
    const text = jsonl(cliente, { ...cliente, id: 2, tipo_pessoa: 'X' });
    const first = await importing(text, { importId: 'i-same' });
    await knex('customer').update({ name: 'Corrigido aqui' });
    expect(await importing(text, { importId: 'i-same' })).toEqual(first);
    expect(await knex('customer').pluck('name')).toEqual(['Corrigido aqui']);
    expect(await problemsOf('i-same')).toHaveLength(1);
  });

  test('asked for twice at once is done once', async () => {
    const text = jsonl(...clientes(3_000));
    const both = await Promise.all([1, 2].map(() => importing(text, { importId: 'i-twice' })));
    expect(both[0]).toEqual(both[1]);
    expect(both[0]).toMatchObject({ counts: { cliente: { new: 3_000 } } });
  });

  test('is done once although its process died half-way', async () => {
    const gone = new AbortController();
    const onProgress = () => gone.abort(new Error('killed'));
    const text = jsonl(...clientes(6_000));
    const asked = { importId: 'i-killed', onProgress, signal: gone.signal };
    await expect(importing(text, asked)).rejects.toThrow('killed');
    expect(await knex('customer')).toEqual([]);
    expect(await importing(text, { importId: 'i-killed' })).toMatchObject({ counts: { cliente: { new: 6_000 } } });
  });
});

test('no more than a page of problems is ever told to the record at once', async () => {
  const sizes: number[] = [];
  const measure = ({ bindings }: { bindings?: unknown[] }) =>
    void sizes.push(...(bindings ?? []).map((binding) => String(binding).length));
  knex.on('query', measure);
  const bad = clientes(20_000).map((line) => ({ ...line, tipo_pessoa: 'X' }));
  const result = await importing(jsonl(...bad));
  knex.removeListener('query', measure);
  expect(result).toMatchObject({ problems: 20_000, refused: 20_000 });
  expect(Math.max(...sizes)).toBeLessThan(400_000);
});

describe('of somebody who sees some filiais', () => {
  test('what is of another filial is refused as if it were nowhere, and the rest is in', async () => {
    const [own, foreign] = [await createCarteira(knex), await createCarteira(knex)];
    const shared = await createCarteira(knex, { filial_id: null });
    const [mine, theirs] = [await createReceivable(knex, own), await createReceivable(knex, foreign)];
    const customer = await createCustomer(knex);
    const customers = (await knex('receivable')
      .whereIn('id', [mine, theirs])
      .orderBy('id')
      .pluck('customer_id')) as number[];
    const row = (id: number, columns: object) => ({
      ...{ type: 'titulo', id, id_cliente: customer, filial_id: own.filialId, id_carteira_cobranca: own.id },
      ...{ data_emissao: '02/01/2030', data_vencimento: '10/02/2030', valor: '99,90' },
      ...columns,
    });
    const result = await importing(
      jsonl(
        row(1, {}),
        row(2, { filial_id: foreign.filialId }),
        row(3, { id_carteira_cobranca: foreign.id }),
        row(4, { id_carteira_cobranca: shared.id }),
        row(5, { id_cliente: customers[1] }),
        row(theirs, {}),
        row(mine, { id_cliente: customers[0], documento: 'novo' }),
        { ...filial, id: own.filialId, razao: 'Outro nome' },
        { ...filial, id: foreign.filialId, razao: 'Outro nome' },
        { ...filial, id: 999 },
        { type: 'carteira', id: own.id, descricao: 'Outro nome' },
        { type: 'carteira', id: foreign.id, descricao: 'Outro nome' },
        { type: 'carteira', id: own.id + 5_000, descricao: 'Nova', filial_id: '' },
        { type: 'carteira', id: own.id + 5_001, descricao: 'Nova', filial_id: own.filialId },
        { ...cliente, id: customers[1] },
        { ...cliente, id: customers[0], razao: 'Outro nome' },
        { ...cliente, id: 888 },
      ),
      { filiais: [own.filialId] },
    );
    expect((await lastProblems()).map(([line, field, code]) => [line, field, code])).toEqual([
      [2, 'filial_id', 'referencia_inexistente'],
      [3, 'id_carteira_cobranca', 'referencia_inexistente'],
      [4, 'id_carteira_cobranca', 'referencia_inexistente'],
      [5, 'id_cliente', 'referencia_inexistente'],
      [6, 'id', 'fora_da_filial'],
      [9, 'id', 'fora_da_filial'],
      [10, 'id', 'fora_da_filial'],
      [12, 'id', 'fora_da_filial'],
      [13, 'id', 'fora_da_filial'],
      [15, 'id', 'fora_da_filial'],
    ]);
    expect((await lastProblems())[0]?.[3]).toBe(
      `a filial ${foreign.filialId} não existe no registro nem neste arquivo`,
    );
    expect(result).toMatchObject({
      counts: {
        filial: { new: 0, changed: 1 },
        carteira: { new: 1, changed: 1 },
        cliente: { new: 1, changed: 1 },
        titulo: { new: 1, changed: 1 },
      },
    });
  });

  test('a título keeps a carteira that they do not see', async () => {
    const filialId = await createFilial(knex);
    const shared = await createCarteira(knex, { filial_id: null });
    const id = await createReceivable(knex, { ...shared, filialId });
    const [stored] = (await knex('receivable').where({ id })) as Record<string, number>[];
    const line = {
      ...{ type: 'titulo', id, id_cliente: stored?.['customer_id'], filial_id: filialId },
      ...{ id_carteira_cobranca: shared.id, documento: 'novo' },
      ...{ data_emissao: '02/01/2030', data_vencimento: '10/02/2030', valor: '99,90' },
    };
    expect(await importing(jsonl(line), { filiais: [filialId] })).toMatchObject({ problems: 0 });
    expect(await knex('receivable').where({ id }).pluck('document')).toEqual(['novo']);
  });
});
