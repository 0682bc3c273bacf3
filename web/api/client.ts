/** One wrong field of a request, by its name in the request. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** A refusal of the API (RFC 9457), in words that may be shown. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    /** 0: the API was not reached. */
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string | undefined,
    readonly fields: FieldProblem[],
    /** When to ask again, where the API says so. */
    readonly retryAfterSeconds: number = 0,
  ) {
    super(title);
  }
}

let csrfToken: string | null = null;
let onSignedOut: () => void = () => undefined;
let askWhoItIs: () => Promise<boolean> = () => Promise.resolve(false);

/** How far the server's clock is ahead of this machine's, as its last answer said it. */
let aheadMs = 0;

/** Milliseconds, by the clock that instants of the API are of. */
export const serverNow = () => Date.now() + aheadMs;

/** Said with every change from now on; null after signing out. */
export function rememberCsrfToken(token: string | null): void {
  csrfToken = token;
}

/** Called when the API no longer knows the session. */
export function whenSignedOut(tell: () => void): void {
  onSignedOut = tell;
}

/** Asked when the API wants to know again who it is. @param ask whether the person has shown it */
export function whenConfirmationNeeded(ask: () => Promise<boolean>): void {
  askWhoItIs = ask;
}

export interface CallOptions {
  body?: unknown;
  query?: Query;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}
export type Query = Record<string, string | number | boolean | readonly (string | number)[] | null | undefined>;

function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const text = Array.isArray(value) ? value.join(',') : value;
    if (text !== undefined && text !== null && text !== '') search.set(name, String(text));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The address of something that the browser fetches by itself: a download, a stream of events. */
export function address(path: string, query: Query = {}): string {
  return withQuery(`/api/v1${path}`, query);
}

/**
 * Shows again who it is, and waits for a place, where the API asks for that; then the same goes out once more.
 * @throws ApiProblem for every refusal, also when the API is not reached; AbortError when `signal` ends it.
 */
export async function call<Answer>(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  for (let tries = 1; ; tries += 1)
    try {
      return await callOnce<Answer>(method, path, options);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.code === 'confirmacao_necessaria' && (await askWhoItIs())) continue;
      const { code, retryAfterSeconds: seconds } = error;
      if (!PLACES.test(code) || seconds === 0 || seconds > LONGEST_REST_SECONDS || tries === MOST_TRIES) throw error;
      await rest(seconds, options.signal);
    }
}

async function callOnce<Answer>(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { body, query, headers, signal } = options;
  let response: Response;
  try {
    response = await fetch(address(path, query), {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(method === 'GET' || method === 'HEAD' || csrfToken === null ? {} : { 'X-CSRF-Token': csrfToken }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
      // What is ended, as a session, ends also when the page is left at once.
      keepalive: method === 'DELETE',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiProblem(
      0,
      'sem_rede',
      'O servidor não responde.',
      'Confira a rede; o que já foi feito não se perde.',
      [],
    );
  }
  const said = Date.parse(response.headers.get('Date') ?? '');
  if (Number.isFinite(said)) aheadMs = said - Date.now();
  if (response.ok) return (response.status === 204 || method === 'HEAD' ? undefined : await response.json()) as Answer;
  const problem = await readProblem(response);
  if (problem.status === 401 && path !== '/sessao') onSignedOut();
  throw problem;
}

/** Refused before anything was done, for want of a place; longer than this nobody waits without being told. */
const PLACES = /^(simulacoes|documentos|exportacoes)_demais$/;
const LONGEST_REST_SECONDS = 10;
const MOST_TRIES = 5;

/** @throws AbortError */
function rest(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1_000);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('left', 'AbortError'));
    });
  });
}

async function readProblem(response: Response): Promise<ApiProblem> {
  const retryAfter = Number(response.headers.get('Retry-After') ?? 0);
  try {
    const told = (await response.json()) as Partial<ApiProblem>;
    const title = told.title ?? 'O pedido falhou.';
    return new ApiProblem(
      ...([response.status, told.code ?? 'desconhecido', title, told.detail, told.fields ?? [], retryAfter] as const),
    );
  } catch {
    const title = `O servidor respondeu ${response.status}.`;
    return new ApiProblem(response.status, 'desconhecido', title, undefined, [], retryAfter);
  }
}
