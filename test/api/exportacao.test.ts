import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import readXlsxFile from 'read-excel-file/node';
import type { ExportedItem } from '../../api/exports/columns';
import { writeCsv } from '../../api/exports/csv';
import { roomIn } from '../../api/exports/roomIn';
import { writeXlsx } from '../../api/exports/xlsx';
import { createCustomer, createItem, createReceivable } from '../kit/record';
import { openApiScene, type ApiScene } from './support/apiScene';
import { twoFiliais, type TwoFiliais } from './support/twoFiliais';

let scene: ApiScene;
let two: TwoFiliais;
beforeAll(async () => {
  scene = await openApiScene();
  two = await twoFiliais(scene);
  const { carteira, batchId } = two.own;
  const customer_id = await createCustomer(scene.knex, { name: '=HYPERLINK("http://mau.invalid";"x")' });
  const id = await createReceivable(scene.knex, carteira, { customer_id, document: '-1+1', amount_cents: 123_456 });
  await createItem(scene.knex, batchId, id, {
    ...{
      state: 'rejected',
      due_at: null,
      failure_kind: 'data',
      provider_code: '@X',
      provider_message: 'linha 1\nlinha 2',
    },
  });
  await createItem(scene.knex, batchId, await createReceivable(scene.knex, carteira), {
    state: 'registered',
    due_at: null,
  });
});
afterAll(() => scene.close());

async function exported(query: string, token = two.consulta, batchId = two.own.batchId) {
  const response = await scene.api.request(`/api/v1/comunicacoes/${batchId}/exportacao${query}`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

test('the failures as CSV: UTF-8 with its mark, semicolons, decimal commas, and no cell that a spreadsheet would run', async () => {
  const { response, bytes } = await exported('');
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename="comunicacao-${two.own.batchId}.csv"`);
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const lines = bytes.toString().slice(1).split('\r\n');
  expect(lines[0]).toMatch(/^ID da cobrança;Pagador;Documento;Vencimento;Valor;Situação;Causa;Quem corrige;Campo;/);
  expect(lines[1]).toMatch(/^\d+;Fulano Inventado de Teste;;10\/02\/2030;99,90;Rejeitado \(dados\);/);
  expect(lines[2]).toContain(`;"'=HYPERLINK(""http://mau.invalid"";""x"")";'-1+1;10/02/2030;1234,56;`);
  expect(lines[2]).toContain(`"'@X linha 1\nlinha 2"`);
  expect(lines).toHaveLength(4);
});

test('all títulos as XLSX: amounts and IDs as numbers, dates as dates, formulas as text', async () => {
  const { response, bytes } = await exported('?formato=xlsx&somente=todos');
  expect(response.headers.get('content-type')).toMatch('spreadsheetml');
  const [sheet] = await readXlsxFile(bytes);
  expect(sheet?.sheet).toBe('Títulos 1');
  const [head, , second] = sheet!.data;
  expect(sheet?.data).toHaveLength(4);
  expect(head?.slice(0, 5)).toEqual(['ID da cobrança', 'Pagador', 'Documento', 'Vencimento', 'Valor']);
  expect(second?.slice(0, 5)).toEqual([
    ...[expect.any(Number), '=HYPERLINK("http://mau.invalid";"x")', '-1+1', new Date('2030-02-10'), 1_234.56],
  ]);
});

describe('what people and banks wrote', () => {
  // As escapes, since half of it cannot be seen.
  const cells: [string, string][] = [
    ['\u200b=1+1', "'\u200b=1+1"],
    ['\u202e+1', "'\u202e+1"],
    ['\ufeff@x', "'\ufeff@x"],
    ['\u00ad \u2060-1', "'\u00ad \u2060-1"],
    ['a=1', 'a=1'],
    ['\u200ba', '\u200ba'],
  ];
  test.each(cells)('%j is the cell %j of a CSV', async (name, cell) => {
    const { batchId, carteira } = two.own;
    const id = await createReceivable(scene.knex, carteira, {
      customer_id: await createCustomer(scene.knex, { name }),
    });
    await createItem(scene.knex, batchId, id, { state: 'registered', due_at: null });
    expect((await exported('?somente=todos')).bytes.toString()).toContain(`\n${id};${cell};`);
  });

  test('and XML cannot hold is not in an XLSX, whose sheet is well-formed', async () => {
    const { batchId, carteira } = two.own;
    const customer_id = await createCustomer(scene.knex, { name: 'Fu\ufffela\uffffno _x0041_ \u0001<&> \u{1f600}' });
    const id = await createReceivable(scene.knex, carteira, { customer_id });
    await createItem(scene.knex, batchId, id, { state: 'registered', due_at: null });
    const { bytes } = await exported('?formato=xlsx&somente=todos');
    const [sheet] = await readXlsxFile(bytes);
    expect(sheet?.data.map((row) => row[1])).toContain('Fulano _x0041_ <&> \u{1f600}');
  });
});

test('an export of a batch of another filial does not exist', async () => {
  const { response } = await exported('', two.consulta, two.foreign.batchId);
  expect(response.status).toBe(404);
});

test('a reader that goes away ends the export', async () => {
  const response = await scene.api.request(`/api/v1/comunicacoes/${two.own.batchId}/exportacao?formato=xlsx`, {
    headers: { Authorization: `Bearer ${two.consulta}` },
  });
  await response.body?.cancel();
  expect((await exported('')).response.status).toBe(200);
});

test('rows wait until the packer takes more, and while somebody reads', async () => {
  const [output, packer] = [new PassThrough(), new PassThrough({ highWaterMark: 1 })];
  packer.write('x');
  let done = false;
  const room = roomIn(output, [packer]).then(() => (done = true));
  await nextTurn();
  await nextTurn();
  expect(done).toBe(false);
  packer.resume();
  await room;
  packer.pause();
  packer.write('x');
  const waiting = roomIn(output, [packer]);
  setImmediate(() => output.destroy());
  await expect(waiting).rejects.toThrow('went away');
  expect(output.listenerCount('close')).toBe(0);
});

test('a CSV has codes and what looks like a number in a form that a spreadsheet keeps', async () => {
  const output = new PassThrough();
  const item = (document: string) =>
    ({
      ...{ receivableId: 7, customerName: 'Fulano', document, dueDate: '2030-02-10', amountCents: 1 },
      ...{ ourNumber: '00031285570000001042', linhaDigitavel: '00190000090312855700500000001177187500000009990' },
      ...{ stateLabel: 'Registrado', pixEmv: '000201', pixTxid: '12345678901234567890', withoutPix: true },
    }) as unknown as ExportedItem;
  const documents = ['000123', '12/2026', '1e5', '123456789012', '123', 'NF 12', '1.234'];
  async function* one() {
    yield documents.map(item);
  }
  const [bytes] = await Promise.all([buffer(output), writeCsv(one(), output)]);
  const rows = bytes.toString().trim().split('\r\n').slice(1);
  expect(rows.map((row) => row.split(';')[2])).toEqual([
    ...["'000123", "'12/2026", "'1e5", "'123456789012", '123', 'NF 12', "'1.234"],
  ]);
  expect(rows[0]?.split(';').slice(-6, -1)).toEqual([
    ...['00031 28557 00000 01042', '00190.00009 03128.557005 00000.001177 1 87500000009990'],
    ...["'000201", "'12345678901234567890", 'sim'],
  ]);
});

describe('an XLSX', () => {
  const item = (id: number, columns: object = {}) =>
    ({
      ...{ receivableId: id, customerName: `Cliente ${id}`, document: '', dueDate: '2030-02-10', amountCents: 1 },
      ...{ stateLabel: 'Registrado', ourNumber: '12345678901234567890', linhaDigitavel: null, ...columns },
    }) as unknown as ExportedItem;
  async function* pages(count: number, size: number) {
    for (let from = 1; from <= count; from += size)
      yield Array.from({ length: Math.min(size, count - from + 1) }, (_, nth) => item(from + nth));
  }

  test('of more rows than a sheet holds goes on in the next, and none is lost or stands twice', async () => {
    for (const [count, lengths] of [
      [0, [1]],
      [20, [11, 11]],
      [25, [11, 11, 6]],
    ] as const) {
      const output = new PassThrough();
      const [bytes] = await Promise.all([buffer(output), writeXlsx(pages(count, 7), output, 10)]);
      const sheets = await readXlsxFile(bytes);
      expect(sheets.map(({ data }) => data.length)).toEqual(lengths);
      const ids = sheets.flatMap(({ data }) => data.slice(1).map(([id]) => id));
      expect(ids).toEqual(Array.from({ length: count }, (_, nth) => nth + 1));
    }
  });

  test('keeps what has more digits than a spreadsheet counts with as text', async () => {
    const output = new PassThrough();
    const long = item(9_007_199_254_740_991, { dueDate: '1900-01-31' });
    const [bytes] = await Promise.all([buffer(output), writeXlsx(async_([[long]]), output)]);
    const [row] = (await readXlsxFile(bytes))[0]!.data.slice(1);
    expect([row![0], row![3], row![11]]).toEqual(['9007199254740991', '31/01/1900', '12345678901234567890']);
  });

  test('takes no more memory for many rows than for few: they are not made before somebody reads them', async () => {
    const output = new PassThrough();
    let made = 0;
    const counted = (async function* () {
      for await (const page of pages(200_000, 1_000)) {
        made += page.length;
        yield page;
      }
    })();
    const written = writeXlsx(counted, output).catch((error: unknown) => error);
    for (let turn = 0; turn < 200; turn += 1) await nextTurn();
    expect(made).toBeLessThan(20_000);
    output.destroy();
    expect(await written).toMatchObject({ message: 'the reader went away' });
  });

  async function* async_<T>(items: T[]) {
    yield* items;
  }
});
