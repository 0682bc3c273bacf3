/** What the API refused (RFC 9457), or that it was not reached. Code, message and hint as those of BatchError. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** What to do, in Portuguese; empty when the API has no advice. */
  readonly hint: string;
  /** Wrong fields of the request, by their names in it. */
  readonly fields: readonly { field: string; message: string }[];
  readonly retryAfterMs: number | null;

  constructor(
    /** Of the answer; null when there was none. */
    readonly status: number | null,
    /** Stable, for programs: `comunicacao_desconhecida`; `api_inacessivel` when there was no answer. */
    readonly code: string,
    /** What happened, in Portuguese. */
    message: string,
    more: {
      hint?: string;
      fields?: readonly { field: string; message: string }[];
      retryAfterMs?: number | null;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
    this.hint = more.hint ?? '';
    this.fields = more.fields ?? [];
    this.retryAfterMs = more.retryAfterMs ?? null;
  }

  /** The same request may succeed later: nobody answered, or somebody asked to wait. */
  get passes(): boolean {
    return this.status === null || this.status === 429 || this.status >= 500;
  }
}

/** The error that a refused answer is. */
export async function errorOf(response: Response): Promise<ApiError> {
  const { status } = response;
  const retryAfter = Number(response.headers.get('retry-after') ?? NaN);
  const retryAfterMs = Number.isFinite(retryAfter) ? retryAfter * 1_000 : null;
  const problem = (await response.json().catch(() => null)) as {
    code?: unknown;
    title?: unknown;
    detail?: unknown;
    fields?: { field: string; message: string }[];
  } | null;
  if (typeof problem?.code !== 'string' || typeof problem.title !== 'string')
    return new ApiError(
      status,
      'resposta_ilegivel',
      `o endereço respondeu HTTP ${status}, que não é da API de boletos`,
      {
        ...{ hint: 'confira baseUrl, e o que há entre este programa e a API', retryAfterMs },
      },
    );
  return new ApiError(status, problem.code, problem.title, {
    retryAfterMs,
    ...(typeof problem.detail === 'string' ? { hint: problem.detail } : {}),
    ...(problem.fields ? { fields: problem.fields } : {}),
  });
}

export function unreachable(cause: unknown): ApiError {
  return new ApiError(null, 'api_inacessivel', 'a API de boletos não responde', {
    ...{
      hint: 'confira baseUrl e a rede; o que foi pedido pode ter sido feito, e repetir não o faz duas vezes',
      cause,
    },
  });
}
