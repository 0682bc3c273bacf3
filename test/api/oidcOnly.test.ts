import type { Oidc } from '../../api/access/oidc';
import { openApiScene, PASSWORD, type ApiScene } from './support/apiScene';

/* With OIDC_ONLY=true people sign in at the company's provider, and passwords of ours open nothing. */

let scene: ApiScene;
const off = { status: 403, code: 'senha_desligada' };
beforeAll(async () => {
  // Only that there is one matters here; what it answers is in oidc.test.ts.
  const oidc: Oidc = { begin: () => Promise.reject(new Error()), finish: () => Promise.reject(new Error()) };
  scene = await openApiScene(undefined, () => ({ oidc, oidcOnly: true }));
});
afterAll(() => scene.close());

test('a right password opens nothing, and the screen of entry is told', async () => {
  const { login } = await scene.createUser('administrador');
  expect((await scene.ask(null, 'POST', '/sessao', { login, password: PASSWORD })).body).toMatchObject(off);
  expect((await scene.ask(null, 'GET', '/sessao/entrada')).body).toEqual({
    ...{ password: false, oidc: true, signedIn: false },
  });
});

test('nobody is made with a password or given one, and none confirms who it is', async () => {
  const { session } = await scene.createSession('administrador');
  const { id } = await scene.createUser('consulta');
  const person = { login: 'nova', name: 'Nova', role: 'consulta', filiais: [], password: PASSWORD };
  expect((await scene.ask(session, 'POST', '/usuarios', person)).body).toMatchObject(off);
  expect((await scene.ask(session, 'PATCH', `/usuarios/${id}`, { password: PASSWORD })).body).toMatchObject(off);
  expect((await scene.ask(session, 'PATCH', `/usuarios/${id}`, { name: 'Outro Nome' })).status).toBe(200);
  expect((await scene.ask(session, 'POST', '/sessao/confirmacao', { password: PASSWORD })).body).toMatchObject({
    ...{ status: 409, code: 'sem_senha' },
  });
  expect((await scene.ask(session, 'GET', '/sessao/confirmacao')).body).toMatchObject({ password: false, oidc: false });
  const change = { current: PASSWORD, password: 'jabuticaba no quintal' };
  expect((await scene.ask(session, 'POST', '/sessao/senha', change)).body).toMatchObject({ code: 'sem_senha' });
});
