import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import { isRefusal, type Refusal } from '../domain/batch/refusals';

/**
 * Runs the work of one activity and is the only place that speaks Temporal's language of failures: a refusal of ours
 * ends the activity for good with its code as type; anything else is tried again.
 */
export async function asActivity<T extends object | void>(work: () => Promise<T | Refusal>): Promise<T> {
  let result: T | Refusal;
  try {
    result = await work();
  } catch (error) {
    throw toFailure(error);
  }
  if (typeof result === 'object' && isRefusal(result))
    throw ApplicationFailure.nonRetryable(result.message, result.refused);
  return result;
}

/**
 * What Temporal may keep of an unexpected error: its class, its code and where it happened. Never its message, which
 * for a database error is the statement with its values, and for one of ours could quote them.
 */
export function toFailure(error: unknown): TemporalFailure {
  if (error instanceof TemporalFailure) return error;
  const code = codeOf(error);
  const failure =
    code === null
      ? ApplicationFailure.retryable(`Erro inesperado (${nameOf(error)}).`, 'erroInesperado')
      : ApplicationFailure.retryable(`O banco de dados não respondeu como esperado (${code}).`, 'bancoDeDados');
  const frames = error instanceof Error ? framesOf(error) : [];
  failure.stack = [`${failure.name}: ${failure.message}`, ...frames].join('\n');
  return failure;
}

/** SQLSTATE (23505), a code of Node's (ECONNREFUSED) or knex's own timeout. */
function codeOf(error: unknown): string | null {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code === 'string' && /^[A-Z0-9_]{5,40}$/.test(code)) return code;
  return nameOf(error) === 'KnexTimeoutError' ? 'KnexTimeoutError' : null;
}

function nameOf(error: unknown): string {
  const name = error instanceof Error ? error.constructor.name : typeof error;
  return name.slice(0, 40);
}

const FRAME = /^\s+at .+:\d+:\d+\)?$/;

function framesOf(error: Error): string[] {
  const afterMessage = (error.stack ?? '').replace(error.message, '');
  return afterMessage.split('\n').filter((line) => FRAME.test(line));
}
