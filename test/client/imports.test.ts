import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectHttp, type HttpBoletos, type HttpImportRow, type HttpRefusedLine } from '../../client/http';

/* An API that takes imports at once, and drops what it is told to; the real one is met in test/api/importacoes.test.ts. */

interface Call {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

async function withApi(
  drops: number,
  use: (boletos: HttpBoletos, calls: Call[]) => Promise<void>,
  hasEnded: (id: string, imports: ReadonlyMap<string, number>) => boolean = () => true,
): Promise<void> {
  const calls: Call[] = [];
  const ids = new Map<string, number>();
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const body = Buffer.concat(pieces).toString();
      calls.push({ method, url, headers, body });
      if (calls.length <= drops) return void request.socket.destroy();
      const answer = (value: unknown) =>
        response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
      if (method === 'PUT') return void answer({ id: 1, key: 'k', fields: {}, outcome: 'new', ignoredFields: [] });
      if (method === 'POST') {
        const key = String(headers['idempotency-key']);
        ids.set(key, body.trimEnd().split('\n').length);
        return void answer({ importId: key, rows: ids.get(key), warning: null });
      }
      const [, id = '', lines] = /importacoes\/([^/?]+)(\/linhas)?/.exec(url) ?? [];
      const titulo = { new: (ids.get(id) ?? 0) - 1, changed: 0, unchanged: 0 };
      if (!lines)
        return void answer({
          state: 'done',
          ended: hasEnded(id, ids),
          lines: ids.get(id),
          counts: { titulo },
          refused: 1,
          ignoredFields: { x: 1 },
        });
      const line = { line: 1, key: id, field: 'valor', code: 'campo_invalido', kind: 'form', message: 'ruim' };
      answer(url.includes('cursor') ? { items: [], next: null } : { items: [line], next: 'mais' });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await use(connectHttp({ baseUrl, token: 'token-inventado-de-teste' }), calls);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function* titulos(count: number): Generator<HttpImportRow> {
  for (let id = 1; id <= count; id += 1) yield { type: 'titulo', id, valor: '1,00' };
}

test('50,001 rows go in two calls, each under its own key, again after a connection that was cut; the report is of both', async () => {
  await withApi(1, async (boletos, calls) => {
    const seen: number[] = [];
    const report = await boletos.importRows(titulos(50_001), {
      idempotencyKey: 'erp-2031-03',
      onProgress: ({ rows }) => void seen.push(rows),
    });
    const sent = calls.filter(({ method }) => method === 'POST');
    expect(sent.map(({ headers }) => headers['idempotency-key'])).toEqual([
      ...['erp-2031-03.1', 'erp-2031-03.1', 'erp-2031-03.2'],
    ]);
    expect(sent.map(({ body }) => body.trimEnd().split('\n').length)).toEqual([50_000, 50_000, 1]);
    expect(sent[1]?.headers['content-type']).toBe('application/x-ndjson');
    expect(report).toMatchObject({ rows: 50_001, new: 49_999, refused: 2, ignoredFields: { x: 2 } });
    expect(seen).toEqual([50_000, 50_001]);
    const lines: HttpRefusedLine[] = [];
    for await (const line of report.lines()) lines.push(line);
    expect(lines.map(({ index, key }) => [index, key])).toEqual([
      [0, 'erp-2031-03.1'],
      [50_000, 'erp-2031-03.2'],
    ]);
  });
});

test('a call is sent while the one before it is imported, and no further ahead', async () => {
  const ahead: number[] = [];
  await withApi(
    0,
    async (boletos) => {
      const report = await boletos.importRows(titulos(150_001), { idempotencyKey: 'erp-2031-06' });
      expect(report).toMatchObject({ rows: 150_001, refused: 4 });
    },
    (id, imports) => {
      const nth = Number(id.split('.').at(-1));
      ahead.push(imports.size - nth);
      return nth === 4 || imports.size > nth;
    },
  );
  expect(Math.max(...ahead)).toBe(1);
});

test('all or nothing is one call, or nothing is sent', async () => {
  await withApi(0, async (boletos, calls) => {
    const options = { idempotencyKey: 'erp-2031-04', allOrNothing: true };
    await expect(boletos.importRows(titulos(50_001), options)).rejects.toMatchObject({ code: 'entrada_invalida' });
    expect(calls).toEqual([]);
    await boletos.importRows(titulos(2), options);
    expect(calls[0]?.url).toBe('/api/v1/importacoes?tudo-ou-nada=true');
  });
});

test('a CSV says its type and its encoding; a key of text is a part of an address', async () => {
  await withApi(0, async (boletos, calls) => {
    await boletos.importCsv('id;valor\n1;2\n', { idempotencyKey: 'erp-2031-05', type: 'titulo' });
    expect([calls[0]?.url, calls[0]?.headers['content-type'], calls[0]?.body]).toEqual([
      ...['/api/v1/importacoes?tipo=titulo', 'text/csv; charset=utf-8', 'id;valor\n1;2\n'],
    ]);
    await boletos.putTitulo('ACC/2026 1', { valor: '1,00' });
    expect(calls.at(-1)).toMatchObject({
      method: 'PUT',
      url: '/api/v1/titulos/ACC%2F2026%201',
      body: '{"valor":"1,00"}',
    });
  });
});
