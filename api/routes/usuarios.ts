import { z } from '@hono/zod-openapi';
import { newUserSchema, userChangesSchema, userSchema, usersSchema } from '../../contract/user';
import { changeUser, insertUser, listUsers, userById, type ListedUser } from '../../record/access/users';
import { writeAudit } from '../../record/access/audit';
import { sees, type Actor } from '../access/actor';
import { refuseUngrantable } from '../access/grantable';
import { hashPassword, requirePasswords } from '../access/passwords';
import { newId } from '../access/secrets';
import { refuseWeak } from '../access/weakPassword';
import type { ApiDeps } from '../deps';
import { notFound, Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

const params = z.object({ id: z.string().regex(/^u-[0-9a-f]{12}$/) });

export function usuariosRoutes({ knex, oidcOnly = false }: ApiDeps) {
  return router()
    .openapi(
      secured('administrador', {
        method: 'get',
        path: '/usuarios',
        tags: ['Acesso'],
        summary: 'As pessoas',
        responses: { 200: json(usersSchema, 'Por login') },
      }),
      async (context) => {
        const users = await listUsers(knex, context.get('actor').filiais);
        return context.json({ items: users.map(shown) }, 200);
      },
    )
    .openapi(
      secured(
        'administrador',
        {
          method: 'post',
          path: '/usuarios',
          tags: ['Acesso'],
          summary: 'Dá acesso a uma pessoa',
          request: jsonBody(newUserSchema),
          responses: { 201: json(userSchema, 'A pessoa') },
        },
        { confirmed: true },
      ),
      async (context) => {
        const actor = context.get('actor');
        const { password, ...wanted } = context.req.valid('json');
        requirePasswords({ oidcOnly });
        await refuseUngrantable(knex, actor, wanted.filiais);
        await refuseWeak(knex, password, wanted);
        const passwordHash = await hashPassword(password);
        const id = newId('u');
        const made = await knex.transaction(async (trx) => {
          if (!(await insertUser(trx, { ...wanted, id, passwordHash }))) return null;
          const user = (await userById(trx, id)) as ListedUser;
          const { login, name, role, filiais, active } = user;
          await writeAudit(trx, {
            ...{ actor: actor.id, action: 'createUser', entity: 'user', entityId: id },
            after: { login, name, role, filiais, active },
          });
          return user;
        });
        if (!made) throw new Problem(409, 'login_existe', 'Já há alguém com este login.');
        return context.json(shown(made), 201);
      },
    )
    .openapi(
      secured(
        'administrador',
        {
          method: 'patch',
          path: '/usuarios/{id}',
          tags: ['Acesso'],
          summary: 'Muda nome, papel, filiais, senha, ou desativa; o que muda o acesso encerra as sessões da pessoa',
          request: { params, ...jsonBody(userChangesSchema) },
          responses: { 200: json(userSchema, 'Como ficou') },
        },
        { confirmed: true },
      ),
      async (context) => {
        const actor = context.get('actor');
        const { id } = context.req.valid('param');
        const { password, name, role, filiais, active } = context.req.valid('json');
        const user = ownPerson(actor, await userById(knex, id));
        if (password !== undefined) requirePasswords({ oidcOnly });
        if (filiais !== undefined) await refuseUngrantable(knex, actor, filiais);
        if (password !== undefined) await refuseWeak(knex, password, { login: user.login, name: name ?? user.name });
        const result = await changeUser(knex, {
          ...{ id, by: actor.id },
          change: {
            ...(name === undefined ? {} : { name }),
            ...(role === undefined ? {} : { role }),
            ...(filiais === undefined ? {} : { filiais }),
            ...(active === undefined ? {} : { active }),
            ...(password === undefined ? {} : { passwordHash: await hashPassword(password) }),
          },
        });
        if (result.kind === 'unknown') throw notFound('A pessoa');
        if (result.kind === 'lastAdministrator')
          throw new Problem(409, 'ultimo_administrador', 'É o último administrador de todas as filiais.', {
            hint: 'Dê antes este papel a outra pessoa.',
          });
        return context.json(shown(result.user), 200);
      },
    );
}

/** @throws Problem 404 for nobody, and alike for somebody of another filial */
function ownPerson(actor: Actor, user: ListedUser | null): ListedUser {
  if (!user || !sees(actor, user.filiais)) throw notFound('A pessoa');
  return user;
}

function shown({ createdAt, ...user }: ListedUser): z.infer<typeof userSchema> {
  return { ...user, createdAt: createdAt.toISOString() };
}
