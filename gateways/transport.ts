import axios, { type AxiosResponse } from 'axios';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { createKeepAliveAgents, type ConnectionOptions } from './keepAliveAgent';

const MAX_RESPONSE_BYTES = 1_048_576;

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** Over everything: name resolution, TCP, TLS, request, headers and body of the answer. */
  timeoutMs: number;
  /** Asked when the connection is ready and nothing was written yet; false = nothing will be. */
  maySend(): boolean;
  signal?: AbortSignal;
}

export type NotSentReason = 'refused' | 'unreachable' | 'dns' | 'tls' | 'certificate' | 'connectTimeout' | 'aborted';
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

/** What is known about an exchange while it runs. */
interface Progress {
  sentAt: Date | null;
  status: number | null;
  stopped: 'forfeited' | 'deadline' | 'aborted' | null;
}

export function createTransport(): Transport {
  const agents = createKeepAliveAgents();

  async function exchange(request: HttpRequest): Promise<HttpOutcome> {
    const problem = urlProblem(request.url);
    if (problem) return { kind: 'misconfigured', detail: problem };

    const deadline = performance.now() + request.timeoutMs;
    const progress: Progress = { sentAt: null, status: null, stopped: null };
    const controller = new AbortController();
    const stop = (why: NonNullable<Progress['stopped']>): void => {
      progress.stopped ??= why;
      controller.abort();
    };
    const onAbort = (): void => stop('aborted');
    const timer = setTimeout(stop, request.timeoutMs, 'deadline');
    request.signal?.addEventListener('abort', onAbort, { once: true });
    if (request.signal?.aborted) onAbort();

    /** axios' own extension point: the one place between the established connection and the first byte. */
    const checkedTransport = {
      request(options: ConnectionOptions, onResponse: (response: IncomingMessage) => void): ClientRequest {
        agents.dropStale();
        const send = options.protocol === 'https:' ? https.request : http.request;
        const outgoing = send({ ...options, abandoned: controller.signal } as http.RequestOptions, (response) => {
          progress.status = response.statusCode ?? null;
          onResponse(response);
        });
        // Node writes headers and body in the same turn, right after this event: no await can come between.
        outgoing.once('socket', () => {
          if (progress.stopped === null && performance.now() >= deadline) progress.stopped = 'deadline';
          if (progress.stopped === null && !request.maySend()) progress.stopped = 'forfeited';
          if (progress.stopped === null) {
            progress.sentAt = new Date();
            return;
          }
          outgoing.destroy();
          controller.abort();
        });
        return outgoing;
      },
    };

    try {
      const response: AxiosResponse<Buffer> = await axios.request({
        method: request.method,
        url: request.url,
        headers: { 'Accept-Encoding': 'identity', 'User-Agent': 'boletos', ...request.headers },
        ...(request.body === undefined ? {} : { data: request.body }),
        transport: checkedTransport,
        httpAgent: agents.http,
        httpsAgent: agents.https,
        signal: controller.signal,
        maxRedirects: 0,
        proxy: false,
        responseType: 'arraybuffer',
        maxContentLength: MAX_RESPONSE_BYTES,
        transformRequest: [(data) => data],
        transformResponse: [(data) => data],
        validateStatus: () => true,
      });
      const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
      return {
        kind: 'answered',
        status: response.status,
        headers,
        body: decode(response.data, headers['content-type'] ?? ''),
        sentAt: progress.sentAt ?? new Date(),
      };
    } catch (error) {
      return failure(error, progress);
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
    }
  }

  return { exchange, close: () => agents.destroy() };
}

/** Plain http would show credentials to the network: only this machine may be reached by it. */
function urlProblem(text: string): string | null {
  if (!URL.canParse(text)) return 'endereço inválido';
  const url = new URL(text);
  if (url.username || url.password) return 'endereço com credenciais';
  if (url.protocol === 'https:') return null;
  const loopback = url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d+){3}$/.test(url.hostname);
  return url.protocol === 'http:' && loopback ? null : 'só https é permitido fora desta máquina';
}

/** Never throws: bytes that are no UTF-8 become U+FFFD. */
function decode(bytes: Buffer, contentType: string): string {
  return /charset="?(iso-8859-1|windows-1252)/i.test(contentType) ? bytes.toString('latin1') : bytes.toString('utf8');
}

function failure(error: unknown, progress: Progress): HttpOutcome {
  const { code, message } = describe(error);
  const detail = code || message;
  if (progress.stopped === 'forfeited') return { kind: 'forfeited' };
  const { sentAt, status } = progress;
  if (sentAt) {
    const reason = noAnswerReason(message, progress);
    return { kind: 'noAnswer', reason, detail, status, sentAt };
  }
  if (progress.stopped === 'deadline') return { kind: 'notSent', reason: 'connectTimeout', detail };
  if (progress.stopped === 'aborted') return { kind: 'notSent', reason: 'aborted', detail };
  const reason = notSentReason(code);
  return reason ? { kind: 'notSent', reason, detail } : { kind: 'misconfigured', detail };
}

function noAnswerReason(message: string, progress: Progress): NoAnswerReason {
  if (progress.stopped === 'deadline') return 'timeout';
  if (progress.stopped === 'aborted') return 'aborted';
  if (message.startsWith('maxContentLength')) return 'tooLarge';
  return progress.status === null ? 'reset' : 'truncated';
}

const NETWORK_CODES = /^(ECONNRESET|ECONNABORTED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|ETIMEDOUT|EPIPE|EADDRNOTAVAIL|EMFILE|ENOBUFS)$/;
const CERTIFICATE_CODES = /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH/;

/** @returns null for an error that no repetition cures. */
function notSentReason(code: string): NotSentReason | null {
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'dns';
  if (NETWORK_CODES.test(code)) return 'unreachable';
  if (CERTIFICATE_CODES.test(code)) return 'certificate';
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO') return 'tls';
  return null;
}

function describe(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  // axios wraps: the cause has Node's own code.
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return { code, message: error.message };
}
