import { Axios, type AxiosResponse } from 'axios';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { AnswerTooLarge, overConnection } from './axiosAdapter';
import { secureContext, UnusableCertificate, type ClientCertificate } from './clientCertificate';
import { ConnectionPool, isOpen, type Connection } from './connectionPool';

const MAX_RESPONSE_BYTES = 1_048_576;

/** axios without its defaults, which cost as much again as the rest of it: nothing here uses them. */
const client = new Axios({
  headers: { 'Accept-Encoding': 'identity', 'User-Agent': 'boletos' },
  transformRequest: [(data: unknown) => data],
  transformResponse: [(data: unknown) => data],
  validateStatus: () => true,
});

/** Whose call it is: accounts never share a connection, nor do two versions of one. */
export interface Caller {
  id: number;
  version: number;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  account: Caller;
  /** Of this version of the account, as is `ca`: who vouches for the bank (PEM), where it is nobody that Node knows. */
  certificate?: ClientCertificate;
  ca?: string;
  /** As a function, asked after the permit: while a call waits, a token can be renewed. */
  headers: Record<string, string> | (() => Record<string, string>);
  body?: string;
  /** For the connection (name, TCP, TLS), and again from the first byte of the request to the last of the answer. */
  timeoutMs: number;
  /** Awaited with the connection at hand; not part of `timeoutMs`. What it rejects with is thrown. */
  permit(): Promise<void>;
  /** Asked after `permit`, before the first byte is written; false = nothing will be. */
  maySend(): boolean;
  signal?: AbortSignal;
}

export type NotSentReason =
  | 'refused'
  | 'unreachable'
  | 'dns'
  | 'tls'
  /** Theirs is not valid. */
  | 'certificate'
  /** They do not take ours. */
  | 'clientCertificate'
  | 'connectTimeout'
  | 'aborted';
export type NoAnswerReason = 'timeout' | 'reset' | 'tooLarge' | 'truncated' | 'aborted';

/** How one exchange ended. It says for certain whether a byte of the request may have left. */
export type HttpOutcome =
  | { kind: 'answered'; status: number; headers: Record<string, string>; body: string; sentAt: Date }
  | { kind: 'notSent'; reason: NotSentReason; detail: string }
  | { kind: 'forfeited' }
  /** At least one byte may have left, and no complete answer came. */
  | { kind: 'noAnswer'; reason: NoAnswerReason; detail: string; status: number | null; sentAt: Date }
  /** The request cannot be made as configured: an invalid URL, or plain http to another machine. Nothing left. */
  | { kind: 'misconfigured'; detail: string };

/** One HTTP exchange at a time and place: never repeated, never redirected, no proxy, bounded in size and time. */
export interface Transport {
  exchange(request: HttpRequest): Promise<HttpOutcome>;
  close(): void;
}

type Stop = 'forfeited' | 'connectTimeout' | 'timeout' | 'aborted' | 'lost';

/** What is known about an exchange while it runs. */
interface Progress {
  sentAt: Date | null;
  status: number | null;
  stopped: Stop | null;
}

/** @param simulated true: only this machine is reached, also by plain http; false: only https. */
export function createTransport({ simulated }: { simulated: boolean }): Transport {
  const pools = new Map<number, { version: number; pool: ConnectionPool }>();

  /** Of an account's version: what was connected with an earlier one, or its certificate, carries nothing of a later. */
  function poolOf({ account: { id, version }, certificate, ca }: HttpRequest): ConnectionPool {
    const known = pools.get(id);
    if (known?.version === version) return known.pool;
    const pool = new ConnectionPool(secureContext(certificate, ca));
    // A late call of an earlier version has connections of its own, and nobody after it.
    if (known && known.version > version) return pool.retire();
    known?.pool.retire();
    pools.set(id, { version, pool });
    return pool;
  }

  return {
    async exchange(request) {
      const problem = urlProblem(request.url, simulated);
      if (problem) return { kind: 'misconfigured', detail: problem };
      try {
        return await exchange(poolOf(request), request);
      } catch (error) {
        if (error instanceof UnusableCertificate) return { kind: 'misconfigured', detail: error.message };
        throw error;
      }
    },
    close() {
      for (const { pool } of pools.values()) pool.destroy();
      pools.clear();
    },
  };
}

/** So often a server may end a connection before its call has left: it does not want it. */
const LOST_BEFORE_SENDING = 3;

async function exchange(pool: ConnectionPool, request: HttpRequest): Promise<HttpOutcome> {
  const progress: Progress = { sentAt: null, status: null, stopped: null };
  const controller = new AbortController();
  const stop = (why: Stop): void => {
    progress.stopped ??= why;
    controller.abort();
  };
  const onAbort = (): void => stop('aborted');
  request.signal?.addEventListener('abort', onAbort, { once: true });
  if (request.signal?.aborted) onAbort();
  try {
    for (let lost = 0; ; lost += 1) {
      const connection = await connected(pool, request, stop, controller.signal);
      if (progress.stopped) {
        pool.giveBack(connection);
        return failure(null, progress);
      }
      try {
        await request.permit();
      } catch (error) {
        pool.giveBack(connection);
        throw new PermitError(error);
      }
      // The server may end a connection that waited long for its turn: the turn is lost with it.
      if (isOpen(connection)) return await send(pool, connection, request, progress, controller.signal, stop);
      if (lost >= LOST_BEFORE_SENDING) {
        stop('lost');
        return failure(connection.error, progress);
      }
    }
  } catch (error) {
    if (error instanceof PermitError) throw error.cause;
    return failure(error, progress);
  } finally {
    request.signal?.removeEventListener('abort', onAbort);
  }
}

/** Carries an error of the caller's own past the ones that are outcomes. */
class PermitError extends Error {
  constructor(cause: unknown) {
    super('permit', { cause });
  }
}

async function connected(
  pool: ConnectionPool,
  request: HttpRequest,
  stop: (why: Stop) => void,
  signal: AbortSignal,
): Promise<Connection> {
  const deadline = performance.now() + request.timeoutMs;
  const timer = setTimeout(stop, request.timeoutMs, 'connectTimeout');
  try {
    const connection = await pool.acquire(new URL(request.url), signal);
    // After a frozen moment the connection can be there before its timer had a chance.
    if (performance.now() > deadline) stop('connectTimeout');
    return connection;
  } finally {
    clearTimeout(timer);
  }
}

async function send(
  pool: ConnectionPool,
  connection: Connection,
  request: HttpRequest,
  progress: Progress,
  signal: AbortSignal,
  stop: (why: Stop) => void,
): Promise<HttpOutcome> {
  let timer: NodeJS.Timeout | undefined;

  const onSocket = (outgoing: ClientRequest, socket: Socket): void => {
    if (progress.stopped === null && (socket !== connection.socket || !isOpen(connection))) progress.stopped = 'lost';
    if (progress.stopped === null && !request.maySend()) progress.stopped = 'forfeited';
    if (progress.stopped === null) {
      progress.sentAt = new Date();
      timer = setTimeout(stop, request.timeoutMs, 'timeout');
      return;
    }
    outgoing.destroy();
    stop(progress.stopped);
  };
  const onHead = (status: number | null): void => void (progress.status = status);

  try {
    const response: AxiosResponse<Buffer> = await client.request({
      method: request.method,
      url: request.url,
      headers: typeof request.headers === 'function' ? request.headers() : request.headers,
      ...(request.body === undefined ? {} : { data: request.body }),
      adapter: overConnection(pool, connection, MAX_RESPONSE_BYTES, { onSocket, onHead }),
      signal,
    });
    const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
    return {
      kind: 'answered',
      status: response.status,
      headers,
      body: decode(response.data, headers['content-type'] ?? ''),
      sentAt: progress.sentAt ?? new Date(),
    };
  } finally {
    clearTimeout(timer);
  }
}

/** Plain http would show credentials to the network; and who means a simulator must not reach a bank by mistake. */
function urlProblem(text: string, simulated: boolean): string | null {
  if (!URL.canParse(text)) return 'endereço inválido';
  const url = new URL(text);
  if (url.username || url.password) return 'endereço com credenciais';
  if (!simulated) return url.protocol === 'https:' ? null : 'só https é permitido com GATEWAYS=real';
  const loopback = url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d+){3}$/.test(url.hostname);
  if (!loopback) return 'GATEWAYS=simulated só alcança simuladores nesta máquina; para o banco, GATEWAYS=real';
  return /^https?:$/.test(url.protocol) ? null : 'endereço inválido';
}

/** Never throws: bytes that are no UTF-8 become U+FFFD. */
function decode(bytes: Buffer, contentType: string): string {
  return /charset="?(iso-8859-1|windows-1252)/i.test(contentType) ? bytes.toString('latin1') : bytes.toString('utf8');
}

function failure(error: unknown, { sentAt, status, stopped }: Progress): HttpOutcome {
  const { code, message } = describe(error);
  const detail = code || message;
  if (status === null && CLIENT_CERTIFICATE_ALERTS.test(code))
    return { kind: 'notSent', reason: 'clientCertificate', detail };
  if (sentAt) return { kind: 'noAnswer', reason: noAnswerReason(stopped, error, status), detail, status, sentAt };
  if (stopped === 'forfeited') return { kind: 'forfeited' };
  if (stopped === 'connectTimeout' || stopped === 'aborted') return { kind: 'notSent', reason: stopped, detail };
  const reason = stopped === 'lost' ? 'unreachable' : notSentReason(code);
  return reason ? { kind: 'notSent', reason, detail } : { kind: 'misconfigured', detail };
}

function noAnswerReason(stopped: Stop | null, error: unknown, status: number | null): NoAnswerReason {
  if (stopped === 'timeout' || stopped === 'aborted') return stopped;
  if (error instanceof AnswerTooLarge) return 'tooLarge';
  return status === null ? 'reset' : 'truncated';
}

/**
 * The server ended the TLS handshake because of our certificate. A request that was written meanwhile was read by
 * nobody: before the handshake has ended there is no reader.
 */
const CLIENT_CERTIFICATE_ALERTS =
  /^ERR_SSL_\w*ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA)$/;

const CERTIFICATE_CODES = /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH/;

/** @returns null for an error that no repetition cures: what Node or axios would not even try. */
function notSentReason(code: string): NotSentReason | null {
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'dns';
  if (CERTIFICATE_CODES.test(code)) return 'certificate';
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO') return 'tls';
  return code.startsWith('ERR_') ? null : 'unreachable';
}

function describe(error: unknown): { code: string; message: string } {
  const { code, message, cause } = (error ?? {}) as { code?: unknown; message?: unknown; cause?: { code?: unknown } };
  // axios wraps: the cause has Node's own code.
  const first = [cause?.code, code].find((candidate) => typeof candidate === 'string');
  return { code: typeof first === 'string' ? first : '', message: typeof message === 'string' ? message : '' };
}
