import { setTimeout as sleep } from 'node:timers/promises';
import type { Answers, Bodies, Queries } from './answers';
import { ApiError, errorOf, unreachable } from './apiError';

export interface HttpOptions {
  /** Where the API is, without /api/v1: `https://boletos.exemplo.com.br`. */
  baseUrl: string;
  /** An API token; keep it on the server, never in a page. */
  token: string;
}

type Route = keyof Answers;
export interface Asked<Name extends Route> {
  /** The names in braces of the path, each with what stands there. */
  params?: Record<string, string | number>;
  query?: Queries[Name];
  /** Of bytes, it brings its own Content-Type. */
  body?: Bodies[Name] | Uint8Array;
  headers?: Record<string, string>;
}
/** One request of the API, and its JSON. @throws ApiError */
export type Ask = <Name extends Route>(route: Name, asked?: Asked<Name>) => Promise<Answers[Name]>;

/** An accepted action works on the record of a large batch for up to a minute. */
const ANSWER_WITHIN_MS = 75_000;
/** A line of 1 Mbit/s: what is longer under way than the API waits for (5 minutes) is cut there. */
const SLOWEST_BYTES_A_MS = 125;
const TRIES = 4;
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** How long a body may be under way beside that. */
function sendingMs(body: object | undefined): number {
  return body instanceof Uint8Array ? Math.ceil(body.length / SLOWEST_BYTES_A_MS) : 0;
}

export function pauseMs(failures: number, error?: ApiError): number {
  return Math.max(error?.retryAfterMs ?? 0, Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** failures));
}

/** @throws ApiError `entrada_invalida` for an address or a token that cannot be one. */
export function apiRequests({ baseUrl, token }: HttpOptions): {
  ask: Ask;
  open(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response>;
} {
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl))
    throw new ApiError(null, 'entrada_invalida', 'baseUrl não é um endereço como https://boletos.exemplo.com.br');
  if (!/^[A-Za-z0-9_-]{20,100}$/.test(token))
    throw new ApiError(null, 'entrada_invalida', 'o token não tem a forma de um token da API', {
      hint: 'peça um ao administrador',
    });
  const root = `${baseUrl.replace(/\/+$/, '')}/api/v1`;
  const authorization = { Authorization: `Bearer ${token}` };

  const once: Ask = async <Name extends Route>(route: Name, { params, query, body, headers }: Asked<Name> = {}) => {
    const [method = '', path = ''] = route.split(' ');
    const request: RequestInit = {
      method,
      // A redirect could carry the token elsewhere.
      redirect: 'error',
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...{ ...authorization, Accept: 'application/json', ...headers },
      },
      ...(body === undefined ? {} : { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS + sendingMs(body)),
    };
    let response: Response;
    try {
      response = await fetch(root + addressOf(path, params, query), request);
      if (response.ok) return (await response.json()) as Answers[Name];
    } catch (error) {
      throw unreachable(error);
    }
    throw await errorOf(response);
  };

  return {
    /** Everything that is asked for names itself (Idempotency-Key, actionId), so that asking again does nothing twice. */
    async ask(route, asked) {
      for (let tried = 1; ; tried += 1) {
        try {
          return await once(route, asked);
        } catch (error) {
          if (!(error instanceof ApiError) || !error.passes || tried === TRIES) throw error;
          const waitMs = pauseMs(tried, error);
          if (waitMs > LONGEST_PAUSE_MS) throw error;
          await sleep(waitMs);
        }
      }
    },
    async open(path, headers, signal) {
      const response = await fetch(root + path, {
        ...{ headers: { ...authorization, Accept: 'text/event-stream', ...headers }, redirect: 'error', signal },
      }).catch((error: unknown) => {
        throw unreachable(error);
      });
      if (!response.ok) throw await errorOf(response);
      return response;
    },
  };
}

function addressOf(path: string, params: Record<string, string | number> = {}, query: object = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    ),
  );
  return search.size === 0 ? filled : `${filled}?${search.toString()}`;
}
