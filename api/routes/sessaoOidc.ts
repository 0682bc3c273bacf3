import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { waysInSchema } from '../../contract/session';
import { confirmSession } from '../../record/access/sessions';
import { userById, userBySubject } from '../../record/access/users';
import type { Actor } from '../access/actor';
import { sessionOf } from '../access/confirmation';
import type { Oidc, OidcIdentity } from '../access/oidc';
import { personOf } from '../access/personOf';
import { auditRefusedSignIn } from '../access/refusedSignIn';
import { startSession } from '../access/startSession';
import type { ApiDeps, ApiEnv } from '../deps';
import { Problem } from '../problem';
import { json, router, secured } from '../route';
import { signInPlace } from '../../domain/account/sealedPlaces';

const FLOW_COOKIE = 'boletos_entrada';
const FLOW_SECONDS = 600;
const PATH = '/api/v1/sessao/oidc';
const RETURN_PATH = `${PATH}/retorno`;
/** The screen that tells the one which waits in another tab. */
const CONFIRMED_SCREEN = '/confirmacao';
/** By how much the provider's clock may differ. */
const CLOCK_SECONDS = 30;

const flowSchema = z.object({
  ...{ state: z.string(), nonce: z.string(), verifier: z.string(), until: z.number() },
  /** The session that is to be confirmed, and since when; absent: somebody signs in. */
  confirms: z.object({ session: z.string(), since: z.number() }).optional(),
});
type Flow = z.infer<typeof flowSchema>;
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

  async function leadToProvider(context: Context<ApiEnv>, confirms?: Flow['confirms']) {
    const { url, flow } = await configured(deps.oidc).begin(redirectUri(context), confirms !== undefined);
    const kept: Flow = { ...flow, until: Date.now() + FLOW_SECONDS * 1_000, ...(confirms && { confirms }) };
    setCookie(context, FLOW_COOKIE, secretBox.seal(JSON.stringify(kept), signInPlace).toString('base64url'), {
      // Lax: the provider's page sends the browser back here.
      ...{ path: PATH, httpOnly: true, sameSite: 'Lax', secure: secureCookies, maxAge: FLOW_SECONDS },
    });
    return context.redirect(url, 302);
  }

  /**
   * The session's cookie does not come back from another site: the sealed one says which session began this.
   * @throws Problem `entrada_recusada` unless its person has signed in there since
   */
  async function confirm({ session, since }: NonNullable<Flow['confirms']>, identity: OidcIdentity): Promise<void> {
    const user = await userBySubject(knex, identity.subject);
    const isFresh = (identity.authenticatedAt ?? 0) >= since - CLOCK_SECONDS;
    const tokenHash = Buffer.from(session, 'base64url');
    if (!user || !isFresh || !(await confirmSession(knex, { tokenHash, userId: user.id, how: 'provider' })))
      throw new Problem(401, 'entrada_recusada', 'O provedor de acesso não confirmou que é a mesma pessoa.', {
        hint: 'Entre lá de novo, com a conta com que entrou aqui.',
      });
  }

  return router()
    .openapi(
      secured('public', {
        method: 'get',
        path: '/sessao/entrada',
        tags: ['Acesso'],
        summary: 'Como se entra aqui',
        responses: {
          200: json(waysInSchema, 'Os modos de entrar'),
        },
      }),
      (context) => {
        const signedIn = (context.get('actor') as Actor | undefined) !== undefined;
        return context.json({ password: !deps.oidcOnly, oidc: deps.oidc !== undefined, signedIn }, 200);
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
      (context) => leadToProvider(context),
    )
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/sessao/oidc/confirmacao',
        tags: ['Acesso'],
        summary: 'Leva o navegador ao provedor da empresa, para que a pessoa confirme quem é',
        responses: { 302: { description: 'Ao provedor' } },
      }),
      async (context) => {
        configured(deps.oidc);
        const session = sessionOf(context).toString('base64url');
        if (!(await userById(knex, context.get('actor').id))?.hasProvider)
          throw new Problem(409, 'sem_provedor', 'Quem pede não entra pela conta da empresa.', {
            hint: 'Confirme com a senha.',
          });
        return leadToProvider(context, { session, since: Math.floor(Date.now() / 1_000) });
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
        let screen = '/';
        try {
          const oidc = configured(deps.oidc);
          const flow = openFlow(deps, getCookie(context, FLOW_COOKIE));
          if (flow.confirms) screen = CONFIRMED_SCREEN;
          deleteCookie(context, FLOW_COOKIE, { path: PATH, secure: secureCookies });
          const cameTo = new URL(redirectUri(context));
          cameTo.search = new URL(context.req.url).search;
          const identity = await oidc.finish(cameTo, flow).catch(async (error: unknown) => {
            await auditRefusedSignIn(context, deps, { action: 'signInFailed', reason: 'provider' });
            throw error;
          });
          if (flow.confirms) {
            await confirm(flow.confirms, identity);
            return context.redirect(screen, 302);
          }
          const user = await personOf(knex, identity);
          if (!user.active) {
            await auditRefusedSignIn(context, deps, { userId: user.id, action: 'signInFailed', reason: 'inactive' });
            throw new Problem(401, 'login_recusado', 'Este acesso foi desativado.');
          }
          await startSession(context, deps, { user, how: 'provider' });
          return context.redirect(screen, 302);
        } catch (error) {
          // A person who looks at a browser gets a screen; it has the words for the code.
          if (!(error instanceof Problem) || !wantsScreen(context)) throw error;
          return context.redirect(`${screen}?entrada=${error.code}`, 302);
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
function openFlow({ secretBox }: ApiDeps, cookie: string | undefined): Flow {
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
