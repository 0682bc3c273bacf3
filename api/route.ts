import { createRoute, OpenAPIHono, z, type RouteConfig } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { problemSchema } from '../contract/problem';
import type { Role } from '../domain/access';
import { mayAct, type Actor } from './access/actor';
import { requiresConfirmation, requiresConfirmationOfPeople } from './access/confirmation';
import type { ApiEnv } from './deps';
import { fieldProblems } from './inputWords';
import { Problem } from './problem';

/** `public` = without signing in. */
export type Access = Role | 'public';

const words: Record<number, string> = {
  400: 'Entrada inválida',
  401: 'Sem acesso: é preciso entrar',
  403: 'O papel não permite',
  404: 'Não existe, ou é de outra filial',
  409: 'O estado atual não permite',
  413: 'Entrada grande demais',
  415: 'O corpo não é JSON',
  421: 'Endereço (Host) que não é desta API',
  422: 'Recusado: os dados não servem',
  429: 'Chamadas demais',
  500: 'Erro do sistema',
  503: 'Um serviço não responde',
};
const retryAfter = { schema: { type: 'integer' }, description: 'Segundos até repetir' } as const;
const problems = Object.fromEntries(
  Object.entries(words).map(([status, description]) => [
    status,
    {
      description,
      content: { 'application/problem+json': { schema: problemSchema } },
      ...(/^(429|503)$/.test(status) && { headers: { 'Retry-After': retryAfter } }),
    },
  ]),
);

/**
 * A route with the role it takes; the document says it as `x-papel`, and the matrix of test/api is made from that.
 * @param confirmed it gives access to others, or to a bank: for people only, who show again who they are
 *   (`x-confirmacao`); `'people'`: also for tokens below administrador, with which it ends (`x-confirmacao-de-pessoas`)
 */
export function secured<const Config extends RouteConfig>(
  access: Access,
  config: Config,
  { confirmed = false }: { confirmed?: boolean | 'people' } = {},
) {
  const middleware: MiddlewareHandler<ApiEnv>[] = [
    ...(access === 'public' ? [] : [requires(access)]),
    ...(confirmed ? [confirmed === 'people' ? requiresConfirmationOfPeople : requiresConfirmation] : []),
    ...(config.request?.body?.required && 'application/json' in config.request.body.content ? [requiresJson] : []),
  ];
  return createRoute({
    ...config,
    // Whoever comes back from a provider brings along what that one adds.
    ...(access === 'public' ? {} : strictQuery(config.request)),
    'x-papel': access,
    ...(confirmed === true ? { 'x-confirmacao': true, security: [{ sessao: [] }] } : {}),
    ...(confirmed === 'people' ? { 'x-confirmacao-de-pessoas': true } : {}),
    middleware,
    ...(access === 'public' ? { security: [] } : {}),
    responses: { ...problems, ...config.responses },
  });
}

/** A parameter of the query that a route does not have is refused: misspelt, it would filter nothing and nobody saw it. */
function strictQuery(request: RouteConfig['request']): object {
  const query = request?.query;
  return query instanceof z.ZodObject ? { request: { ...request, query: query.strict() } } : {};
}

function requires(role: Role): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const actor = context.get('actor') as Actor | undefined;
    if (!actor)
      throw new Problem(401, 'sem_acesso', 'É preciso entrar.', { hint: 'Entre com login e senha, ou use um token.' });
    if (!mayAct(actor, role))
      throw new Problem(403, 'papel_insuficiente', `Isto é para o papel ${role}; o seu é ${actor.role}.`);
    await next();
  };
}

/** Without it a body that is missing, or of another type, would count as `{}`: an input where every field may be absent. */
const requiresJson: MiddlewareHandler<ApiEnv> = async ({ req }, next) => {
  const type = req.header('Content-Type') ?? '';
  if (type !== '' && !/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type))
    throw new Problem(415, 'tipo_nao_suportado', 'O corpo do pedido deve ser JSON.', {
      hint: 'Envie Content-Type: application/json.',
    });
  if (type === '')
    throw new Problem(400, 'entrada_invalida', 'Falta o corpo do pedido, em JSON.', {
      hint: 'Envie Content-Type: application/json.',
    });
  await next();
};

/** An answer of JSON, for `responses`. */
export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

/** A body of JSON, for `request`. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});

/** A part of the API: refused input becomes a Problem that names each field. */
export function router(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({
    defaultHook(result) {
      if (result.success) return;
      const fields = fieldProblems(result.error.issues);
      throw new Problem(400, 'entrada_invalida', 'A entrada não serve.', { fields });
    },
  });
}
