import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createTransport, type HttpRequest, type Transport } from '../../gateways/core/transport';
import { selfSignedCertificate } from './selfSigned';
import { answer, closedPort, startRawServer, type RawServer } from './rawServer';

let transport: Transport;
const servers: RawServer[] = [];

beforeEach(() => {
  transport = createTransport({ simulated: true });
});
afterEach(async () => {
  transport.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serverThat(onRequest: (socket: Socket, nth: number) => void): Promise<RawServer> {
  const server = await startRawServer(onRequest);
  servers.push(server);
  return server;
}

function post(url: string, changes: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'POST',
    url,
    account: { id: 1, version: 1 },
    headers: { 'Content-Type': 'application/json' },
    body: '{"a":1}',
    timeoutMs: 5_000,
    permit: () => Promise.resolve(),
    maySend: () => true,
    ...changes,
  };
}

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('an answer comes back whole, with the instant of the check before it left', async () => {
  const server = await serverThat((socket) => answer(socket, '{"ok":true}', 'X-Kind: fine\r\n'));
  let asked = 0;
  const outcome = await transport.exchange(post(server.url, { maySend: () => ((asked = Date.now()), true) }));
  expect(outcome).toMatchObject({ kind: 'answered', status: 200, body: '{"ok":true}', headers: { 'x-kind': 'fine' } });
  if (outcome.kind !== 'answered') throw new Error(outcome.kind);
  expect(outcome.sentAt.getTime()).toBeGreaterThanOrEqual(asked);
});

describe('the check before the socket write', () => {
  test('a forfeited call writes not one byte on a new connection', async () => {
    const server = await serverThat((socket) => answer(socket, 'x'));
    expect(await transport.exchange(post(server.url, { maySend: () => false }))).toEqual({ kind: 'forfeited' });
    await transport.exchange(post(server.url));
    expect(server.requests()).toBe(1);
  });

  test('a forfeited call writes not one byte on a connection that is used again', async () => {
    const server = await serverThat((socket) => answer(socket, 'x'));
    await transport.exchange(post(server.url));
    const bytes = server.bytes();
    expect(await transport.exchange(post(server.url, { maySend: () => false }))).toEqual({ kind: 'forfeited' });
    const marker = connect(server.port, '127.0.0.1').end('marker');
    await once(marker, 'close');
    expect(server.bytes()).toBe(bytes + 'marker'.length);
  });

  test('the permit is awaited with the connection at hand, and asked before the check', async () => {
    const server = await serverThat((socket) => answer(socket, 'x'));
    const order: string[] = [];
    await transport.exchange(
      post(server.url, {
        permit: async () => {
          await new Promise(setImmediate);
          order.push(`permit with ${server.connections()} connection, ${server.bytes()} bytes`);
        },
        maySend: () => (order.push('check'), true),
      }),
    );
    expect(order).toEqual(['permit with 1 connection, 0 bytes', 'check']);
  });

  test('a permit that fails is thrown, and nothing is written', async () => {
    const server = await serverThat((socket) => answer(socket, 'x'));
    const failing = post(server.url, { permit: () => Promise.reject(new Error('no record')) });
    await expect(transport.exchange(failing)).rejects.toThrow('no record');
    expect(server.bytes()).toBe(0);
  });

  test('a connection that ends while it waits for its turn is replaced, and takes another turn', async () => {
    let first: Socket | undefined;
    const server = await startRawServer((socket) => {
      first ??= socket;
      answer(socket, 'x');
    });
    servers.push(server);
    await transport.exchange(post(server.url));
    let permits = 0;
    const outcome = await transport.exchange(
      post(server.url, {
        permit: async () => {
          permits += 1;
          if (permits > 1) return;
          first?.end();
          if (first && !first.destroyed) await once(first, 'close');
          await new Promise(setImmediate);
        },
      }),
    );
    expect(outcome).toMatchObject({ kind: 'answered' });
    expect([permits, server.requests(), server.connections()]).toEqual([2, 2, 2]);
  });

  test('a process frozen past the deadline while connecting sends nothing', async () => {
    const server = await serverThat((socket) => answer(socket, 'x'));
    const checks: string[] = [];
    const exchanged = transport.exchange(
      post(server.url, { timeoutMs: 50, maySend: () => (checks.push('check'), true) }),
    );
    block(200);
    expect(await exchanged).toMatchObject({ kind: 'notSent', reason: 'connectTimeout' });
    expect([checks, server.bytes()]).toEqual([[], 0]);
  });

  test('a process frozen while its call waits for its turn sends nothing when the check says so', async () => {
    const server = await serverThat((socket) => answer(socket, 'x'));
    const deadline = performance.now() + 100;
    const outcome = await transport.exchange(
      post(server.url, { permit: async () => block(200), maySend: () => performance.now() < deadline }),
    );
    expect(outcome).toEqual({ kind: 'forfeited' });
    expect(server.bytes()).toBe(0);
  });
});

describe('connections', () => {
  test('one is used again for the next call', async () => {
    const server = await serverThat((socket) => answer(socket, 'x'));
    for (let at = 0; at < 3; at++) await transport.exchange(post(server.url));
    expect([server.requests(), server.connections()]).toEqual([3, 1]);
  });

  test('one that the server will keep too short a time is not used again', async () => {
    const server = await serverThat((socket) => answer(socket, 'x', 'Keep-Alive: timeout=1\r\n'));
    for (let at = 0; at < 2; at++) await transport.exchange(post(server.url));
    expect(server.connections()).toBe(2);
  });

  test('one that is past its idle time is not used again, even when the process was frozen and no timer ran', async () => {
    const server = await serverThat((socket) => answer(socket, 'x', 'Keep-Alive: timeout=2\r\n'));
    await transport.exchange(post(server.url));
    block(1_100);
    await transport.exchange(post(server.url));
    expect([server.requests(), server.connections()]).toEqual([2, 2]);
  });

  test('one that dies idle after the call was written is ambiguous, and never a second send', async () => {
    const server = await serverThat((socket, nth) => (nth === 1 ? answer(socket, 'x') : socket.destroy()));
    await transport.exchange(post(server.url));
    expect(await transport.exchange(post(server.url))).toMatchObject({ kind: 'noAnswer', reason: 'reset' });
    expect(server.requests()).toBe(2);
  });

  test('one whose turn failed is kept for the next call', async () => {
    const server = await serverThat((socket) => answer(socket, 'x'));
    await transport.exchange(post(server.url));
    await transport
      .exchange(post(server.url, { permit: () => Promise.reject(new Error('later')) }))
      .catch(() => undefined);
    await transport.exchange(post(server.url));
    expect(server.connections()).toBe(1);
  });
});

describe('one send', () => {
  test('a redirect is an answer: the second place is never asked', async () => {
    const server = await serverThat((socket) =>
      answer(socket, '', 'Location: /elsewhere\r\n', '307 Temporary Redirect'),
    );
    expect(await transport.exchange(post(server.url))).toMatchObject({ kind: 'answered', status: 307 });
    expect(server.requests()).toBe(1);
  });

  test('proxies of the environment are ignored', async () => {
    const proxy = await serverThat((socket) => answer(socket, 'proxy'));
    const server = await serverThat((socket) => answer(socket, 'bank'));
    const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
    const before = names.map((name) => process.env[name]);
    for (const name of names) process.env[name] = proxy.url;
    try {
      expect(await transport.exchange(post(server.url))).toMatchObject({ body: 'bank' });
    } finally {
      names.forEach((name, at) =>
        before[at] === undefined ? delete process.env[name] : (process.env[name] = before[at]),
      );
    }
    expect(proxy.connections()).toBe(0);
  });
});

describe('what ends a call', () => {
  test('refused and unknown name: certain that nothing left', async () => {
    const refused = await transport.exchange(post(`http://127.0.0.1:${await closedPort()}`));
    expect(refused).toMatchObject({ kind: 'notSent', reason: 'refused' });
    const real = createTransport({ simulated: false });
    const unknown = await real.exchange(post('https://gateway.invalid/'));
    real.close();
    expect(unknown).toMatchObject({ kind: 'notSent', reason: 'dns' });
  });

  test('a certificate that nobody vouches for is refused, also when the environment says otherwise', async () => {
    let requests = 0;
    const server = createHttpsServer(selfSignedCertificate(), () => (requests += 1)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // Node itself reads this variable, once: a process of its own has it from the start.
    const child = fork(require.resolve('./exchangeOnce.ts'), [`https://localhost:${port}/`], {
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' },
    });
    const [outcome] = (await once(child, 'message')) as unknown[];
    server.close();
    expect(outcome).toMatchObject({ kind: 'notSent', reason: 'certificate' });
    expect(requests).toBe(0);
  });

  test('a server that speaks no TLS is not sent', async () => {
    const server = await startRawServer(
      () => undefined,
      (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    servers.push(server);
    const outcome = await transport.exchange(post(`https://127.0.0.1:${server.port}`));
    expect(outcome).toMatchObject({ kind: 'notSent', reason: 'tls' });
  });

  test('a TLS handshake that never ends is not sent', async () => {
    const server = await serverThat(() => undefined);
    const outcome = await transport.exchange(post(`https://127.0.0.1:${server.port}`, { timeoutMs: 100 }));
    expect(outcome).toMatchObject({ kind: 'notSent', reason: 'connectTimeout' });
  });

  test('silence, half a head and half a body end with the deadline, and are ambiguous', async () => {
    const behaviours: ((socket: Socket) => void)[] = [
      () => undefined,
      (socket) => void socket.write('HTTP/1.1 200 OK\r\nConte'),
      (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":'),
    ];
    await Promise.all(
      behaviours.map(async (behaviour) => {
        const server = await serverThat(behaviour);
        const outcome = await transport.exchange(post(server.url, { timeoutMs: 1_000 }));
        expect(outcome).toMatchObject({ kind: 'noAnswer', reason: 'timeout' });
        expect(server.requests()).toBe(1);
      }),
    );
  });

  test('a body that drips past the deadline is a timeout, though each piece is quick', async () => {
    const server = await serverThat((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const outcome = await transport.exchange(post(server.url, { timeoutMs: 1_000 }));
    expect(outcome).toMatchObject({ kind: 'noAnswer', reason: 'timeout', status: 200 });
  });

  test('a connection that ends in the body is truncated, one that ends before the head is a reset', async () => {
    const cut = await serverThat((socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":'));
    expect(await transport.exchange(post(cut.url))).toMatchObject({
      kind: 'noAnswer',
      reason: 'truncated',
      status: 200,
    });
    const gone = await serverThat((socket) => void socket.end());
    expect(await transport.exchange(post(gone.url))).toMatchObject({ kind: 'noAnswer', reason: 'reset', status: null });
    const garbage = await serverThat((socket) => void socket.end('what is HTTP?\r\n\r\n'));
    expect(await transport.exchange(post(garbage.url))).toMatchObject({ kind: 'noAnswer', reason: 'reset' });
  });

  test('more than a mebibyte is not read, also when it arrives compressed', async () => {
    const plain = await serverThat((socket) => answer(socket, 'x'.repeat(1_100_000)));
    expect(await transport.exchange(post(plain.url))).toMatchObject({ kind: 'noAnswer', reason: 'tooLarge' });
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    const zipped = await serverThat((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
      socket.write(bomb);
    });
    expect(await transport.exchange(post(zipped.url))).toMatchObject({ kind: 'noAnswer', reason: 'tooLarge' });
  });

  test('bytes that are no UTF-8 are an answer', async () => {
    const server = await serverThat((socket) => {
      socket.write(
        Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na'), Buffer.from([0xff, 0x62])]),
      );
    });
    expect(await transport.exchange(post(server.url))).toMatchObject({ kind: 'answered', body: 'a\ufffdb' });
  });

  test('a caller that gives up before the turn sends nothing; afterwards it is ambiguous', async () => {
    const server = await serverThat(() => undefined);
    expect(await transport.exchange(post(server.url, { signal: AbortSignal.abort() }))).toMatchObject({
      kind: 'notSent',
      reason: 'aborted',
    });
    expect(server.bytes()).toBe(0);
    const controller = new AbortController();
    const received = await serverThat(() => controller.abort());
    expect(await transport.exchange(post(received.url, { signal: controller.signal }))).toMatchObject({
      kind: 'noAnswer',
      reason: 'aborted',
    });
  });

  test('plain http to another machine, credentials in an address and nonsense are refused as configuration', async () => {
    for (const url of [
      'http://10.0.0.1/',
      'http://banco.example/',
      'http://localhost.example/',
      'https://a:b@banco.example/',
      'x',
      '',
    ])
      expect(await transport.exchange(post(url))).toMatchObject({ kind: 'misconfigured' });
  });
});

test('with simulated gateways no bank is reached, whatever an account says', async () => {
  const outcome = await transport.exchange({
    method: 'POST',
    url: 'https://gateway.invalid/boletos',
    account: { id: 1, version: 1 },
    headers: {},
    timeoutMs: 1_000,
    permit: () => Promise.reject(new Error('no turn is asked for')),
    maySend: () => true,
  });
  expect(outcome).toMatchObject({ kind: 'misconfigured', detail: expect.stringContaining('GATEWAYS=real') });
});

test('with plain http off, not even this machine is reached without https', async () => {
  const strict = createTransport({ simulated: false });
  let asked = false;
  const outcome = await strict.exchange({
    method: 'GET',
    url: 'http://127.0.0.1:9/',
    account: { id: 1, version: 1 },
    headers: {},
    timeoutMs: 1_000,
    permit: () => {
      asked = true;
      return Promise.resolve();
    },
    maySend: () => true,
  });
  expect(outcome).toEqual({ kind: 'misconfigured', detail: 'só https é permitido com GATEWAYS=real' });
  expect(asked).toBe(false);
  strict.close();
});
