import { randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { except } from 'hono/combine';
import { routePath } from 'hono/route';
import { HTTPException } from 'hono/http-exception';
import { BatchError, type BatchErrorCode } from '../client/batchError';
import { accessLine } from './accessLine';
import { authenticate, sessionCookie } from './access/authenticate';
import { createCallLimit, limitCalls } from './access/limitCalls';
import { knownHost } from './access/knownHost';
import { sameOrigin } from './access/sameOrigin';
import { securityHeaders } from './access/securityHeaders';
import type { ApiDeps, ApiEnv } from './deps';
import { Problem, problemBody } from './problem';
import { routes } from './routes';
import { serveScreens } from './screens';

const MAX_BODY_BYTES = 1_048_576;

/** In the words of a screen, where those of the client are for whoever has the machine at hand. */
const hints: Partial<Record<BatchErrorCode, string>> = {
  sem_worker: 'Nada se perdeu: continua sozinho quando o sistema voltar. Se durar, avise quem cuida dele.',
  temporal_inacessivel: 'Nada se perdeu. Repita daqui a pouco; se durar, avise quem cuida do sistema.',
};

/** The HTTP API under /api/v1, described by /api/v1/openapi.json. */
export function createApi(deps: ApiDeps): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>();
  app.use(securityHeaders());
  app.use(async (context, next) => {
    context.set('requestId', randomUUID());
    await next();
  });
  app.use('/api/*', accessLine(deps));
  app.use(knownHost(deps.publicOrigin));
  const limitBody = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => {
      throw new Problem(413, 'entrada_grande', 'A entrada é grande demais.');
    },
  });
  // The rows of an import are bounded where they are read, piece by piece.
  app.use(
    '/api/*',
    except(({ req }) => isImport(req), limitBody),
  );
  // Answers are of one person: no browser and no proxy keeps them for another.
  app.use('/api/*', async (context, next) => {
    await next();
    context.res.headers.set('Cache-Control', 'no-store');
  });
  // A HEAD is answered as its GET is; what nobody reads would hold its place for long.
  app.use('/api/*', async (context, next) => {
    await next();
    if (context.req.method === 'HEAD') await context.res.body?.cancel();
  });
  const limit = createCallLimit(deps);
  app.use('/api/*', sameOrigin(deps.publicOrigin, limit));
  app.use('/api/*', authenticate(deps, limit));
  app.use('/api/*', limitCalls(limit));
  for (const part of routes(deps)) app.route('/api/v1', part);
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  app.openAPIRegistry.registerComponent('securitySchemes', 'sessao', {
    ...{ type: 'apiKey', in: 'cookie', name: sessionCookie(deps.secureCookies) },
  });
  app.doc31('/api/v1/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Boletos', version: '1', description: 'Registro de boletos em lote nos bancos.' },
    security: [{ token: [] }, { sessao: [] }],
  });
  if (deps.screens !== undefined) app.use(serveScreens(deps.screens));
  app.notFound((context) => {
    const methods = methodsOf(app, context.req.path);
    if (methods.length === 0)
      throw new Problem(404, 'rota_desconhecida', 'Este endereço não existe.', { hint: 'Veja /api/v1/openapi.json.' });
    context.header('Allow', methods.join(', '));
    throw new Problem(405, 'metodo_desconhecido', `Este endereço não aceita ${context.req.method}.`);
  });
  app.onError((error, context) => {
    const problem = toProblem(error);
    if (problem.status === 500)
      deps.log.error('pedido falhou', { requestId: context.get('requestId'), path: routePath(context), error });
    if (problem.more.retryAfterSeconds !== undefined)
      context.header('Retry-After', String(problem.more.retryAfterSeconds));
    return context.body(JSON.stringify(problemBody(problem)), problem.status, {
      'Content-Type': 'application/problem+json; charset=utf-8',
    });
  });
  return app;
}

function isImport({ method, path }: { method: string; path: string }): boolean {
  return method === 'POST' && path === '/api/v1/importacoes';
}

/** Those that the route at this address takes: of several that match, the one that says most of it literally. */
function methodsOf({ routes }: OpenAPIHono<ApiEnv>, path: string): string[] {
  const matches = (pattern: string) =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`).test(path);
  // What is for all methods is no route.
  const found = routes.filter(({ method, path: pattern }) => method !== 'ALL' && matches(pattern));
  const parts = (pattern: string) => pattern.split('/:').length;
  const [nearest] = found.map((route) => route.path).sort((one, other) => parts(one) - parts(other));
  const methods = found.filter((route) => route.path === nearest).map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].sort();
}

const batchErrorStatus: Record<BatchErrorCode, Problem['status']> = {
  comunicacao_ja_iniciada: 409,
  comunicacao_desconhecida: 404,
  comunicacao_encerrada: 409,
  acao_recusada: 409,
  em_andamento: 409,
  comunicacao_falhou: 409,
  entrada_invalida: 422,
  sem_worker: 503,
  sem_resposta: 503,
  worker_nao_continua: 503,
  temporal_inacessivel: 503,
  namespace_inexistente: 503,
};

/** Whatever was thrown, in words that may be shown: nothing of rows, statements or stacks. */
function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof BatchError)
    return away(batchErrorStatus[error.code], error.code, error.message, hints[error.code] ?? error.hint);
  if (error instanceof HTTPException && error.status < 500)
    return new Problem(400, 'entrada_invalida', 'A entrada não pôde ser lida.');
  if (isUnstorableText(error))
    return new Problem(400, 'entrada_invalida', 'Há um caractere que não pode ser guardado.', {
      hint: 'Tire os caracteres de controle da entrada.',
    });
  if (/^22/.test(String((error as { code?: unknown }).code)))
    return new Problem(400, 'entrada_invalida', 'Um valor está fora do que o registro pode guardar.', {
      hint: 'Confira datas, números e cursores da entrada.',
    });
  if ((error as { code?: unknown }).code === '57014')
    return away(
      ...([503, 'registro_lento', 'O registro (PostgreSQL) demorou demais para responder.'] as const),
      'Nada foi gravado. Repita daqui a pouco, com filtros que peguem menos de cada vez.',
    );
  if (isAwayDatabase(error))
    return away(
      ...([503, 'registro_inacessivel', 'O registro (PostgreSQL) não responde.'] as const),
      'O que já foi gravado não se perde; daqui a pouco, confira e repita.',
    );
  // Also of a change whose end nobody heard of: it may have been made.
  return new Problem(500, 'erro_do_sistema', 'Algo falhou no sistema; confira antes de repetir.', {
    hint: 'Se durar, veja o registro da API.',
  });
}

const RETRY_AFTER_SECONDS = 5;

function away(status: Problem['status'], code: string, title: string, hint: string): Problem {
  return new Problem(status, code, title, {
    hint,
    ...(status === 503 && { retryAfterSeconds: RETRY_AFTER_SECONDS }),
  });
}

/** NUL and halves of characters: JSON can write them, PostgreSQL cannot hold them. */
function isUnstorableText(error: unknown): boolean {
  return /^(22021|22P05)$/.test(String((error as { code?: unknown }).code));
}

/**
 * Node's codes of a connection, SQLSTATE class 08 and 57P (shutdown), a pool that gave none in time, and what the driver
 * only has words for, behind knex's statement.
 */
function isAwayDatabase(error: unknown): boolean {
  const { code, name, message } = error as { code?: unknown; name?: unknown; message?: unknown };
  if (typeof code === 'string') return /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|08|57P)/.test(code);
  if (name === 'KnexTimeoutError') return true;
  return /(^| - )(Connection terminated.*|timeout e.*when trying to connect|Client has encountered a connection error.*)$/s.test(
    String(message),
  );
}
