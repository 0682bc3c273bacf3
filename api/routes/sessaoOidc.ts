import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Actor } from '../access/actor';
import type { Oidc } from '../access/oidc';
import { personOf } from '../access/personOf';
import { auditRefusedSignIn } from '../access/refusedSignIn';
import { startSession } from '../access/startSession';
import type { ApiDeps, ApiEnv } from '../deps';
import { Problem } from '../problem';
import { json, router, secured } from '../route';
import { signInPlace } from '../../domain/sealedPlaces';

const FLOW_COOKIE = 'boletos_entrada';
const FLOW_SECONDS = 600;
const PATH = '/api/v1/sessao/oidc';
const RETURN_PATH = `${PATH}/retorno`;

const flowSchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), until: z.number() });
/** What a provider may add: characters of an address, all of them within what Node reads of one. The library checks it. */
const returned = (max: number) =>
  z
    .string()
    .regex(/^[\x20-\x7e]*$/)
    .max(max)
    .optional();

export function sessaoOidcRoutes(deps: ApiDeps) {
  const { knex, secretBox, secureCookies, publicOrigin } = deps;
  const redirectUri = (context: Context) => `${publicOrigin ?? new URL(context.req.url).origin}${RETURN_PATH}`;

  return router()
    .openapi(
      secured('public', {
        method: 'get',
        path: '/sessao/entrada',
        tags: ['Acesso'],
        summary: 'Como se entra aqui',
        responses: {
          200: json(
            z.object({
              password: z.boolean(),
              oidc: z.boolean().openapi({ description: 'GET /sessao/oidc' }),
              signedIn: z.boolean().openapi({ description: 'Se este pedido já traz uma sessão que vale' }),
            }),
            'Os modos de entrar',
          ),
        },
      }),
      (context) => {
        const signedIn = (context.get('actor') as Actor | undefined) !== undefined;
        return context.json({ password: true, oidc: deps.oidc !== undefined, signedIn }, 200);
      },
    )
    .openapi(
      secured('public', {
        method: 'get',
        path: '/sessao/oidc',
        tags: ['Acesso'],
        summary: 'Leva o navegador ao provedor de acesso da empresa',
        responses: { 302: { description: 'Ao provedor' } },
      }),
      async (context) => {
        const { url, flow } = await configured(deps.oidc).begin(redirectUri(context));
        const sealed = secretBox.seal(
          JSON.stringify({ ...flow, until: Date.now() + FLOW_SECONDS * 1_000 }),
          signInPlace,
        );
        setCookie(context, FLOW_COOKIE, sealed.toString('base64url'), {
          // Lax: the provider's page sends the browser back here.
          ...{ path: PATH, httpOnly: true, sameSite: 'Lax', secure: secureCookies, maxAge: FLOW_SECONDS },
        });
        return context.redirect(url, 302);
      },
    )
    .openapi(
      secured('public', {
        method: 'get',
        path: '/sessao/oidc/retorno',
        tags: ['Acesso'],
        summary: 'Aonde o provedor devolve o navegador',
        request: {
          query: z.object({
            code: returned(2_000),
            state: returned(200),
            iss: returned(300),
            error: returned(100),
            error_description: returned(1_000),
          }),
        },
        responses: { 302: { description: 'Às telas: com o cookie da sessão, ou com ?entrada=CÓDIGO da recusa' } },
      }),
      async (context) => {
        try {
          const oidc = configured(deps.oidc);
          const flow = openFlow(deps, getCookie(context, FLOW_COOKIE));
          deleteCookie(context, FLOW_COOKIE, { path: PATH, secure: secureCookies });
          const cameTo = new URL(redirectUri(context));
          cameTo.search = new URL(context.req.url).search;
          const identity = await oidc.finish(cameTo, flow).catch(async (error: unknown) => {
            await auditRefusedSignIn(context, deps, { action: 'signInFailed', reason: 'provider' });
            throw error;
          });
          const user = await personOf(knex, identity);
          if (!user.active) {
            await auditRefusedSignIn(context, deps, { userId: user.id, action: 'signInFailed', reason: 'inactive' });
            throw new Problem(401, 'login_recusado', 'Este acesso foi desativado.');
          }
          await startSession(context, deps, { user, how: 'provider' });
          return context.redirect('/', 302);
        } catch (error) {
          // A person who looks at a browser gets a screen; it has the words for the code.
          if (!(error instanceof Problem) || !wantsScreen(context)) throw error;
          return context.redirect(`/?entrada=${error.code}`, 302);
        }
      },
    );
}

function configured(oidc: Oidc | undefined): Oidc {
  if (!oidc)
    throw new Problem(404, 'oidc_desligado', 'Aqui se entra com login e senha.', {
      hint: 'Quem instala liga o provedor da empresa com OIDC_ISSUER.',
    });
  return oidc;
}

/** @throws Problem `entrada_recusada` for a return that this browser did not begin here, or too long ago */
function openFlow({ secretBox }: ApiDeps, cookie: string | undefined): z.infer<typeof flowSchema> {
  try {
    const flow = flowSchema.parse(JSON.parse(secretBox.open(Buffer.from(cookie ?? '', 'base64url'), signInPlace)));
    if (flow.until > Date.now()) return flow;
  } catch {
    // Answered below like one that is too old.
  }
  throw new Problem(401, 'entrada_recusada', 'A entrada não começou neste navegador, ou há tempo demais.', {
    hint: 'Comece de novo pela tela de entrada.',
  });
}

function wantsScreen(context: Context<ApiEnv>): boolean {
  return (context.req.header('Accept') ?? '').includes('text/html');
}
