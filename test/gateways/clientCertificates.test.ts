import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ClientCertificate } from '../../gateways/core/clientCertificate';
import { createTransport, type HttpOutcome, type HttpRequest, type Transport } from '../../gateways/core/transport';
import { toPfx, selfSignedCertificate, type SelfSigned } from './selfSigned';

const bank = selfSignedCertificate();
const [one, other] = [selfSignedCertificate('conta-a'), selfSignedCertificate('conta-b')];

/** What the bank saw of one request. */
interface Seen {
  method: string;
  /** Whose certificate the connection has; empty = none. */
  by: string;
  port: number;
}

let seen: Seen[];
let refused: number;
let transport: Transport;
const closes: (() => void)[] = [];

beforeEach(() => {
  seen = [];
  refused = 0;
  transport = createTransport({ simulated: true });
});
afterEach(() => {
  transport.close();
  for (const close of closes.splice(0)) close();
});

/** @param strict ends the handshake of who shows no certificate that it knows */
async function startBank({ strict = false, knows = [one, other] }: { strict?: boolean; knows?: SelfSigned[] } = {}) {
  const options = { ...bank, ca: knows.map(({ cert }) => cert), requestCert: true, rejectUnauthorized: strict };
  const server = createServer(options, (request, response) => {
    const { socket } = request;
    const raw = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.raw : undefined;
    const by = raw === undefined ? '' : new X509Certificate(raw).subject.replace('CN=', '');
    seen.push({ method: request.method ?? '', by, port: socket.remotePort ?? 0 });
    response.end('{}');
  });
  server.on('tlsClientError', () => (refused += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closes.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `https://localhost:${(server.address() as AddressInfo).port}/`;
}

async function call(url: string, changes: Partial<HttpRequest> = {}): Promise<HttpOutcome> {
  return transport.exchange({
    ...{ method: 'POST', url, account: { id: 1, version: 1 }, ca: bank.cert, headers: {}, timeoutMs: 5_000 },
    permit: () => Promise.resolve(),
    maySend: () => true,
    ...changes,
  });
}

test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const)('%s leaves as it is', async (method) => {
  expect(await call(await startBank(), { method })).toMatchObject({ kind: 'answered', status: 200 });
  expect(seen).toMatchObject([{ method }]);
});

const forms: [string, ClientCertificate][] = [
  ['PEM', one],
  ['one PEM text for both', { cert: one.cert + one.key, key: one.cert + one.key }],
  ['PKCS #12', { pfx: toPfx(one) }],
];
test.each(forms)(
  'an account shows its certificate, as %s, and the connection is used again',
  async (_form, certificate) => {
    const url = await startBank({ strict: true });
    for (let nth = 0; nth < 2; nth += 1)
      expect(await call(url, { certificate })).toMatchObject({ kind: 'answered', status: 200 });
    expect(seen.map(({ by }) => by)).toEqual(['conta-a', 'conta-a']);
    expect(new Set(seen.map(({ port }) => port)).size).toBe(1);
  },
);

test('the call of one account never leaves over the connection of another', async () => {
  const url = await startBank();
  const accounts = [
    { account: { id: 1, version: 1 }, certificate: one },
    { account: { id: 2, version: 1 }, certificate: other },
    { account: { id: 3, version: 1 } },
  ];
  for (const account of [...accounts, ...accounts]) await call(url, account);
  expect(seen.map(({ by }) => by)).toEqual(['conta-a', 'conta-b', '', 'conta-a', 'conta-b', '']);
  expect(new Set(seen.map(({ port }) => port)).size).toBe(3);
});

test('another version of an account has connections of its own, also while a late call of the earlier one is made', async () => {
  const url = await startBank();
  await call(url, { certificate: one });
  await call(url, { certificate: other, account: { id: 1, version: 2 } });
  await call(url, { certificate: one });
  await call(url, { certificate: other, account: { id: 1, version: 2 } });
  expect(seen.map(({ by }) => by)).toEqual(['conta-a', 'conta-b', 'conta-a', 'conta-b']);
  expect(seen[3]?.port).toBe(seen[1]?.port);
  expect(new Set(seen.map(({ port }) => port)).size).toBe(3);
});

test('what is under way when its account changes ends with its answer', async () => {
  const url = await startBank();
  let changed: HttpOutcome | undefined;
  const first = await call(url, {
    certificate: one,
    permit: async () => {
      changed = await call(url, { certificate: other, account: { id: 1, version: 2 } });
    },
  });
  expect([first.kind, changed?.kind]).toEqual(['answered', 'answered']);
});

test('a bank that wants a certificate and is shown none got nothing, also where the request was written meanwhile', async () => {
  expect(await call(await startBank({ strict: true }))).toMatchObject({ kind: 'notSent', reason: 'clientCertificate' });
  expect(seen).toEqual([]);
});

test('a bank that ends each connection of a certificate before its turn is given up, and got nothing', async () => {
  const url = await startBank({ strict: true, knows: [other] });
  let turns = 0;
  const outcome = await call(url, {
    certificate: one,
    permit: async () => {
      turns += 1;
      while (refused < turns) await new Promise(setImmediate);
      // The end of the connection is still on its way to us.
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
  });
  expect(outcome).toMatchObject({ kind: 'notSent', reason: 'unreachable' });
  expect([turns, seen]).toEqual([4, []]);
});

test('a bank whose certificate nobody vouches for gets nothing, whatever certificate we have', async () => {
  const strict = createTransport({ simulated: true });
  const url = await startBank();
  const outcome = await strict.exchange({
    ...{ method: 'POST', url, account: { id: 1, version: 1 }, certificate: one, headers: {}, timeoutMs: 5_000 },
    permit: () => Promise.reject(new Error('no turn is asked for')),
    maySend: () => true,
  });
  expect(outcome).toMatchObject({ kind: 'notSent', reason: 'certificate' });
  expect(seen).toEqual([]);
  strict.close();
});

test.each<[string, ClientCertificate]>([
  ['is no certificate', { cert: 'x', key: 'y' }],
  ['has the key of another', { cert: one.cert, key: other.key }],
  ['is no PKCS #12 file', { pfx: Buffer.from('x') }],
])('an account whose certificate %s is a matter of configuration', async (_name, certificate) => {
  expect(await call(await startBank(), { certificate })).toEqual({
    kind: 'misconfigured',
    detail: 'o certificado da conta não pode ser lido',
  });
  expect(seen).toEqual([]);
});
