import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { receiveBody } from '../../api/importing/receiveBody';
import { connect } from '../../client/connect';
import { MAX_BYTES_A_CALL } from '../../domain/receivable/imports';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createFilial } from '../kit/record';
import { openLiveApi, type LiveApi } from './support/liveApi';

/* Imports over HTTP: the API on a socket, a worker as a process, Temporal between them. */

let scene: LiveScene;
let api: LiveApi;
let token: string;
let keys = 0;
beforeAll(async () => {
  scene = await openLiveScene();
  api = await openLiveApi(scene);
  token = await api.token('operador');
  await scene.startWorker();
});
afterAll(async () => {
  await api?.close();
  await scene?.close();
});

const newKey = () => `teste-${(keys += 1)}-abcdefgh`;
const ndjson = { 'Content-Type': 'application/x-ndjson' };
type Rows = readonly object[];
const lines = (rows: Rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const cliente = (id: number | string, more: object = {}) => ({
  ...{ type: 'cliente', id, tipo_pessoa: 'F', razao: `Cliente ${id}`, cnpj_cpf: '52998224725', ...more },
});
const titulo = (id: number | string, id_cliente: number | string, more: object = {}) => ({
  ...{ type: 'titulo', id, id_cliente, filial_id: scene.carteira.filialId, id_carteira_cobranca: scene.carteira.id },
  ...{ data_emissao: '2030-01-10', data_vencimento: '2030-02-10', valor: '99,90', ...more },
});

interface Answer {
  status: number;
  headers: Headers;
  // A test knows what it asked for.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

async function ask(method: string, path: string, request: RequestInit = {}, who = token): Promise<Answer> {
  const response = await fetch(`${api.origin}/api/v1${path}`, {
    ...request,
    method,
    headers: { Authorization: `Bearer ${who}`, ...request.headers },
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
const send = (body: string | Uint8Array, { key = newKey(), query = '', who = token, headers = {} } = {}) =>
  ask('POST', `/importacoes${query}`, { body, headers: { ...ndjson, 'Idempotency-Key': key, ...headers } }, who);

async function ended(importId: string, who = token): Promise<Answer['body']> {
  for (;;) {
    const { body } = await ask('GET', `/importacoes/${importId}`, {}, who);
    if (body.ended) return body;
    await sleep(50);
  }
}
const imported = async (body: string | Uint8Array, more: Parameters<typeof send>[1] = {}) => {
  const sent = await send(body, more);
  expect([sent.status, sent.body.code]).toEqual([202, undefined]);
  return ended(sent.body.importId as string, more.who);
};
const stored = async () => ({
  requests: Number((await scene.knex('import_request').count().first())?.count),
  pieces: Number((await scene.knex('import_body').count().first())?.count),
});

test('rows are stored, imported by a workflow, and forgotten as bytes; a cliente may come after its título', async () => {
  const sent = await send(lines([titulo(7_001, 7_100), cliente(7_100), titulo(7_002, 7_100)]));
  expect(sent).toMatchObject({ status: 202, body: { rows: 3, warning: null } });
  expect(sent.headers.get('location')).toBe(`/api/v1/importacoes/${sent.body.importId}`);
  const done = await ended(sent.body.importId as string);
  expect(done).toMatchObject({
    ...{ state: 'done', stateLabel: 'Concluída', rows: 3, problems: 0, format: 'jsonl' },
    counts: { titulo: { new: 2, changed: 0, unchanged: 0 }, cliente: { new: 1, changed: 0, unchanged: 0 } },
  });
  expect(await scene.knex('import_body').where({ import_id: sent.body.importId })).toEqual([]);
  const history = await scene.client.workflow.getHandle(`importacao/${sent.body.importId}`).fetchHistory();
  expect(JSON.stringify(history)).not.toMatch(/Cliente 7100|52998224725/);
});

test('the same key with the same body is answered the same, also while it is under way; with another body it is refused', async () => {
  const body = lines([cliente(7_201)]);
  const key = newKey();
  const answers = await Promise.all([1, 2].map(() => send(body, { key })));
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.importId}`)).size).toBe(1);
  await ended(answers[0]!.body.importId as string);
  expect(await send(body, { key })).toMatchObject({ status: 202, body: { importId: answers[0]!.body.importId } });
  const refused = { status: 409, body: { code: 'chave_repetida' } };
  expect(await send(lines([cliente(7_202)]), { key })).toMatchObject(refused);
  expect(await send(body, { key, query: '?tudo-ou-nada=true' })).toMatchObject(refused);
  // Of another program it is another key.
  const who = await api.token('operador');
  expect((await send(body, { key, who })).body.importId).not.toBe(answers[0]!.body.importId);
  expect(await scene.knex('import_request').where({ state: 'receiving' })).toEqual([]);
});

test('a body that stops in the middle is told, and nothing of it stays; its key is free', async () => {
  // Those of the imports before are forgotten when they end.
  while ((await stored()).pieces > 0) await sleep(20);
  const before = await stored();
  const key = newKey();
  const head = [
    ...['POST /api/v1/importacoes HTTP/1.1', 'Host: 127.0.0.1', `Authorization: Bearer ${token}`],
    ...[`Idempotency-Key: ${key}`, 'Content-Type: application/jsonl', 'Content-Length: 1000000', '', ''],
  ].join('\r\n');
  const socket = connectSocket(Number(new URL(api.origin).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(head + lines(Array.from({ length: 6_000 }, (_, n) => cliente(7_300 + n))).slice(0, 600_000));
  while ((await stored()).pieces === before.pieces) await sleep(20);
  let heard = '';
  socket.on('data', (data: Buffer) => (heard += data.toString()));
  socket.end();
  await once(socket, 'close');
  expect(heard).toMatch(/^HTTP\/1\.1 400 /);
  while ((await stored()).requests !== before.requests) await sleep(20);
  expect(await stored()).toEqual(before);
  expect((await imported(lines([cliente(7_300)]), { key })).counts.cliente.new).toBe(1);
});

test('who falls silent in the middle is told, and keeps no place', async () => {
  const silent = new ReadableStream<Uint8Array>({ start: (control) => control.enqueue(Buffer.from('{"type":')) });
  expect(await receiveBody(silent, { format: 'jsonl', utf8: true, silentMs: 30 })).toEqual({
    kind: 'silent',
    seconds: 0.03,
  });
});

test('what is no rows is refused before anything is stored', async () => {
  const before = await stored();
  const code = async (body: string | Uint8Array, headers: Record<string, string> = {}, query = '') => {
    const { status, body: problem } = await send(body, { headers, query });
    return [status, problem.code];
  };
  const one = lines([cliente(7_400)]);
  expect(await code('')).toEqual([422, 'corpo_vazio']);
  expect(await code(' \n\r\n\n')).toEqual([422, 'corpo_vazio']);
  expect(await code('id;tipo_pessoa\n', { 'Content-Type': 'text/csv' })).toEqual([422, 'corpo_vazio']);
  expect(await code(gzipSync(one), { 'Content-Encoding': 'gzip' })).toEqual([415, 'corpo_comprimido']);
  expect(await code(gzipSync(one))).toEqual([422, 'codificacao_errada']);
  expect(await code(one, { 'Content-Type': 'application/json' })).toEqual([415, 'tipo_nao_suportado']);
  expect(await code(one, { 'Content-Type': 'application/x-ndjson; charset=utf-16' })).toEqual([
    ...[415, 'codificacao_nao_suportada'],
  ]);
  expect(await code(Buffer.from(lines([cliente(1, { razao: 'João' })]), 'latin1'))).toEqual([
    ...[422, 'codificacao_errada'],
  ]);
  expect(await code(one, {}, '?tipo=cliente')).toEqual([422, 'entrada_invalida']);
  expect(await code(one, {}, '?tudoounada=true')).toEqual([400, 'entrada_invalida']);
  expect(await code(one, { 'Idempotency-Key': 'curta' })).toEqual([400, 'entrada_invalida']);
  expect(await code('\n'.repeat(50_000) + '1\n'.repeat(50_001))).toEqual([413, 'linhas_demais']);
  expect(await code(Buffer.alloc(MAX_BYTES_A_CALL + 1, 0x20))).toEqual([413, 'entrada_grande']);
  expect(await stored()).toEqual(before);
});

test('a CSV of a spreadsheet comes in Windows-1252, and its line breaks in quotes are no rows', async () => {
  const csv = `id;tipo_pessoa;razao;cnpj_cpf;complemento\n7500;F;Conceição;52998224725;"casa\nde trás"\n`;
  const done = await imported(Buffer.from(csv, 'latin1'), {
    ...{ query: '?tipo=cliente', headers: { 'Content-Type': 'text/csv; charset=windows-1252' } },
  });
  expect(done).toMatchObject({ state: 'done', format: 'csv', type: 'cliente', rows: 1 });
  expect(await scene.knex('customer').where({ id: 7_500 }).first()).toMatchObject({ name: 'Conceição' });
});

test('what does not fit is listed row by row, a page at a time; the rest is in', async () => {
  const rows = [
    cliente(7_801),
    cliente(7_801, { razao: 'Outra vez' }),
    titulo('A'.repeat(10_000), 7_801),
    titulo(7_802, 'ninguém'),
    titulo('ACC-SINV-2026-00012', 7_801),
  ];
  const done = await imported(`${lines(rows)}{"type":"cliente","id":7803,"tipo_pes`);
  expect(done).toMatchObject({
    ...{ state: 'done', rows: 6, lines: 6, refused: 4, problems: 4 },
    counts: { cliente: { new: 1 }, titulo: { new: 1 } },
  });
  const path = `/importacoes/${done.importId}/linhas`;
  const { body } = await ask('GET', `${path}?limit=3`);
  expect(body.items).toMatchObject([
    { line: 2, key: '7801', field: 'id', code: 'linha_repetida', kind: 'form' },
    { line: 3, field: 'id', code: 'campo_invalido', message: expect.stringMatching(/10000 caracteres; o máximo/) },
    { line: 4, key: '7802', field: 'id_cliente', code: 'referencia_inexistente', kind: 'reference' },
  ]);
  const rest = await ask('GET', `${path}?limit=3&cursor=${String(body.next)}`);
  expect(rest.body).toMatchObject({ items: [{ line: 6, key: null, kind: 'form' }], next: null });
});

test('with tudo-ou-nada one row that does not fit keeps all out', async () => {
  const done = await imported(lines([cliente(7_901), titulo(7_902, 'ninguém')]), { query: '?tudo-ou-nada=true' });
  expect(done).toMatchObject({ state: 'refused', counts: null, problems: 1, allOrNothing: true });
  expect(await scene.knex('customer').where({ id: 7_901 })).toEqual([]);
  const list = await imported('[{"type":"cliente"}]');
  expect(list).toMatchObject({ state: 'unreadable', message: expect.stringContaining('lista JSON'), problems: 0 });
});

test('who may not import is refused, and of imports of others only those of its filiais are seen', async () => {
  const own = await createFilial(scene.knex);
  const restricted = await api.token('operador', [own]);
  expect(await send(lines([cliente(1)]), { who: await api.token('consulta') })).toMatchObject({ status: 403 });
  const { importId } = await imported(lines([cliente(7_600)]));
  expect(await ask('GET', `/importacoes/${importId}`, {}, restricted)).toMatchObject({ status: 404 });
  expect(await ask('GET', `/importacoes/${importId}/linhas`, {}, restricted)).toMatchObject({ status: 404 });
  const mine = await imported(lines([cliente(7_601)]), { who: restricted });
  const ids = async (who: string, query = '') => {
    const { body } = await ask('GET', `/importacoes${query}`, {}, who);
    return [(body.items as { importId: string }[]).map((each) => each.importId), body.next] as const;
  };
  expect((await ids(restricted))[0]).toEqual([mine.importId]);
  expect((await ids(await api.token('operador', [own])))[0]).toEqual([mine.importId]);
  const [first, next] = await ids(token, '?limit=1');
  expect([first, (await ids(token, `?limit=1&cursor=${String(next)}`))[0]]).toEqual([[mine.importId], [importId]]);
});

test('a worker that is killed in the middle loses nothing: another goes on, and each row is in once', async () => {
  const count = 20_000;
  await scene.killWorkers();
  const sent = await send(lines(Array.from({ length: count }, (_, n) => cliente(800_000 + n))));
  const worker = await scene.startWorker();
  while ((await scene.knex('import_request').where({ id: sent.body.importId }).first()).state === 'waiting')
    await sleep(5);
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  expect((await ask('GET', `/importacoes/${sent.body.importId}`)).body).toMatchObject({ ended: false });
  await scene.startWorker();
  expect(await ended(sent.body.importId as string)).toMatchObject({ counts: { cliente: { new: count } } });
  expect(Number((await scene.knex('customer').where('id', '>=', 800_000).count().first())?.count)).toBe(count);
}, 120_000);

test('those of one token are taken in the order in which they came: what a later one refers to is there by then', async () => {
  const many = Array.from({ length: 20_000 }, (_, n) => cliente(`ORDEM-${n}`));
  const sent = [await send(lines(many))];
  for (let nth = 0; nth < 6; nth += 1) sent.push(await send(lines([titulo(`ORDEM-${nth}`, `ORDEM-${19_999 - nth}`)])));
  const [clientes, ...titulos] = await Promise.all(sent.map(({ body }) => ended(body.importId as string)));
  expect(clientes).toMatchObject({ counts: { cliente: { new: 20_000 } } });
  expect(titulos.map(({ refused, counts }) => [refused, counts.titulo.new])).toEqual(Array(6).fill([0, 1]));
  const finished = [clientes, ...titulos].map(({ finishedAt }) => finishedAt as string);
  expect(finished).toEqual([...finished].sort());
}, 120_000);

test('with Temporal away the body is kept, and the sweep starts its import', async () => {
  const key = newKey();
  const client = await connect({ address: '127.0.0.1:1', withinMs: 0 });
  const away = await openLiveApi({ ...scene, client });
  try {
    const response = await fetch(`${away.origin}/api/v1/importacoes`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Idempotency-Key': key, ...ndjson },
      body: lines([cliente(7_700)]),
    });
    const { importId, warning } = (await response.json()) as { importId: string; warning: string };
    expect([response.status, warning]).toEqual([202, expect.stringContaining('começa sozinha')]);
    await scene.client.schedule.getHandle('boletos-sweep').trigger(ScheduleOverlapPolicy.ALLOW_ALL);
    expect(await ended(importId)).toMatchObject({ state: 'done' });
  } finally {
    await away.close();
    await client.connection.close();
  }
});
