import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError, connectHttp, type BatchEvent } from '../../client/http';
import { readEvents, type StreamEvent } from '../../client/http/eventStream';

/* An API that misbehaves as told; the real one is met in test/integration/erpButtonHttp.test.ts. */

const TOKEN = 'token-inventado-de-teste';
type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

async function withApi<T>(
  answers: Answer[],
  use: (baseUrl: string, asked: IncomingMessage[]) => Promise<T>,
): Promise<T> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push(request);
      (answers[asked.length - 1] ?? answers.at(-1))?.(request, response, body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const json =
  (status: number, value: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  json(status, { type: 'about:blank', status, code, title: `Título de ${code}.`, detail: 'Faça isto.' }, headers);
const drop: Answer = (request) => void request.socket.destroy();
const item = (seq: number) => `id: ${seq}\nevent: item\ndata: ${JSON.stringify({ seq, receivableId: 100 + seq })}\n\n`;
/** A stream of these frames, cut at its end. */
const stream =
  (...frames: string[]): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(frames.join(''), () => response.socket?.destroy());
  };
const counts = (changes: object = {}) => ({
  ...{ pending: 0, sending: 0, deferred: 0, unconfirmed: 0, inProgress: 0, registered: 0 },
  ...{ rejected: 0, conflict: 0, discarded: 0, skipped: 0, ...changes },
});
const progress = (phase: string, changes: object = {}) =>
  `event: progress\ndata: ${JSON.stringify({ phase, paused: false, concluding: false, total: 2, due: 0, byState: counts(), ...changes })}\n\n`;

async function refusal(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApiError)) throw new Error(`no ApiError: ${String(error)}`);
  return error;
}

test('a refusal is an error with its code, words, fields and what to do', async () => {
  const body = {
    code: 'entrada_invalida',
    title: 'A entrada não serve.',
    fields: [{ field: 'cep', message: 'curto' }],
  };
  await withApi([json(400, body), problem(404, 'nao_encontrado')], async (baseUrl) => {
    const boletos = connectHttp({ baseUrl, token: TOKEN });
    const error = await refusal(boletos.correct(1, { cep: '1' }));
    expect(error).toMatchObject({ status: 400, code: 'entrada_invalida', message: 'A entrada não serve.', hint: '' });
    expect(error.fields).toEqual([{ field: 'cep', message: 'curto' }]);
    expect(await refusal(boletos.batch('x').progress())).toMatchObject({ status: 404, hint: 'Faça isto.' });
  });
});

test('what does not answer as the API is told apart from the API', async () => {
  const page: Answer = (_request, response) => void response.writeHead(403).end('<html>proxy</html>');
  await withApi([page], async (baseUrl) => {
    expect(await refusal(connectHttp({ baseUrl, token: TOKEN }).batch('x').progress())).toMatchObject({
      status: 403,
      code: 'resposta_ilegivel',
    });
  });
});

test('a call that got no answer is made again under the same key, so that it happens once', async () => {
  await withApi([drop, problem(503, 'registro_inacessivel'), json(201, { batchId: 'b-1' })], async (baseUrl, asked) => {
    const started = await connectHttp({ baseUrl, token: TOKEN }).start({ carteiraId: 1 });
    expect(started).toMatchObject({ batchId: 'b-1', warning: null });
    const sent = asked.map(({ headers }) => headers['idempotency-key']);
    expect(sent).toHaveLength(3);
    expect(new Set(sent).size).toBe(1);
    expect(asked[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });
});

test('an action goes to its address under one actionId', async () => {
  const bodies: { actionId?: string; scope?: string }[] = [];
  const act: Answer = (_request, response, body) => {
    bodies.push(JSON.parse(body) as object);
    if (bodies.length === 1) return void response.socket?.destroy();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"changed":3,"refused":[]}');
  };
  await withApi([act], async (baseUrl, asked) => {
    const batch = connectHttp({ baseUrl, token: TOKEN }).batch('b-1');
    expect(await batch.recommunicate({ scope: 'corrected' })).toEqual({ changed: 3, refused: [] });
    expect(asked.map(({ url }) => url)).toEqual(Array(2).fill('/api/v1/comunicacoes/b-1/acoes/refazer'));
    expect(bodies[0]).toEqual({ scope: 'corrected', actionId: expect.stringMatching(/^.{36}$/) });
    expect(bodies[1]).toEqual(bodies[0]);
  });
});

test('a stream that breaks is resumed after the last outcome, and one told twice is shown once', async () => {
  const answers = [
    json(200, {}),
    stream(': acompanhando\n\n', item(1), item(2), 'id: 3\nevent: item\ndata: {"seq":3,'),
    drop,
    stream(item(2), item(3), progress('concluded')),
  ];
  await withApi(answers, async (baseUrl, asked) => {
    const seen: BatchEvent[] = [];
    for await (const event of connectHttp({ baseUrl, token: TOKEN }).batch('b-1').events()) {
      seen.push(event);
      if (event.type === 'progress') break;
    }
    expect(seen.map((event) => (event.type === 'item' ? event.item.seq : event.type))).toEqual([1, 2, 3, 'progress']);
    expect(asked.slice(1).map(({ headers }) => headers['last-event-id'])).toEqual(['0', '2', '2']);
  });
});

test('a stream that is refused is told at once, an API that is away is waited for', async () => {
  const answers = [
    json(200, {}),
    stream(item(1)),
    problem(503, 'registro_inacessivel'),
    problem(401, 'token_recusado'),
  ];
  await withApi(answers, async (baseUrl) => {
    const all = async () => {
      for await (const _event of connectHttp({ baseUrl, token: TOKEN }).batch('b-1').events());
    };
    expect(await refusal(all())).toMatchObject({ status: 401, code: 'token_recusado' });
  });
});

test('followed, it ends where people are asked; right after an action it is not there yet', async () => {
  const answers = [
    problem(404, 'nao_encontrado'),
    json(200, {}),
    stream(
      progress('awaitingAdjustments', { byState: counts({ pending: 2 }), due: 2 }),
      // Asked to look again: the record says so before the workflow goes on.
      progress('awaitingAdjustments', { byState: counts({ unconfirmed: 2 }), due: 2 }),
      progress('communicating'),
      progress('awaitingAdjustments', { byState: counts({ rejected: 2 }) }),
      progress('never shown'),
    ),
  ];
  await withApi(answers, async (baseUrl) => {
    const phases: string[] = [];
    for await (const { phase } of connectHttp({ baseUrl, token: TOKEN }).batch('b-1').follow()) phases.push(phase);
    expect(phases).toEqual(['awaitingAdjustments', 'awaitingAdjustments', 'communicating', 'awaitingAdjustments']);
  });
});

test('whoever follows can stop', async () => {
  const endless: Answer = (_request, response) => void response.writeHead(200).write(progress('communicating'));
  await withApi([json(200, {}), endless], async (baseUrl) => {
    const stop = new AbortController();
    const phases: string[] = [];
    const batch = connectHttp({ baseUrl, token: TOKEN }).batch('b-1');
    for await (const { phase } of batch.follow({ signal: stop.signal })) {
      phases.push(phase);
      stop.abort();
    }
    expect(phases).toEqual(['communicating']);
  });
});

test('an address or a token that cannot be one is told before anything is sent', () => {
  expect(() => connectHttp({ baseUrl: 'boletos', token: TOKEN })).toThrow(ApiError);
  expect(() => connectHttp({ baseUrl: 'http://127.0.0.1:1', token: 'com espaço\n' })).toThrow(/token/);
});

test('events are read whatever pieces they come in', async () => {
  const text =
    '﻿: olá\n\nid: 7\r\nevent: item\r\ndata: {"a":"é"}\r\n\r\ndata:x\rdata: y\r\rdata\n\nevent: só isto\n\nid: 8\ndata: cortado';
  const bytes = new TextEncoder().encode(text);
  const read = async (size: number): Promise<StreamEvent[]> => {
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const events: StreamEvent[] = [];
    for await (const event of readEvents(pieces())) events.push(event);
    return events;
  };
  const whole = [
    { event: 'item', data: '{"a":"é"}', id: '7' },
    { event: 'message', data: 'x\ny', id: null },
    { event: 'message', data: '', id: null },
  ];
  for (const size of [1, 2, 3, 7, 1_000]) expect(await read(size)).toEqual(whole);
});

describe('registros', () => {
  const registro = (receivableId: number) => ({ receivableId, cursor: `c${receivableId}` });
  const page = (ids: number[], proximo: string, haMais = false) =>
    json(200, { registros: ids.map(registro), proximo, haMais });

  test('a page is asked for after a cursor, with a limit', () =>
    withApi([page([1], 'c1', true)], async (baseUrl, asked) => {
      const boletos = connectHttp({ baseUrl, token: TOKEN });
      expect(await boletos.registros({ after: 'c0', limit: 7 })).toMatchObject({ proximo: 'c1', haMais: true });
      await boletos.registros();
      expect(asked.map(({ url }) => url)).toEqual(['/api/v1/registros?apos=c0&limite=7', '/api/v1/registros']);
    }));

  test('who follows gets page after page, also an empty one and after a break, until the signal', () =>
    withApi(
      [page([1, 2], 'c2', true), page([], 'c9', true), drop, page([10], 'c10'), page([], 'c10'), page([11], 'c11')],
      async (baseUrl, asked) => {
        const stop = new AbortController();
        const seen: number[] = [];
        const options = { after: 'c0', signal: stop.signal, everyMs: 1 };
        for await (const { receivableId } of connectHttp({ baseUrl, token: TOKEN }).followRegistros(options)) {
          seen.push(receivableId);
          if (receivableId === 11) stop.abort();
        }
        expect(seen).toEqual([1, 2, 10, 11]);
        expect(asked.map(({ url }) => url?.split('apos=')[1])).toEqual(['c0', 'c2', 'c9', 'c9', 'c10', 'c10']);
      },
    ));

  test('a cursor of another record ends it with what to do', () =>
    withApi([problem(409, 'cursor_de_outro_registro')], async (baseUrl) => {
      const following = connectHttp({ baseUrl, token: TOKEN }).followRegistros({ after: 'c0' });
      await expect(following[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        ...{ status: 409, code: 'cursor_de_outro_registro', hint: 'Faça isto.' },
      });
    }));
});
