import { CSRF_HEADER } from '../../api/access/authenticate';
import { createFilial } from '../kit/record';
import { openApiScene, PASSWORD, type ApiScene } from './support/apiScene';

/* What gives access outlives who gave it: a person shows again who it is. Each such route: test/api/matrix.test.ts. */

let scene: ApiScene;
beforeAll(async () => void (scene = await openApiScene()));
afterAll(() => scene.close());

async function signIn(role: 'administrador' | 'consulta') {
  const { id, login } = await scene.createUser(role);
  const { headers, body } = await scene.ask(null, 'POST', '/sessao', { login, password: PASSWORD });
  const Cookie = (headers.get('set-cookie') ?? '').split(';')[0] as string;
  const own = { Cookie, [CSRF_HEADER]: body.csrfToken as string };
  return { id, ask: (method: string, path: string, more?: object) => scene.ask(null, method, path, more, own) };
}
const newPerson = () => ({
  ...{ login: `nova-${Math.random()}`, name: 'Nova', role: 'consulta', filiais: [], password: PASSWORD },
});

test('an administrator makes a person only after showing the password again, for ten minutes', async () => {
  const { id, ask } = await signIn('administrador');
  expect((await ask('GET', '/sessao/confirmacao')).body).toEqual({ until: null, password: true, oidc: false });
  expect((await ask('POST', '/usuarios', newPerson())).body).toMatchObject({
    ...{ status: 403, code: 'confirmacao_necessaria' },
  });
  const confirmed = await ask('POST', '/sessao/confirmacao', { password: PASSWORD });
  expect(confirmed.body).toEqual({ until: expect.any(String) as string, password: true, oidc: false });
  expect((await ask('GET', '/sessao/confirmacao')).body).toEqual(confirmed.body);
  expect((await ask('POST', '/usuarios', newPerson())).status).toBe(201);
  expect(await scene.knex('audit_entry').where({ actor: id, action: 'confirmIdentity' })).toMatchObject([
    { entity: 'user', entity_id: id, after: { how: 'password' } },
  ]);
  await scene.knex.raw(`update app_session set confirmed_at = clock_timestamp() - interval '11 minutes'`);
  expect((await ask('POST', '/usuarios', newPerson())).body).toMatchObject({ code: 'confirmacao_necessaria' });
});

test('one session confirms nothing for another of the same person', async () => {
  const { login } = await scene.createUser('administrador');
  const enter = async () => {
    const { headers, body } = await scene.ask(null, 'POST', '/sessao', { login, password: PASSWORD });
    const Cookie = (headers.get('set-cookie') ?? '').split(';')[0] as string;
    return { Cookie, [CSRF_HEADER]: body.csrfToken as string };
  };
  const [here, elsewhere] = [await enter(), await enter()];
  await scene.ask(null, 'POST', '/sessao/confirmacao', { password: PASSWORD }, here);
  expect((await scene.ask(null, 'POST', '/usuarios', newPerson(), here)).status).toBe(201);
  expect((await scene.ask(null, 'POST', '/usuarios', newPerson(), elsewhere)).status).toBe(403);
});

test('whoever guesses the password in an open screen is locked like at the door', async () => {
  const { id, ask } = await signIn('administrador');
  const tries = [];
  for (let nth = 0; nth < 6; nth += 1)
    tries.push((await ask('POST', '/sessao/confirmacao', { password: 'errada' })).status);
  expect(tries).toEqual([422, 422, 422, 422, 422, 429]);
  expect((await ask('POST', '/sessao/confirmacao', { password: PASSWORD })).status).toBe(429);
  expect((await ask('POST', '/usuarios', newPerson())).status).toBe(403);
  expect(await scene.knex('audit_entry').where({ actor: id, reason: 'confirmation' })).toHaveLength(6);
});

test('a right password between wrong ones begins the count again', async () => {
  const { ask } = await signIn('consulta');
  for (let round = 0; round < 3; round += 1) {
    for (let nth = 0; nth < 4; nth += 1)
      expect((await ask('POST', '/sessao/confirmacao', { password: 'errada' })).status).toBe(422);
    expect((await ask('POST', '/sessao/confirmacao', { password: PASSWORD })).status).toBe(200);
  }
});

test('an administrator’s token makes no person, no password, no token, no credential and no webhook', async () => {
  const { token, id } = await scene.createToken('administrador');
  const person = await scene.createUser('consulta');
  const before = await scene.knex('app_user').count();
  for (const [method, path] of [
    ['POST', '/usuarios'],
    ['PATCH', `/usuarios/${person.id}`],
    ['POST', '/tokens'],
    ['PUT', '/carteiras/1/conta'],
    ['POST', '/webhooks'],
    ['PATCH', '/webhooks/w-000000000000'],
    ['POST', '/sessao/confirmacao'],
  ] as const) {
    const { status, body } = await scene.ask(token, method, path, { password: PASSWORD });
    expect([path, status, body.code, body.detail]).toEqual([
      ...[path, 403, 'sessao_exigida', 'Uma pessoa entra nas telas, confirma a senha e o faz.'],
    ]);
  }
  expect(await scene.knex('app_user').count()).toEqual(before);
  expect(await scene.knex('audit_entry').where({ actor: id })).toEqual([]);
  // What takes access away, or gives none, it still may.
  const other = await scene.createToken('consulta', [await createFilial(scene.knex)]);
  expect((await scene.ask(token, 'DELETE', `/tokens/${other.id}`)).status).toBe(204);
  expect((await scene.ask(token, 'GET', '/sessao/confirmacao')).body).toEqual({
    ...{ until: null, password: false, oidc: false },
  });
});
