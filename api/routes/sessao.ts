import { deleteCookie } from 'hono/cookie';
import { ownPasswordSchema, sessionSchema, signInSchema } from '../../contract/session';
import { writeAudit } from '../../record/access/audit';
import { deleteSession, readSession } from '../../record/access/sessions';
import { changeUser, noteRightPassword, countTry, userByLogin } from '../../record/access/users';
import { addressOf, limitKey } from '../access/address';
import { sessionCookie } from '../access/authenticate';
import { judgeOwnPassword, locked } from '../access/ownPassword';
import { hashPassword, isPassword, requirePasswords } from '../access/passwords';
import { createRateLimit } from '../access/rateLimit';
import { auditRefusedSignIn } from '../access/refusedSignIn';
import { startSession } from '../access/startSession';
import { refuseWeak } from '../access/weakPassword';
import { createUnknownLogins } from '../access/unknownLogins';
import type { ApiDeps } from '../deps';
import { Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

/** Of one address: an office signs in on Monday morning, a guesser tries for years. Each costs 19 MiB and two passes. */
const SIGN_INS = { perSecond: 0.5, burst: 30 };

export function sessaoRoutes(deps: ApiDeps) {
  const { knex, secureCookies, trustedProxies = [] } = deps;
  const signIns = createRateLimit(SIGN_INS);
  const unknownLogins = createUnknownLogins();

  return router()
    .openapi(
      secured('public', {
        method: 'post',
        path: '/sessao',
        tags: ['Acesso'],
        summary: 'Entra com login e senha',
        request: jsonBody(signInSchema),
        responses: { 200: json(sessionSchema, 'Entrou; o cookie da sessão vem junto') },
      }),
      async (context) => {
        requirePasswords(deps);
        const { login, password } = context.req.valid('json');
        const address = addressOf(context, trustedProxies);
        const waitSeconds = address === null ? 0 : signIns.take(limitKey(address));
        if (waitSeconds > 0)
          throw new Problem(429, 'entradas_demais', 'Tentativas de entrada demais deste endereço.', {
            retryAfterSeconds: waitSeconds,
          });
        const user = await userByLogin(knex, login.trim());
        const tried = user
          ? await countTry(knex, user.id)
          : { locks: false, lockedForMs: unknownLogins.countTry(login.trim()) };
        if ('lockedForMs' in tried && tried.lockedForMs > 0) {
          await auditRefusedSignIn(context, deps, { ...idOf(user), action: 'signInFailed', reason: 'locked' });
          throw locked(tried.lockedForMs);
        }
        if (!(await isPassword(user?.passwordHash ?? null, password)) || !user?.active) {
          await auditRefusedSignIn(context, deps, { ...idOf(user), action: 'signInFailed', reason: 'password' });
          if ('locks' in tried && tried.locks)
            await auditRefusedSignIn(context, deps, { ...idOf(user), action: 'signInLocked', reason: 'password' });
          throw new Problem(401, 'login_recusado', 'Login ou senha não conferem.');
        }
        await noteRightPassword(knex, user.id);
        return context.json(await startSession(context, deps, { user, how: 'password' }), 200);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/sessao',
        tags: ['Acesso'],
        summary: 'Quem sou',
        responses: { 200: json(sessionSchema, 'Quem pede, e o que pode') },
      }),
      async (context) => {
        const { id, name, role, filiais } = context.get('actor');
        const hash = context.get('sessionHash');
        const csrfToken = hash ? ((await readSession(knex, hash))?.csrfToken ?? null) : null;
        return context.json({ id, name, role, filiais, csrfToken }, 200);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'delete',
        path: '/sessao',
        tags: ['Acesso'],
        summary: 'Sai',
        responses: { 204: { description: 'A sessão terminou' } },
      }),
      async (context) => {
        const hash = context.get('sessionHash');
        if (hash) {
          const { id } = context.get('actor');
          await deleteSession(knex, hash);
          await writeAudit(knex, { actor: id, action: 'signOut', entity: 'user', entityId: id });
        }
        deleteCookie(context, sessionCookie(secureCookies), { path: '/', secure: secureCookies });
        return context.body(null, 204);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'post',
        path: '/sessao/senha',
        tags: ['Acesso'],
        summary: 'Troca a própria senha; as outras sessões terminam',
        request: jsonBody(ownPasswordSchema),
        responses: { 200: json(sessionSchema, 'Trocada; o cookie da nova sessão vem junto') },
      }),
      async (context) => {
        const { current, password } = context.req.valid('json');
        const user = await judgeOwnPassword(context, deps, current, { reason: 'newPassword', field: 'current' });
        const { id } = user;
        await refuseWeak(knex, password, user);
        await changeUser(knex, { id, by: id, change: { passwordHash: await hashPassword(password) } });
        return context.json(await startSession(context, deps, { user, how: 'newPassword' }), 200);
      },
    );
}

function idOf(user: { id: string } | null): { userId?: string } {
  return user ? { userId: user.id } : {};
}
