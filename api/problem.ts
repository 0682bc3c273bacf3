import type { z } from '@hono/zod-openapi';
import type { problemSchema } from '../contract/problem';

/** One wrong field of a request, by its name in the request. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** An answer that is a refusal: RFC 9457, in Portuguese, with a stable `code`. Thrown by routes, written by app.ts. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 421 | 422 | 429 | 500 | 503,
    readonly code: string,
    /** What happened, as a sentence. */
    readonly title: string,
    readonly more: { hint?: string; fields?: FieldProblem[]; retryAfterSeconds?: number } = {},
  ) {
    super(title);
  }
}

export function problemBody({ status, code, title, more }: Problem): z.infer<typeof problemSchema> {
  return {
    ...{ type: 'about:blank', status, code, title },
    ...(more.hint === undefined ? {} : { detail: more.hint }),
    ...(more.fields === undefined ? {} : { fields: more.fields }),
  };
}

/** The same for what does not exist and for what belongs to another filial: neither is told apart. */
export function notFound(what: string, hint?: string): Problem {
  return new Problem(404, 'nao_encontrado', `${what} não existe, ou não é da sua filial.`, hint ? { hint } : {});
}
