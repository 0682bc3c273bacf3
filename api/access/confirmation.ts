import type { Context, MiddlewareHandler } from 'hono';
import type { ApiEnv } from '../deps';
import { Problem } from '../problem';

/**
 * For what gives access to others or to a bank, and would outlive the theft of a token or of an open screen: a person,
 * who has shown again just now who it is.
 */
export const requiresConfirmation: MiddlewareHandler<ApiEnv> = async (context, next) => {
  sessionOf(context);
  if (!context.get('confirmedUntil'))
    throw new Problem(403, 'confirmacao_necessaria', 'Confirme antes que é você.', {
      hint: 'Confirme com a senha (POST /sessao/confirmacao) ou com a conta da empresa, e repita.',
    });
  await next();
};

/**
 * The same for people; a program of less than an administrator passes, where the route sees to it that what it makes
 * ends with its token.
 */
export const requiresConfirmationOfPeople: MiddlewareHandler<ApiEnv> = async (context, next) => {
  const { via, role } = context.get('actor');
  if (via === 'token' && role !== 'administrador') return next();
  return requiresConfirmation(context, next);
};

/** @throws Problem `sessao_exigida` for a program */
export function sessionOf(context: Context<ApiEnv>): Buffer {
  const hash = context.get('sessionHash');
  if (!hash)
    throw new Problem(403, 'sessao_exigida', 'Um token não faz isto: dá acesso que duraria mais do que ele.', {
      hint: 'Uma pessoa entra nas telas, confirma a senha e o faz.',
    });
  return hash;
}
