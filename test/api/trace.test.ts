import { openApiScene, PASSWORD, type ApiScene } from './support/apiScene';
import { createPrintable } from './support/printable';
import { twoFiliais, type TwoFiliais } from './support/twoFiliais';
import { createItem, createReceivable } from '../kit/record';

/* Who took what away: a row of the audit for each file, and a line of the log for each request. */

let scene: ApiScene;
let two: TwoFiliais;
let reader: { id: string; token: string };
let printable: number;
const lines: { message: string; details: Record<string, unknown> }[] = [];
beforeAll(async () => {
  const log = {
    error: () => undefined,
    info: (message: string, details = {}) => void lines.push({ message, details }),
  };
  scene = await openApiScene(undefined, () => ({ log }));
  two = await twoFiliais(scene);
  reader = await scene.createToken('consulta', [two.own.filialId]);
  printable = await createPrintable(scene.knex, two.own.carteira, two.own.batchId);
  for (let nth = 0; nth < 3; nth += 1)
    await createItem(scene.knex, two.own.batchId, await createReceivable(scene.knex, two.own.carteira), {
      ...{ state: 'rejected', due_at: null, failure_kind: 'data' },
    });
});
afterAll(() => scene.close());

const open = (path: string, method = 'GET') =>
  scene.api.request(`/api/v1${path}`, { method, headers: { Authorization: `Bearer ${reader.token}` } });
const audit = () =>
  scene
    .knex('audit_entry')
    .where({ actor: reader.id })
    .where('id', '>', last)
    .orderBy('id')
    .select('action', 'entity', 'entity_id', 'after');
/** Its last row is written once the file is over. */
async function rowsWith(action: string) {
  for (;;) {
    const rows = await audit();
    if (rows.some((row: { action: string }) => row.action === action)) return rows;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
/** Of the test that runs: rows of the audit stay. */
let last = 0;
beforeEach(async () => {
  const [row] = await scene.knex('audit_entry').max<{ max: number | null }[]>('id');
  last = row?.max ?? 0;
});

test.each([
  ['csv', 'falhas', 4],
  ['xlsx', 'todos', 5],
])('an export as %s of %s is in the audit, with how many rows were written', async (format, which, rows) => {
  const entity = { entity: 'batch', entity_id: two.own.batchId };
  const response = await open(`/comunicacoes/${two.own.batchId}/exportacao?formato=${format}&somente=${which}`);
  await response.arrayBuffer();
  expect(await rowsWith('exportedBatch')).toEqual([
    { action: 'exportBatch', ...entity, after: { format, which } },
    { action: 'exportedBatch', ...entity, after: { format, which, rows, complete: true } },
  ]);
});

test('the PDF of a batch is, with its pages, and that of one título', async () => {
  await (await open(`/comunicacoes/${two.own.batchId}/documentos`)).arrayBuffer();
  await rowsWith('printedBatch');
  await (await open(`/titulos/${printable}/documento`)).arrayBuffer();
  const entity = { entity: 'batch', entity_id: two.own.batchId };
  expect(await rowsWith('printBoleto')).toEqual([
    { action: 'printBatch', ...entity, after: { format: 'pdf' } },
    { action: 'printedBatch', ...entity, after: { format: 'pdf', pages: 1, complete: true } },
    {
      action: 'printBoleto',
      ...{ entity: 'receivable', entity_id: String(printable), after: { format: 'pdf', pages: 1 } },
    },
  ]);
});

test('a reader that goes away is in it, with what was written until then', async () => {
  const response = await open(`/comunicacoes/${two.own.batchId}/exportacao`);
  const body = response.body!.getReader();
  await body.read();
  await body.cancel();
  const rows = await rowsWith('exportedBatch');
  expect(rows.at(-1)).toMatchObject({ after: { complete: false, rows: expect.any(Number) as number } });
});

test('what was not given is not: a HEAD, a refusal, a batch of another filial', async () => {
  const path = `/comunicacoes/${two.own.batchId}/exportacao`;
  expect((await open(path, 'HEAD')).status).toBe(200);
  expect((await open(`/titulos/${two.own.receivableId}/documento`)).status).toBe(409);
  expect((await open(`/comunicacoes/${two.foreign.batchId}/documentos`)).status).toBe(404);
  // Its row would be written after those.
  await (await open(path)).arrayBuffer();
  expect((await rowsWith('exportedBatch')).map(({ action }: { action: string }) => action)).toEqual([
    ...['exportBatch', 'exportedBatch'],
  ]);
});

test('each request is one line: who, which route and how it ended, and nothing of what was asked or answered', async () => {
  const { login } = await scene.createUser('consulta');
  lines.length = 0;
  await open(`/titulos?q=Fulano&carteiraId=${two.own.carteira.id}`);
  await open(`/titulos/${printable}`);
  await open('/titulos/123456789');
  await open('/nada/Fulano');
  await scene.ask(null, 'POST', '/sessao', { login, password: 'errada' });
  await scene.ask(null, 'POST', '/sessao', { login, password: PASSWORD });
  await scene.ask('x'.repeat(43), 'GET', '/sessao');
  const line = (method: string, route: string, status: number, actor: string | null) => ({
    message: 'pedido',
    details: {
      ...{ method, route, status, actor },
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      ms: expect.any(Number) as number,
    },
  });
  expect(lines).toEqual([
    line('GET', '/api/v1/titulos', 200, reader.id),
    line('GET', '/api/v1/titulos/:id', 200, reader.id),
    line('GET', '/api/v1/titulos/:id', 404, reader.id),
    line('GET', '/api/*', 404, reader.id),
    line('POST', '/api/v1/sessao', 401, null),
    line('POST', '/api/v1/sessao', 200, null),
    line('GET', '/api/v1/sessao', 401, null),
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/Fulano|123456789|errada|pessoa-|senha/);
});
