import { CSRF_HEADER } from '../../api/access/authenticate';
import { openApiScene, PASSWORD, type ApiScene } from './support/apiScene';

let scene: ApiScene;
beforeAll(async () => void (scene = await openApiScene()));
afterAll(() => scene.close());

describe('signing in', () => {
  test('gives a cookie that scripts cannot read, and a token for changes', async () => {
    const { login, id } = await scene.createUser('operador', [1]);
    const answer = await scene.ask(null, 'POST', '/sessao', { login, password: PASSWORD });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ...{ id, name: 'Pessoa de Teste', role: 'operador', filiais: [1] },
      csrfToken: expect.stringMatching(/^[\w-]{43}$/) as string,
    });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^boletos_sessao=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);

    const own = { Cookie: cookie.split(';')[0] as string };
    const me = await scene.ask(null, 'GET', '/sessao', undefined, own);
    expect(me.body).toEqual(answer.body);
    expect((await scene.ask(null, 'DELETE', '/sessao', undefined, own)).body).toMatchObject({
      status: 403,
      code: 'csrf',
    });
    const csrf = { ...own, [CSRF_HEADER]: me.body.csrfToken as string };
    expect((await scene.ask(null, 'DELETE', '/sessao', undefined, csrf)).status).toBe(204);
    expect((await scene.ask(null, 'GET', '/sessao', undefined, own)).status).toBe(401);
  });

  test('five wrong passwords lock the login, and a right one is refused then', async () => {
    const { login } = await scene.createUser('consulta');
    const tries = [];
    for (let nth = 0; nth < 5; nth += 1)
      tries.push((await scene.ask(null, 'POST', '/sessao', { login, password: 'errada' })).status);
    expect(tries).toEqual([401, 401, 401, 401, 401]);
    const right = await scene.ask(null, 'POST', '/sessao', { login, password: PASSWORD });
    expect(right.body).toMatchObject({ status: 429, code: 'login_bloqueado' });
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(800);
  });

  test('a login that does not exist is answered like a wrong password', async () => {
    const { login } = await scene.createUser('consulta');
    const unknown = await scene.ask(null, 'POST', '/sessao', { login: 'ninguem', password: PASSWORD });
    const wrong = await scene.ask(null, 'POST', '/sessao', { login, password: 'errada' });
    expect(unknown.body).toEqual(wrong.body);
  });

  test('a token works without a cookie; an unknown, expired or revoked one is refused', async () => {
    const { id, token } = await scene.createToken('consulta');
    expect((await scene.ask(token, 'GET', '/sessao')).body).toMatchObject({ id, role: 'consulta', csrfToken: null });
    await scene.knex('api_token').where({ id }).update({ revoked_at: new Date() });
    expect((await scene.ask(token, 'GET', '/sessao')).body).toMatchObject({ code: 'token_recusado' });
    await scene
      .knex('api_token')
      .where({ id })
      .update({ revoked_at: null, expires_at: new Date(0) });
    expect((await scene.ask(token, 'GET', '/sessao')).status).toBe(401);
    expect((await scene.ask('x'.repeat(43), 'GET', '/sessao')).status).toBe(401);
  });
});

test('wrong input is named field by field', async () => {
  const answer = await scene.ask(null, 'POST', '/sessao', { login: '' });
  expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  expect(answer.body).toMatchObject({ status: 400, code: 'entrada_invalida' });
  expect(answer.body.fields).toMatchObject([{ field: 'login' }, { field: 'password' }]);
});

test('the document names every route with the role it takes', async () => {
  const { body } = await scene.ask(null, 'GET', '/openapi.json');
  expect(body.openapi).toBe('3.1.0');
  expect(body.paths['/api/v1/sessao'].get['x-papel']).toBe('consulta');
  expect(body.paths['/api/v1/sessao'].post['x-papel']).toBe('public');
});
