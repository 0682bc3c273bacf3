import { EventEmitter } from 'node:events';
import { PassThrough, type Writable } from 'node:stream';
import ExcelJS from 'exceljs';
import { roomIn } from '../../api/exports/roomIn';
import { createCustomer, createItem, createReceivable } from '../support/record';
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

test('all títulos as XLSX, amounts as numbers and formulas as text', async () => {
  const { response, bytes } = await exported('?formato=xlsx&somente=todos');
  expect(response.headers.get('content-type')).toMatch('spreadsheetml');
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(bytes as unknown as ExcelJS.Buffer);
  const sheet = workbook.worksheets[0];
  expect(sheet?.rowCount).toBe(4);
  expect(sheet?.getRow(3).getCell(2).value).toBe('=HYPERLINK("http://mau.invalid";"x")');
  expect(sheet?.getRow(3).getCell(5).value).toBe(1_234.56);
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
    const customer_id = await createCustomer(scene.knex, { name: 'Fu\ufffela\uffffno \u0001<&> \u{1f600}' });
    const id = await createReceivable(scene.knex, carteira, { customer_id });
    await createItem(scene.knex, batchId, id, { state: 'registered', due_at: null });
    const { bytes } = await exported('?formato=xlsx&somente=todos');
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.load(bytes as unknown as ExcelJS.Buffer);
    const names: string[] = [];
    workbook.worksheets[0]?.eachRow((row) => names.push(row.getCell(2).text));
    expect(names).toContain('Fulano <&> \u{1f600}');
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

test('rows wait until the packer takes more, also one whose streams are older than Node’s, and while somebody reads', async () => {
  const output = new PassThrough();
  const older = Object.assign(new EventEmitter(), { _writableState: { needDrain: true } });
  let done = false;
  const room = roomIn(output, [older as unknown as Writable]).then(() => (done = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(done).toBe(false);
  older.emit('drain');
  await room;
  const waiting = roomIn(output, [older as unknown as Writable]);
  setTimeout(() => output.destroy(), 20);
  await expect(waiting).rejects.toThrow('went away');
  expect([output.listenerCount('close'), older.listenerCount('drain')]).toEqual([0, 0]);
});
