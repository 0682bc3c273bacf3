import { CSRF_HEADER } from '../../api/access/authenticate';
import { createBatch, createCarteira, createFilial, createReceivable, createUser } from '../kit/record';
import { openApiScene, PASSWORD, type ApiScene } from './support/apiScene';

let scene: ApiScene;
let master: string;
beforeAll(async () => {
  scene = await openApiScene();
  // Somebody besides the persons of a test, so that none of them is the last.
  await scene.createUser('administrador');
  master = (await scene.createSession('administrador')).session;
});
afterAll(() => scene.close());

const audit = (entityId: string) =>
  scene.knex('audit_entry').where({ entity_id: entityId }).orderBy('id') as unknown as Promise<
    Record<string, unknown>[]
  >;

async function signIn(login: string, password = PASSWORD) {
  const answer = await scene.ask(null, 'POST', '/sessao', { login, password });
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] as string;
  return { answer, headers: { Cookie: cookie, [CSRF_HEADER]: String(answer.body.csrfToken) } };
}
const itemsOf = (body: unknown) => (body as { items: Record<string, unknown>[] }).items;
const idsOf = (body: unknown) => itemsOf(body).map(({ id }) => id);
const me = (headers: Record<string, string>) => scene.ask(null, 'GET', '/sessao', undefined, headers);

describe('people', () => {
  test('are made, read and changed by an administrator, and each change is in the audit with before and after', async () => {
    const filial = await createFilial(scene.knex);
    const made = await scene.ask(master, 'POST', '/usuarios', {
      ...{
        login: 'Maria.Silva',
        name: 'Maria',
        role: 'operador',
        filiais: [filial],
        password: 'doze caracteres ou mais',
      },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      ...{ login: 'maria.silva', role: 'operador', filiais: [filial], active: true, locked: false, hasPassword: true },
    });
    const id = made.body.id as string;
    expect(JSON.stringify(made.body)).not.toContain('argon2');
    expect((await scene.ask(master, 'GET', '/usuarios')).body.items).toContainEqual(made.body);
    const changed = await scene.ask(master, 'PATCH', `/usuarios/${id}`, { role: 'consulta', filiais: null });
    expect(changed.body).toMatchObject({ id, role: 'consulta', filiais: null, name: 'Maria' });
    expect(await audit(id)).toMatchObject([
      { action: 'createUser', before: null, after: { login: 'maria.silva', role: 'operador', filiais: [filial] } },
      {
        action: 'changeUser',
        before: { role: 'operador', filiais: [filial], active: true },
        after: { role: 'consulta', filiais: null, active: true },
      },
    ]);
  });

  test('a login that somebody has is refused, in whatever letters', async () => {
    const { login } = await scene.createUser('consulta');
    const person = { login: login.toUpperCase(), name: 'Outra', role: 'consulta', filiais: null, password: PASSWORD };
    expect((await scene.ask(master, 'POST', '/usuarios', person)).body).toMatchObject({
      status: 409,
      code: 'login_existe',
    });
  });

  test('a filial that does not exist is named', async () => {
    const person = { login: 'sem.filial', name: 'Sem', role: 'consulta', filiais: [987_654], password: PASSWORD };
    expect((await scene.ask(master, 'POST', '/usuarios', person)).body).toMatchObject({
      ...{ status: 422, code: 'filial_desconhecida', fields: [{ field: 'filiais', message: 'não existe: 987654' }] },
    });
  });

  test.each([
    ['another role', { role: 'consulta' }],
    ['other filiais', { filiais: [] }],
    ['a deactivation', { active: false }],
    ['a new password', { password: 'outra senha de teste' }],
  ])('%s ends the sessions of the person', async (_what, change) => {
    const { id, login } = await scene.createUser('operador');
    const { headers } = await signIn(login);
    expect((await me(headers)).status).toBe(200);
    expect((await scene.ask(master, 'PATCH', `/usuarios/${id}`, change)).status).toBe(200);
    expect((await me(headers)).status).toBe(401);
  });

  test('another name ends no session', async () => {
    const { id, login } = await scene.createUser('operador');
    const { headers } = await signIn(login);
    await scene.ask(master, 'PATCH', `/usuarios/${id}`, { name: 'Com Outro Nome' });
    expect((await me(headers)).body).toMatchObject({ name: 'Com Outro Nome' });
  });

  test('who is deactivated signs in no more, and is answered like a wrong password', async () => {
    const { id, login } = await scene.createUser('operador');
    await scene.ask(master, 'PATCH', `/usuarios/${id}`, { active: false });
    expect((await signIn(login)).answer.body).toMatchObject({ status: 401, code: 'login_recusado' });
  });

  test('many wrong passwords at once are no more guesses than one after the other', async () => {
    const { login } = await scene.createUser('operador');
    for (const name of [login, 'ninguem-com-este-login']) {
      const answers = await Promise.all(Array.from({ length: 9 }, () => signIn(name, 'errada')));
      const codes = answers.map(({ answer }) => answer.body.code as string).sort();
      expect(codes).toEqual([...Array<string>(4).fill('login_bloqueado'), ...Array<string>(5).fill('login_recusado')]);
    }
    expect((await signIn(login)).answer.status).toBe(429);
  });

  test('a new password from an administrator also ends a lock', async () => {
    const { id, login } = await scene.createUser('operador');
    for (let nth = 0; nth < 5; nth += 1) await signIn(login, 'errada');
    expect((await signIn(login)).answer.status).toBe(429);
    await scene.ask(master, 'PATCH', `/usuarios/${id}`, { password: 'outra senha de teste' });
    expect((await signIn(login, 'outra senha de teste')).answer.status).toBe(200);
  });
});

describe('the last administrator of all filiais', () => {
  let own: ApiScene;
  beforeAll(async () => void (own = await openApiScene()));
  afterAll(() => own.close());

  test.each([{ active: false }, { role: 'operador' }, { filiais: [] }])('is not changed by %j', async (change) => {
    await own.knex('app_user').where({ role: 'administrador' }).update({ active: false });
    const { id } = await own.createUser('administrador');
    // Who asks is made with the session: one who cannot sign in again is no other administrator.
    const { session } = await own.createSession('administrador');
    await own.knex('app_user').whereNot({ id }).update({ password_hash: null });
    await createUser(own.knex, { role: 'administrador', filiais: [1] });
    expect((await own.ask(session, 'PATCH', `/usuarios/${id}`, change)).body).toMatchObject({
      ...{ status: 409, code: 'ultimo_administrador' },
    });
    expect((await own.ask(session, 'PATCH', `/usuarios/${id}`, { name: 'Continua' })).status).toBe(200);
  });

  test('one who could not sign in is none', async () => {
    await own.knex('app_user').update({ active: false });
    const { id } = await own.createUser('administrador');
    const { session } = await own.createSession('administrador');
    await own.knex('app_user').whereNot({ id }).update({ password_hash: null });
    await createUser(own.knex, { role: 'administrador', filiais: null });
    expect((await own.ask(session, 'PATCH', `/usuarios/${id}`, { active: false })).body).toMatchObject({
      ...{ status: 409, code: 'ultimo_administrador' },
    });
  });

  test('two who deactivate each other at once leave one', async () => {
    for (let round = 0; round < 5; round += 1) {
      await own.knex('app_user').update({ active: false });
      const [one, other] = [await own.createUser('administrador'), await own.createUser('administrador')];
      const { session } = await own.createSession('administrador');
      await own.knex('app_user').whereNotIn('id', [one.id, other.id]).update({ password_hash: null });
      const answers = await Promise.all(
        [one, other].map(({ id }) => own.ask(session, 'PATCH', `/usuarios/${id}`, { active: false })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    }
  });
});

describe('an administrator of some filiais', () => {
  test('sees and manages who sees nothing beyond them, and gives nothing beyond them', async () => {
    const [own, foreign] = [await createFilial(scene.knex), await createFilial(scene.knex)];
    const asker = await scene.createSession('administrador', [own]);
    const token = asker.session;
    const mine = await scene.createUser('operador', [own]);
    const strangers = [
      await scene.createUser('operador', [foreign]),
      await scene.createUser('operador', [own, foreign]),
      await scene.createUser('operador', []),
      await scene.createUser('operador'),
    ];
    const { body } = await scene.ask(token, 'GET', '/usuarios');
    expect(idsOf(body).sort()).toEqual([mine.id, asker.id].sort());
    for (const { id } of strangers)
      expect((await scene.ask(token, 'PATCH', `/usuarios/${id}`, { name: 'X' })).body).toMatchObject({
        ...{ status: 404, code: 'nao_encontrado' },
      });
    for (const filiais of [null, [foreign], [own, foreign], []])
      expect((await scene.ask(token, 'PATCH', `/usuarios/${mine.id}`, { filiais })).body).toMatchObject({
        ...{ status: 403, code: 'filial_de_outro' },
      });
    expect((await scene.ask(token, 'PATCH', `/usuarios/${mine.id}`, { role: 'administrador' })).status).toBe(200);
  });

  test('reads in the audit what happened to things of them, and nothing else', async () => {
    const { knex } = scene;
    const carteiras = [await createCarteira(knex), await createCarteira(knex)];
    for (const carteira of carteiras) {
      const [receivableId, batchId] = [await createReceivable(knex, carteira), await createBatch(knex, carteira.id)];
      await knex('batch')
        .where({ id: batchId })
        .update({ filiais: [carteira.filialId] });
      const userId = await createUser(knex, { filiais: [carteira.filialId] });
      const things = { receivable: receivableId, batch: batchId, carteira: carteira.id, user: userId };
      for (const [entity, entity_id] of Object.entries(things))
        await knex('audit_entry').insert({
          actor: 'quem',
          action: 'x',
          entity,
          entity_id,
          reason: `${carteira.filialId}`,
        });
    }
    await knex('audit_entry').insert({ actor: 'quem', action: 'x', entity: 'import', entity_id: 'arquivo' });
    const { token } = await scene.createToken('administrador', [carteiras[0]!.filialId]);
    const { body } = await scene.ask(token, 'GET', '/auditoria?actor=quem');
    expect(itemsOf(body).map((entry) => [entry['entity'], entry['reason']])).toEqual(
      ['user', 'carteira', 'batch', 'receivable'].map((entity) => [entity, `${carteiras[0]!.filialId}`]),
    );
    expect((await scene.ask(master, 'GET', '/auditoria?actor=quem')).body.items).toHaveLength(9);
  });
});

describe('the audit', () => {
  test('tells whoever sees some filiais of no other, where people and tokens had them before', async () => {
    const [own, foreign] = [await createFilial(scene.knex), await createFilial(scene.knex)];
    const id = await createUser(scene.knex, { filiais: [foreign] });
    for (const filiais of [[own, foreign], [own]])
      expect((await scene.ask(master, 'PATCH', `/usuarios/${id}`, { filiais })).status).toBe(200);
    const { token } = await scene.createToken('administrador', [own]);
    const read = async (as: string) =>
      itemsOf((await scene.ask(as, 'GET', `/auditoria?entityId=${id}`)).body).map(({ before, after }) =>
        [before, after].map((values) => (values as { filiais: number[] }).filiais),
      );
    expect(await read(token)).toEqual([
      [[own], [own]],
      [[], [own]],
    ]);
    expect(await read(master)).toEqual([
      [[own, foreign], [own]],
      [[foreign], [own, foreign]],
    ]);
  });

  test('is read page by page, newest first, by entity and by actor', async () => {
    const rows = Array.from({ length: 5 }, (_, nth) => ({
      ...{ actor: 'paginado', action: 'x', entity: 'import', entity_id: String(nth) },
    }));
    await scene.knex('audit_entry').insert(rows);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path: string = `/auditoria?actor=paginado&limit=2${cursor && `&cursor=${cursor}`}`;
      const { body } = await scene.ask(master, 'GET', path);
      seen.push(...itemsOf(body).map(({ entityId }) => entityId as string));
      cursor = body.next;
    }
    expect(seen).toEqual(['4', '3', '2', '1', '0']);
    const { body } = await scene.ask(master, 'GET', '/auditoria?entity=import&entityId=3&actor=paginado');
    expect(body.items).toMatchObject([{ entityId: '3', actorName: null, before: null }]);
  });

  test('tells of signing in, out, failing and being locked, and never what was typed', async () => {
    const { id, login } = await scene.createUser('operador');
    const { headers } = await signIn(login);
    await scene.ask(null, 'DELETE', '/sessao', undefined, headers);
    for (let nth = 0; nth < 6; nth += 1) await signIn(login, 'minha senha errada');
    await signIn('minha senha no campo errado');
    expect((await audit(id)).map(({ action, reason }) => [action, reason])).toEqual([
      ['signIn', null],
      ['signOut', null],
      ...Array.from({ length: 5 }, () => ['signInFailed', 'password']),
      ['signInLocked', 'password'],
      ['signInFailed', 'locked'],
    ]);
    const all = JSON.stringify(await scene.knex('audit_entry'));
    expect(all).toContain('desconhecido');
    expect(all).not.toContain('minha senha');
    const { body } = await scene.ask(master, 'GET', `/auditoria?entityId=${id}&limit=1`);
    expect(body.items).toMatchObject([{ actor: id, actorName: 'Pessoa de Teste' }]);
  });
});

describe('tokens', () => {
  test('are shown once, work, are listed without their secret, and stop at once when revoked', async () => {
    const made = await scene.ask(master, 'POST', '/tokens', {
      ...{ name: 'ERP', role: 'operador', filiais: null, expiresInDays: 30 },
    });
    expect(made.status).toBe(201);
    const { token, ...listed } = made.body as { token: string; id: string };
    expect((await scene.ask(token, 'GET', '/sessao')).body).toMatchObject({ id: listed.id, role: 'operador' });
    const list = await scene.ask(master, 'GET', '/tokens');
    expect(list.body.items).toContainEqual({ ...listed, usedAt: expect.any(String) });
    expect(JSON.stringify(list.body)).not.toContain(token);
    expect((await scene.ask(master, 'DELETE', `/tokens/${listed.id}`)).status).toBe(204);
    expect((await scene.ask(token, 'GET', '/sessao')).body).toMatchObject({ code: 'token_recusado' });
    expect((await scene.ask(master, 'DELETE', `/tokens/${listed.id}`)).status).toBe(204);
    const entries = await audit(listed.id);
    expect(entries).toMatchObject([
      { action: 'createToken', after: { name: 'ERP', role: 'operador', filiais: null } },
      { action: 'revokeToken', before: { revokedAt: null }, after: { revokedAt: expect.any(String) } },
    ]);
    expect(JSON.stringify(entries)).not.toContain(token);
  });

  const give = async (by: string, role: string, filiais: number[] | null = null) =>
    (await scene.ask(by, 'POST', '/tokens', { name: 'Outro', role, filiais, expiresInDays: 366 })).body as {
      id: string;
      token: string;
    };
  const may = async (token: string) => {
    const { body } = await scene.ask(token, 'GET', '/sessao');
    return (body.code as string | undefined) ?? [body.role, body.filiais];
  };

  test('may no more than the person who answers for them may now', async () => {
    const [one, two, three] = [1, 2, 3].map(() => createFilial(scene.knex));
    const [first, second, third] = [await one, await two, await three] as [number, number, number];
    const { id: createdBy, session } = await scene.createSession('administrador');
    const { token } = await give(session, 'administrador');
    const child = await give(session, 'operador', [first, second]);
    const change = (body: object) => scene.ask(master, 'PATCH', `/usuarios/${createdBy}`, body);
    await change({ filiais: [second, third] });
    expect(await may(token)).toEqual(['administrador', [second, third]]);
    expect(await may(child.token)).toEqual(['operador', [second]]);
    await change({ role: 'consulta', filiais: null });
    expect(await may(token)).toEqual(['consulta', null]);
    expect(await may(child.token)).toEqual(['consulta', [first, second]]);
    await change({ active: false });
    expect([await may(token), await may(child.token)]).toEqual(['token_recusado', 'token_recusado']);
  });

  test('that a token made, when it still could, end with it; now none makes any', async () => {
    const parent = await give(master, 'administrador');
    expect(await scene.ask(parent.token, 'POST', '/tokens', {})).toMatchObject({ body: { code: 'sessao_exigida' } });
    const child = await give(master, 'administrador');
    const grandchild = await give(master, 'consulta');
    await scene.knex('api_token').where({ id: child.id }).update({ parent: parent.id });
    await scene.knex('api_token').where({ id: grandchild.id }).update({ parent: child.id });
    expect(await may(grandchild.token)).toEqual(['consulta', null]);
    await scene.ask(master, 'DELETE', `/tokens/${parent.id}`);
    expect([await may(child.token), await may(grandchild.token)]).toEqual(['token_recusado', 'token_recusado']);
  });

  test('of another filial do not exist for an administrator of one', async () => {
    const [own, foreign] = [await createFilial(scene.knex), await createFilial(scene.knex)];
    const { id } = await scene.createToken('administrador', [own]);
    const { session: token } = await scene.createSession('administrador', [own]);
    const stranger = await scene.createToken('consulta', [foreign]);
    const list = await scene.ask(token, 'GET', '/tokens');
    expect(idsOf(list.body)).toEqual([id]);
    expect((await scene.ask(token, 'DELETE', `/tokens/${stranger.id}`)).status).toBe(404);
    const wider = { name: 'X', role: 'consulta', filiais: null, expiresInDays: 1 };
    expect((await scene.ask(token, 'POST', '/tokens', wider)).body).toMatchObject({ code: 'filial_de_outro' });
  });
});

test('only the filiais of who asks are listed', async () => {
  const [own, foreign] = [await createFilial(scene.knex, { name: 'Própria' }), await createFilial(scene.knex)];
  const { token } = await scene.createToken('consulta', [own]);
  expect((await scene.ask(token, 'GET', '/filiais')).body).toEqual({ items: [{ id: own, name: 'Própria' }] });
  const all = idsOf((await scene.ask(master, 'GET', '/filiais')).body);
  expect(all).toEqual(expect.arrayContaining([own, foreign]));
});
