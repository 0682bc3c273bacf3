import { setMaxListeners } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { answerAdmin } from './admin';
import type { Answer, BankRequest, BankSettings, CreateBank, Invented } from './bank';
import { createCallLog, type CallLog } from './calls';
import { createFaults, fraction, type Fault, type FaultRule, type Route } from './faults';
import { openLedger, type Ledger, type LedgerCounts } from './ledger';

const MAX_REQUEST_BYTES = 65_536;

/** Milliseconds until an answer, spread evenly; `tail` of the calls take `tailMs` instead. */
export interface Latency {
  minMs: number;
  maxMs: number;
  tail?: number;
  tailMs?: number;
}

export interface SimulatorSettings extends BankSettings {
  latency: Partial<Record<Route, Latency>>;
  /** Calls beyond this in a sliding window are answered with 429; none by default. */
  limits: Partial<Record<Route, { calls: number; windowMs: number }>>;
  /** The bank's clock is ahead of this machine's by so much: for what its calendar decides. */
  clockAheadMs: number;
}

export interface SimulatorOptions {
  /** 0 = a free one. */
  port?: number;
  /** Holds the ledger and what was set by the admin routes: both survive a kill. */
  stateFolder: string;
  settings?: Partial<SimulatorSettings>;
  /** PEM: speaks https under this certificate for `localhost`, and asks callers for one of those of `clients`. */
  tls?: { key: string; cert: string; clients: readonly string[] };
  /** Also write every call to calls.jsonl. */
  callsToFile?: boolean;
}

export interface SimulatorState {
  ledger: LedgerCounts;
  calls: Record<string, number>;
  /** Calls with a token that another bank gave. */
  strangeTokens: number;
  rules: readonly FaultRule[];
  settings: Omit<SimulatorSettings, 'accounts'>;
}

/** The same operations as the admin routes. */
export interface SimulatorAdmin {
  ledger: Ledger;
  calls: CallLog;
  faults(rules: FaultRule[], seed?: number): void;
  settings(changes: Partial<Omit<SimulatorSettings, 'facts'>> & { facts?: Partial<SimulatorSettings['facts']> }): void;
  expireTokens(): void;
  /** Refuses connections for so long, beginning after the answer to the admin call. */
  down(ms: number): void;
  /** Changes the bank's data of a boleto. @returns false when there is no such boleto. */
  amend(convenio: string, number: string, changes: Record<string, unknown>): boolean;
  /** Writes boletos into the ledger that nobody registered by a call. @returns how many */
  fill(what: Invented): number;
  /** Forgets registrations, calls, faults and everything set. */
  reset(): void;
  state(): SimulatorState;
}

export interface Simulator {
  url: string;
  port: number;
  admin: SimulatorAdmin;
  close(): Promise<void>;
}

/** A bank on 127.0.0.1. @throws the server's own error when the port is taken. */
export async function startBankSimulator(
  createBank: CreateBank,
  defaults: SimulatorSettings,
  options: SimulatorOptions,
): Promise<Simulator> {
  mkdirSync(options.stateFolder, { recursive: true });
  const settingsFile = join(options.stateFolder, 'settings.json');
  const initial: SimulatorSettings = { ...defaults, ...options.settings };
  let settings = existsSync(settingsFile)
    ? { ...initial, ...(JSON.parse(readFileSync(settingsFile, 'utf8')) as Partial<SimulatorSettings>) }
    : initial;

  const ledger = openLedger(options.stateFolder);
  const calls = createCallLog(options.stateFolder, options.callsToFile ?? false);
  const faults = createFaults();
  const bank = createBank(ledger, () => settings);
  const closing = new AbortController();
  // Every call that waits for its answer listens: no leak, however many there are.
  setMaxListeners(0, closing.signal);
  let number = 0;

  const admin: SimulatorAdmin = {
    ledger,
    calls,
    faults: (rules, seed) => faults.replace(rules, seed),
    settings(changes) {
      settings = { ...settings, ...changes, facts: { ...settings.facts, ...changes.facts } };
      writeFileSync(`${settingsFile}.new`, JSON.stringify(settings));
      renameSync(`${settingsFile}.new`, settingsFile);
    },
    expireTokens: () => bank.expireTokens(),
    down(ms) {
      server.close();
      server.closeIdleConnections();
      void (async () => {
        await sleep(20);
        server.closeAllConnections();
        await sleep(ms, undefined, { signal: closing.signal }).then(
          () => listen(server, port),
          () => undefined,
        );
      })();
    },
    amend(convenio, boletoNumber, changes) {
      const entry = ledger.find(convenio, boletoNumber);
      if (entry) ledger.amend(entry, changes);
      return entry !== undefined;
    },
    fill(what) {
      const entries = bank.invent(what, Date.now() + settings.clockAheadMs);
      ledger.appendAll(entries);
      return entries.length;
    },
    reset() {
      ledger.reset();
      calls.reset();
      faults.replace([]);
      bank.reset();
      settings = initial;
      rmSync(settingsFile, { force: true });
    },
    state() {
      const { accounts: _, ...shown } = settings;
      return {
        ...{ ledger: ledger.counts(), calls: calls.counts(), strangeTokens: bank.strangeTokens() },
        ...{ rules: faults.rules(), settings: shown },
      };
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const receivedAt = performance.timeOrigin + performance.now() + settings.clockAheadMs;
    const body = await readBody(request);
    if (body === null) return void response.writeHead(413, { connection: 'close' }).end();
    const target = request.url ?? '/';
    const { pathname, searchParams } = new URL(target, 'http://simulator');
    const { method = 'GET', headers } = request;
    const call: BankRequest = {
      method,
      path: pathname,
      query: searchParams,
      target,
      headers,
      body,
      certificate: certificateOf(request),
      receivedAt,
    };
    if (pathname.startsWith('/__admin/')) return send(response, answerAdmin(admin, call));

    const key = bank.identify(call);
    // The documented gateway answers an unknown address without a body.
    if (!key) return send(response, { status: 404, body: '' });
    const { route } = key;
    calls.record(route, receivedAt);
    const wait = latencyOf(settings.latency[route], `${route}/${++number}`);
    if (wait > 0) await pause(wait);
    const limit = settings.limits[allowanceOf(route)];
    if (limit && received(route, receivedAt - limit.windowMs) > limit.calls)
      return send(response, {
        ...bank.failure(429, route),
        headers: { 'retry-after': String(Math.ceil(limit.windowMs / 1_000)) },
      });
    const process = (): Answer => bank.answer(call, route);
    const fault = faults.pick(key);
    if (!fault) return send(response, process());
    await misbehave(fault, process, route, call, response);
  }

  /** Of all routes that share its allowance. */
  function received(route: Route, since: number): number {
    const routes = sharedAllowances.find((shared) => shared.includes(route)) ?? [route];
    return routes.reduce((sum, each) => sum + within(calls.instants(each), since), 0);
  }

  async function misbehave(
    fault: Fault,
    process: () => Answer,
    route: Route,
    call: BankRequest,
    response: ServerResponse,
  ): Promise<void> {
    // The answer when the bank did its work before the fault; else null, and it never does it.
    const done = 'when' in fault && fault.when === 'after' ? process() : null;
    switch (fault.kind) {
      case 'slow':
        await pause(fault.ms);
        return send(response, done ?? process());
      case 'silent':
        if (fault.lateMs !== undefined) await pause(fault.lateMs).then(process);
        return;
      case 'drop':
        return void response.socket?.destroy();
      case 'status': {
        const answer = bank.failure(fault.status, route);
        const retry: Record<string, string> = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
        return send(response, { ...answer, headers: { ...answer.headers, ...retry } });
      }
      case 'html':
        return send(response, {
          status: fault.status ?? 200,
          headers: { 'content-type': 'text/html' },
          body: '<html><body><h1>Portal em manutenção</h1></body></html>',
        });
      case 'empty':
        return send(response, { status: fault.status ?? 200, body: '' });
      case 'truncated':
        return sendHalf(response, process(), fault.cut ?? false);
      case 'dirty':
        return send(
          response,
          dirty(fault.content, (text) => bank.refusal(fault.status ?? 400, text)),
        );
      case 'redirect':
        return send(response, { status: 307, headers: { location: call.target }, body: '' });
      case 'echo':
        return send(response, bank.refusal(400, [JSON.stringify(call.headers), call.target, call.body].join(' ')));
      case 'invalidClient':
        return send(response, bank.failure(401, 'token'));
      case 'misprint':
        return send(response, bank.misprint(process(), fault.what));
      case 'mislist':
        return send(response, bank.mislist(process(), fault.what, call));
      case 'crosstalk':
        return send(response, bank.crosstalk(process()));
    }
  }

  const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal: closing.signal });

  const server = startServer(options.tls, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      // A client that went away, or a simulator that is closing, is no defect of the bank.
      if (request.destroyed || closing.signal.aborted) return void response.socket?.destroy();
      send(response, { status: 500, body: JSON.stringify({ error: String(error) }) });
    });
  });
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;

  return {
    url: options.tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    admin,
    async close() {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      calls.close();
      ledger.close();
    },
  };
}

/** A list is one more read; what has a Pix made is one more registration. The first names the limit. */
const sharedAllowances: readonly (readonly Route[])[] = [
  ['read', 'list', 'pix'],
  ['register', 'createPix'],
];

function allowanceOf(route: Route): Route {
  return sharedAllowances.find((shared) => shared.includes(route))?.[0] ?? route;
}

/** A caller without a certificate is let in: the bank says what it thinks of that. */
function startServer(tls: SimulatorOptions['tls'], onRequest: RequestListener): Server {
  const options = { keepAliveTimeout: 30_000 };
  if (!tls) return createServer(options, onRequest);
  const { key, cert, clients } = tls;
  const asks = { ca: [...clients], requestCert: true, rejectUnauthorized: false };
  return createTlsServer({ ...options, key, cert, ...asks }, onRequest);
}

function certificateOf({ socket }: IncomingMessage): string | null {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
  return socket.getPeerX509Certificate()?.fingerprint256 ?? null;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** @returns null when it is longer than any call of this contract. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_REQUEST_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  const type = body.length > 0 ? { 'content-type': 'application/json' } : {};
  response.writeHead(status, { ...type, 'content-length': Buffer.byteLength(body), ...headers }).end(body);
}

function sendHalf(response: ServerResponse, { status, body }: Answer, cut: boolean): void {
  const whole = Buffer.from(body);
  const half = whole.subarray(0, whole.length >> 1);
  const length = cut ? whole.length : half.length;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': length });
  if (!cut) return void response.end(half);
  response.write(half, () => response.socket?.end());
}

function dirty(content: 'nul' | 'loneSurrogate' | 'invalidUtf8' | 'huge', refusal: (text: string) => Answer): Answer {
  switch (content) {
    case 'nul':
      return refusal('Campo inválido\u0000 no registro');
    case 'loneSurrogate':
      return refusal('Campo inválido\ud83d no registro');
    case 'huge':
      return refusal('x'.repeat(10 * 1_048_576));
    case 'invalidUtf8': {
      const answer = refusal('Campo inv@lido no registro');
      const bytes = Buffer.from(answer.body);
      bytes[bytes.indexOf('@')] = 0xe1;
      return { ...answer, body: bytes };
    }
  }
}

function latencyOf(latency: Latency | undefined, key: string): number {
  if (!latency) return 0;
  if (latency.tail && fraction(`tail/${key}`) < latency.tail) return latency.tailMs ?? latency.maxMs;
  return latency.minMs + (latency.maxMs - latency.minMs) * fraction(key);
}

/** How many of the ordered instants are later than `since`. */
function within(instants: readonly number[], since: number): number {
  let count = 0;
  for (let at = instants.length - 1; at >= 0 && (instants[at] ?? 0) > since; at--) count += 1;
  return count;
}
