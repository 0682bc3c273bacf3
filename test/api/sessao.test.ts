import { CSRF_HEADER } from '../../api/access/authenticate';
import { credentialHeaders, openApiScene, PASSWORD, type Answer, type ApiScene } from './support/apiScene';

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

describe('a session', () => {
  const cookieOf = (answer: Answer) => (answer.headers.get('set-cookie') ?? '').split(';')[0] as string;
  const me = (Cookie: string) => scene.ask(null, 'GET', '/sessao', undefined, { Cookie });

  test('is a new one at each sign-in, and the one that the browser had is over', async () => {
    const { login } = await scene.createUser('operador');
    const first = cookieOf(await scene.ask(null, 'POST', '/sessao', { login, password: PASSWORD }));
    const again = await scene.ask(null, 'POST', '/sessao', { login, password: PASSWORD }, { Cookie: first });
    expect(again.status).toBe(200);
    expect(cookieOf(again)).not.toBe(first);
    expect((await me(first)).status).toBe(401);
    expect((await me(cookieOf(again))).status).toBe(200);
    // A cookie that was planted in the browser before signs nobody in.
    const planted = `boletos_sessao=${'p'.repeat(43)}`;
    await scene.ask(null, 'POST', '/sessao', { login, password: PASSWORD }, { Cookie: planted });
    expect((await me(planted)).status).toBe(401);
  });

  test.each([
    ['half an hour without a call', `seen_at = clock_timestamp() - interval '31 minutes'`],
    ['twelve hours', `expires_at = clock_timestamp() - interval '1 second'`],
  ])('is over after %s', async (_when, then) => {
    const { login, id } = await scene.createUser('consulta');
    const cookie = cookieOf(await scene.ask(null, 'POST', '/sessao', { login, password: PASSWORD }));
    expect((await me(cookie)).status).toBe(200);
    await scene.knex.raw(`update app_session set ${then} where user_id = ?`, [id]);
    expect((await me(cookie)).status).toBe(401);
  });

  test('changes the person’s own password, knowing the present one; every other session is over', async () => {
    const { login } = await scene.createUser('consulta');
    const signIn = (password: string) => scene.ask(null, 'POST', '/sessao', { login, password });
    const [elsewhere, here] = [cookieOf(await signIn(PASSWORD)), await signIn(PASSWORD)];
    const headers = { Cookie: cookieOf(here), [CSRF_HEADER]: here.body.csrfToken as string };
    const change = (body: object) => scene.ask(null, 'POST', '/sessao/senha', body, headers);
    expect((await change({ current: 'errada', password: 'a senha que vem depois' })).body).toMatchObject({
      ...{ status: 422, code: 'senha_atual' },
    });
    expect((await change({ current: PASSWORD, password: 'curta' })).body).toMatchObject({
      ...{ status: 400, fields: [{ field: 'password', message: 'a senha deve ter 12 caracteres ou mais' }] },
    });
    const changed = await change({ current: PASSWORD, password: 'a senha que vem depois' });
    expect(changed.body).toEqual({ ...here.body, csrfToken: expect.not.stringMatching(here.body.csrfToken) });
    expect((await me(elsewhere)).status).toBe(401);
    expect((await me(headers.Cookie)).status).toBe(401);
    expect((await me(cookieOf(changed))).status).toBe(200);
    expect((await signIn(PASSWORD)).status).toBe(401);
    expect((await signIn('a senha que vem depois')).status).toBe(200);
  });

  test('is listed to its person, who ends those elsewhere; nobody else sees or ends them', async () => {
    const [{ login, id }, stranger] = [await scene.createUser('consulta'), await scene.createUser('administrador')];
    const signIn = (name: string) => scene.ask(null, 'POST', '/sessao', { login: name, password: PASSWORD });
    const [elsewhere, here, other] = [await signIn(login), await signIn(login), await signIn(stranger.login)];
    const headersOf = (answer: Answer) => ({
      Cookie: cookieOf(answer),
      [CSRF_HEADER]: answer.body.csrfToken as string,
    });
    const { items } = (await scene.ask(null, 'GET', '/sessoes', undefined, headersOf(here))).body as {
      items: { id: string; current: boolean }[];
    };
    expect(items).toMatchObject([{ current: true }, { current: false }]);
    const end = (answer: Answer) => scene.ask(null, 'DELETE', `/sessoes/${items[1]!.id}`, undefined, headersOf(answer));
    expect((await end(other)).body).toMatchObject({ status: 404, code: 'nao_encontrado' });
    expect((await me(cookieOf(elsewhere))).status).toBe(200);
    expect((await end(here)).status).toBe(204);
    expect((await me(cookieOf(elsewhere))).status).toBe(401);
    expect((await me(cookieOf(here))).status).toBe(200);
    expect(await scene.knex('audit_entry').where({ actor: id, action: 'endSession' })).toHaveLength(1);
  });

  test('whoever guesses the present password in an open screen is locked like at the door', async () => {
    const { login } = await scene.createUser('consulta');
    const here = await scene.ask(null, 'POST', '/sessao', { login, password: PASSWORD });
    const headers = { Cookie: cookieOf(here), [CSRF_HEADER]: here.body.csrfToken as string };
    const guess = { current: 'errada', password: 'a senha que vem depois' };
    const tries = [];
    for (let nth = 0; nth < 6; nth += 1)
      tries.push((await scene.ask(null, 'POST', '/sessao/senha', guess, headers)).status);
    expect(tries).toEqual([422, 422, 422, 422, 422, 429]);
  });

  test('a token has no password to change', async () => {
    const { token } = await scene.createToken('administrador');
    const change = { current: PASSWORD, password: 'a senha que vem depois' };
    expect((await scene.ask(token, 'POST', '/sessao/senha', change)).body).toMatchObject({ code: 'sem_senha' });
  });
});

test('a login that nobody has is locked like one of a person, so that the lock tells nothing', async () => {
  const { login } = await scene.createUser('consulta');
  const answersOf = async (name: string) => {
    const answers = [];
    for (let nth = 0; nth < 6; nth += 1) {
      const { status, body } = await scene.ask(null, 'POST', '/sessao', { login: name, password: 'errada' });
      answers.push([status, body]);
    }
    return answers;
  };
  expect(await answersOf('ninguem.mesmo')).toEqual(await answersOf(login));
});

describe('a change that another site has the browser send is refused', () => {
  test.each([
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'https://outro.invalid' },
    { Origin: 'null' },
  ])('%j', async (headers) => {
    const { login } = await scene.createUser('consulta');
    const answer = await scene.ask(null, 'POST', '/sessao', { login, password: PASSWORD }, headers);
    expect(answer.body).toMatchObject({ status: 403, code: 'outra_origem' });
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  test.each([
    { 'Sec-Fetch-Site': 'same-origin', Origin: 'http://localhost:3000', Host: 'localhost:3000' },
    { Origin: 'https://127.0.0.1', Host: '127.0.0.1' },
    {},
  ])('but not %j', async (headers) => {
    const { login } = await scene.createUser('consulta');
    const answer = await scene.ask(null, 'POST', '/sessao', { login, password: PASSWORD }, headers);
    expect(answer.status).toBe(200);
  });
});

test('every answer of the API forbids to be kept, and says what a browser may do with it', async () => {
  const { token } = await scene.createToken('consulta');
  const answers = [
    await scene.ask(token, 'GET', '/sessao'),
    await scene.ask(null, 'GET', '/sessao'),
    await scene.ask(null, 'GET', '/nada'),
    await scene.ask(null, 'GET', '/openapi.json'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 200]);
  for (const { headers } of answers) {
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  }
});

test('wrong input is named field by field', async () => {
  const answer = await scene.ask(null, 'POST', '/sessao', { login: '' });
  expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  expect(answer.body).toMatchObject({ status: 400, code: 'entrada_invalida' });
  expect(answer.body.fields).toEqual([
    { field: 'login', message: 'está vazio' },
    { field: 'password', message: 'é obrigatório' },
  ]);
  const more = await scene.ask(null, 'POST', '/sessao', { login: 'a', password: 'b', remember: true });
  expect(more.body.fields).toEqual([{ field: 'remember', message: 'não existe aqui' }]);
});

test.each([
  ['a body of another type', 'text/plain', '{"name":"Outro"}'],
  ['a form', 'application/x-www-form-urlencoded', 'name=Outro'],
])('%s is not taken', async (_what, type, body) => {
  const { session } = await scene.createSession('administrador');
  const { id } = await scene.createUser('consulta');
  const headers = { ...credentialHeaders(session), 'Content-Type': type };
  const response = await scene.api.request(`/api/v1/usuarios/${id}`, { method: 'PATCH', headers, body });
  expect(await response.json()).toMatchObject({ status: 415, code: 'tipo_nao_suportado' });
});

test.each([
  ['no body', undefined, undefined],
  ['half of a JSON', 'application/json', '{"name":'],
])('%s is no JSON with nothing in it', async (_what, type, body) => {
  const { session } = await scene.createSession('administrador');
  const { id } = await scene.createUser('consulta');
  const response = await scene.api.request(`/api/v1/usuarios/${id}`, {
    method: 'PATCH',
    headers: { ...credentialHeaders(session), ...(type ? { 'Content-Type': type } : {}) },
    ...(body ? { body } : {}),
  });
  expect(await response.json()).toMatchObject({ status: 400, code: 'entrada_invalida' });
});

test('a method that an address does not take is refused with those that it takes', async () => {
  const { token } = await scene.createToken('consulta');
  const answer = await scene.ask(token, 'PUT', '/usuarios/u-000000000000');
  expect(answer.body).toMatchObject({ status: 405, code: 'metodo_desconhecido' });
  expect(answer.headers.get('allow')).toBe('PATCH');
  expect((await scene.ask(token, 'PUT', '/nada')).body).toMatchObject({ status: 404, code: 'rota_desconhecida' });
});

test('the document names every route with the role it takes', async () => {
  const { body } = await scene.ask(null, 'GET', '/openapi.json');
  expect(body.openapi).toBe('3.1.0');
  expect(body.paths['/api/v1/sessao'].get['x-papel']).toBe('consulta');
  expect(body.paths['/api/v1/sessao'].post['x-papel']).toBe('public');
});
