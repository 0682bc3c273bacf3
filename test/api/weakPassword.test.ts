import { isWeak } from '../../api/access/weakPassword';
import { createFilial } from '../kit/record';
import { openApiScene, PASSWORD, type ApiScene } from './support/apiScene';

test.each([
  ...[
    'administrador',
    'Administrador1!',
    '@dm1n1str4d0r',
    'administrator',
    'senha1234567',
    'Senha@2026!!!',
    'SENHASENHASENHA',
  ],
  ...[
    'password1234',
    'P@ssw0rd2026',
    'qwertyuiop12',
    'asdfghjklqwerty',
    'abcdefghijkl',
    'zyxwvutsrqponm',
    '123456789012',
  ],
  ...[
    'aaaaaaaaaaaa',
    '11144477735123',
    '15/03/1985 99',
    'mudar123mudar',
    'bemvindo2026',
    'Boletos@2026',
    'flamengo1981!',
  ],
  ...['!@#$%&*()_+!', 'ababababababab', 'jesuscristo33', 'teste teste teste'],
])('%s is refused', (password) => {
  expect(isWeak(password)).toBe(true);
});

test.each([
  ...['senha somente de teste', 'jabuticaba no quintal', 'doze caracteres ou mais', 'outra senha de teste'],
  ...['correct horse battery staple', 'Xk9-vTq2_pLw8Zr4', 'o cachorro comeu o pão'],
])('%s is taken', (password) => {
  expect(isWeak(password)).toBe(false);
});

test('names of the person, the login and the company are no password, with or without accents', () => {
  const names = ['conceicao.abreu', 'Conceição Abreu', 'Fibra Vale do Sol Ltda'];
  for (const password of ['Conceição2026!', 'abreu-conceicao-1', 'ValeDoSol2026', 'fibravaledosol'])
    expect([password, isWeak(password, names)]).toEqual([password, true]);
  expect(isWeak('Conceição comprou abacaxi', names)).toBe(false);
});

describe('where a password is given', () => {
  let scene: ApiScene;
  let master: string;
  beforeAll(async () => {
    scene = await openApiScene();
    master = (await scene.createSession('administrador')).session;
    await createFilial(scene.knex, { name: 'Matriz', trade_name: 'Ybirapuera Conexões' });
  });
  afterAll(() => scene.close());
  const weak = { status: 422, code: 'senha_fraca', fields: [{ field: 'password' }] };

  test('to a new person or to one that is there, a weak one is refused, and nothing changes', async () => {
    const person = { login: 'zuleica', name: 'Zuleica', role: 'consulta', filiais: [] };
    for (const password of ['administrador', 'Zuleica-2026', 'ybirapuera2026'])
      expect((await scene.ask(master, 'POST', '/usuarios', { ...person, password })).body).toMatchObject(weak);
    const made = await scene.ask(master, 'POST', '/usuarios', { ...person, password: PASSWORD });
    expect(made.status).toBe(201);
    const change = { password: 'zuleicazuleica' };
    expect((await scene.ask(master, 'PATCH', `/usuarios/${made.body.id}`, change)).body).toMatchObject(weak);
    const renamed = { name: 'Gertrudes', password: 'gertrudes2026' };
    expect((await scene.ask(master, 'PATCH', `/usuarios/${made.body.id}`, renamed)).body).toMatchObject(weak);
  });

  test('by a person to itself, too', async () => {
    const { session } = await scene.createSession('consulta');
    const change = { current: PASSWORD, password: 'administrador' };
    expect((await scene.ask(session, 'POST', '/sessao/senha', change)).body).toMatchObject(weak);
  });
});
