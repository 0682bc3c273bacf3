import { once } from 'node:events';
import type { Knex } from 'knex';
import { identityOf } from '../../api/access/oidc';
import { createTestDatabase } from '../kit/database';
import { createFilial, createUser } from '../kit/record';
import { startApiProgram, startProgram, type RunningProgram } from './support/programs';
import { createVisitor } from './support/webVisitor';

type Claims = Record<string, unknown>;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;
let provider: RunningProgram<{ issuer: string }>;
let api: RunningProgram<{ origin: string }>;
let filial: number;
const people: Record<string, Claims> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
  filial = await createFilial(knex);
  await createUser(knex, { role: 'administrador' });
  provider = await startProgram(['test/api/programs/oidcProvider.mjs']);
  api = await startApiProgram(database.url, {
    OIDC_ISSUER: provider.ready.issuer,
    OIDC_CLIENT_ID: 'boletos',
    OIDC_CLIENT_SECRET: 'segredo somente de teste',
    OIDC_SCOPE: 'openid profile acesso',
    OIDC_ROLE_CLAIM: 'papel',
    OIDC_FILIAL_CLAIM: 'acesso.filiais',
  });
  await tell({
    clients: [
      {
        ...{ client_id: 'boletos', client_secret: 'segredo somente de teste' },
        redirect_uris: [`${api.ready.origin}/api/v1/sessao/oidc/retorno`],
      },
    ],
  });
});
afterAll(async () => {
  await api?.stop();
  await provider?.stop();
  await database?.close();
});

async function tell(message: object): Promise<void> {
  provider.child.send({ people, ...message });
  await once(provider.child, 'message');
}

const sessao = () => `${api.ready.origin}/api/v1/sessao`;
const RETURN = () => `${sessao()}/oidc/retorno`;
type Visitor = ReturnType<typeof createVisitor>;

/** Signs in at the provider as `subject`, and stops where it sends the browser back. */
async function comeBack(visitor: Visitor, subject: string, from = `${sessao()}/oidc`): Promise<string> {
  const { issuer } = provider.ready;
  let { url } = await visitor.walk(from, [issuer]);
  for (const form of [{ prompt: 'login', login: subject, password: 'x' }, { prompt: 'consent' }])
    if (url.startsWith(issuer))
      ({ url } = await visitor.walk(url, [issuer], {
        ...{ method: 'POST', body: new URLSearchParams(form as Record<string, string>) },
      }));
  return url;
}

async function signIn(subject: string, claims: Claims) {
  people[subject] = claims;
  await tell({});
  const visitor = createVisitor();
  const answer = await visitor.ask(await comeBack(visitor, subject));
  const me = (await (await visitor.ask(sessao())).json()) as Claims;
  return { visitor, answer, me };
}
const personOf = (subject: string) =>
  knex('app_user')
    .where({ oidc_subject: `${provider.ready.issuer} ${subject}` })
    .first() as Promise<Record<string, unknown>>;

describe('signing in at the company’s provider', () => {
  test('makes the person at the first time, with role and filiais of the claims', async () => {
    const { answer, me } = await signIn('s-1', {
      ...{
        name: 'Ana Inventada',
        preferred_username: 'Ana',
        papel: ['x', 'operador'],
        acesso: { filiais: [filial, 987] },
      },
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/']);
    const person = await personOf('s-1');
    expect(person).toMatchObject({ login: 'ana', password_hash: null });
    expect(me).toEqual({
      ...{ id: person['id'], name: 'Ana Inventada', role: 'operador', filiais: [filial] },
      csrfToken: expect.any(String),
    });
    expect(await knex('audit_entry').where({ entity_id: person['id'] }).orderBy('id')).toMatchObject([
      { action: 'createUser', after: { role: 'operador', filiais: [filial], provider: true } },
      { action: 'signIn', after: { how: 'provider', address: '127.0.0.1' } },
    ]);
  });

  test('finds the same person by its subject, whatever its names are now, and takes over what the claims say', async () => {
    const before = await signIn('s-2', { preferred_username: 'bia', papel: 'operador', acesso: { filiais: 'todas' } });
    const after = await signIn('s-2', { preferred_username: 'beatriz', papel: 'consulta', acesso: { filiais: [] } });
    expect(before.me).toMatchObject({ role: 'operador', filiais: null });
    expect(after.me).toMatchObject({ id: before.me['id'], role: 'consulta', filiais: [] });
    // The former session had other rights: it is over.
    expect((await before.visitor.ask(sessao())).status).toBe(401);
  });

  test('a login of ours that reads the same is somebody else', async () => {
    const id = await createUser(knex, { login: 'diretora', role: 'administrador' });
    const { me } = await signIn('s-3', { preferred_username: 'diretora' });
    expect(me['id']).not.toBe(id);
    expect(me).toMatchObject({ role: 'consulta', filiais: [] });
    expect(await personOf('s-3')).toMatchObject({ login: me['id'] });
  });

  test('who was deactivated here is refused', async () => {
    const { me } = await signIn('s-4', {});
    await knex('app_user').where({ id: me['id'] }).update({ active: false });
    const { answer } = await signIn('s-4', {});
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'login_recusado' });
  });

  test('the only administrator of all filiais stays one, whatever the claims say', async () => {
    const { me } = await signIn('s-5', { papel: 'administrador', acesso: { filiais: 'todas' } });
    const others = await knex('app_user').where({ role: 'administrador' }).whereNot({ id: me['id'] }).select('id');
    const ids = others.map(({ id }: { id: string }) => id);
    await knex('app_user').whereIn('id', ids).update({ active: false });
    expect((await signIn('s-5', { papel: 'consulta' })).me).toMatchObject({ id: me['id'], role: 'administrador' });
    await knex('app_user').whereIn('id', ids).update({ active: true });
  });
});

describe('a return that is not exactly what this browser began is refused', () => {
  const refused = async (visitor: Visitor, url: string) => {
    const answer = await visitor.ask(url);
    expect([answer.status, ((await answer.json()) as Claims)['code']]).toEqual([401, 'entrada_recusada']);
    expect(visitor.cookies(api.ready.origin).has('boletos_sessao')).toBe(false);
  };
  beforeAll(() => void (people['s-9'] = { name: 'Nove' }));
  const change = (url: string, parameter: string, value: string) => {
    const changed = new URL(url);
    changed.searchParams.set(parameter, value);
    return changed.href;
  };

  test('in another browser', async () => {
    await tell({});
    const url = await comeBack(createVisitor(), 's-9');
    expect(url).toContain(`${RETURN()}?code=`);
    await refused(createVisitor(), url);
  });

  test('with another state, code or issuer', async () => {
    for (const parameter of ['state', 'code', 'iss']) {
      const visitor = createVisitor();
      await refused(visitor, change(await comeBack(visitor, 's-9'), parameter, 'https://outro.invalid'));
    }
  });

  test('begun by another browser: its code with this one’s cookie', async () => {
    const [victim, attacker] = [createVisitor(), createVisitor()];
    const own = new URL(await comeBack(victim, 's-9'));
    const stolen = new URL(await comeBack(attacker, 's-9'));
    // The state is the victim's; the code was asked for with another PKCE verifier and another nonce.
    await refused(victim, change(own.href, 'code', stolen.searchParams.get('code') as string));
  });

  test('a second time', async () => {
    const visitor = createVisitor();
    const url = await comeBack(visitor, 's-9');
    expect((await visitor.ask(url)).status).toBe(302);
    const again = await visitor.ask(url);
    expect(again.status).toBe(401);
  });

  test('when the person refused at the provider; who looks at a browser is led to the screens', async () => {
    const visitor = createVisitor();
    await visitor.walk(`${sessao()}/oidc`, [provider.ready.issuer]);
    const url = change(change(RETURN(), 'error', 'access_denied'), 'state', 'x');
    const answer = await visitor.ask(url, { headers: { Accept: 'text/html' } });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/?entrada=entrada_recusada']);
  });
});

describe('who gives access and has no password here', () => {
  const CONFIRM = () => `${sessao()}/oidc/confirmacao`;
  const enter = (subject: string) => signIn(subject, { papel: 'administrador', acesso: { filiais: 'todas' } });
  const makePerson = async ({ visitor, me }: Awaited<ReturnType<typeof enter>>) => {
    const answer = await visitor.ask(`${api.ready.origin}/api/v1/usuarios`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': String(me['csrfToken']) },
      body: JSON.stringify({
        ...{ login: `nova-${Math.random()}`, name: 'Nova', role: 'consulta', filiais: [] },
        password: 'senha somente de teste',
      }),
    });
    return ((await answer.json()) as { code?: string }).code ?? answer.status;
  };

  test('signs in at the provider again, though it is signed in there', async () => {
    const person = await enter('s-6');
    const ways = await person.visitor.ask(`${sessao()}/confirmacao`);
    expect(await ways.json()).toEqual({ until: null, password: false, oidc: true });
    expect(await makePerson(person)).toBe('confirmacao_necessaria');
    const { url } = await person.visitor.walk(CONFIRM(), [provider.ready.issuer]);
    expect(url).toContain(`${provider.ready.issuer}/interaction/`);
    const back = await person.visitor.ask(await comeBack(person.visitor, 's-6', CONFIRM()));
    expect([back.status, back.headers.get('location')]).toEqual([302, '/confirmacao']);
    expect(await makePerson(person)).toBe(201);
    expect(await knex('audit_entry').where({ actor: person.me['id'], action: 'confirmIdentity' })).toMatchObject([
      { after: { how: 'provider' } },
    ]);
  });

  test('is not confirmed by somebody else’s account, nor by a provider that did not ask again', async () => {
    await enter('s-7');
    const person = await enter('s-8');
    person.visitor.cookies(provider.ready.issuer).clear();
    const back = await person.visitor.ask(await comeBack(person.visitor, 's-7', CONFIRM()), {
      headers: { Accept: 'text/html' },
    });
    expect(back.headers.get('location')).toBe('/confirmacao?entrada=entrada_recusada');
    const again = await enter('s-8');
    const begun = new URL((await again.visitor.ask(CONFIRM())).headers.get('location') as string);
    expect([begun.searchParams.get('prompt'), begun.searchParams.get('max_age')]).toEqual(['login', '0']);
    ['prompt', 'max_age'].forEach((name) => begun.searchParams.delete(name));
    const refused = await again.visitor.ask(await comeBack(again.visitor, 's-8', begun.href));
    expect([refused.status, ((await refused.json()) as Claims)['code']]).toEqual([401, 'entrada_recusada']);
    expect([await makePerson(person), await makePerson(again)]).toEqual(Array(2).fill('confirmacao_necessaria'));
  });

  test('has a session that lives on: one that ended meanwhile is not confirmed', async () => {
    const person = await enter('s-10');
    const url = await comeBack(person.visitor, 's-10', CONFIRM());
    await knex('app_session').where({ user_id: person.me['id'] }).delete();
    expect((await person.visitor.ask(url)).status).toBe(401);
  });
});

test.each([
  ['another key than the provider shows is refused', true, 401],
  ['its own key is taken', false, 302],
])('an ID token that is signed by %s', async (_key, otherKeys, status) => {
  const other = await startApiProgram(database.url, {
    OIDC_ISSUER: provider.ready.issuer,
    OIDC_CLIENT_ID: 'boletos',
    OIDC_CLIENT_SECRET: 'segredo somente de teste',
    // Where the provider sends the browser back; the test carries it on to this one, which has read no keys yet.
    API_PUBLIC_URL: api.ready.origin,
  });
  people['s-11'] = {};
  try {
    await tell({ otherKeys });
    const visitor = createVisitor();
    const path = `${other.ready.origin}/api/v1/sessao/oidc`;
    const url = await comeBack(visitor, 's-11', path);
    expect((await visitor.ask(`${path}/retorno${new URL(url).search}`)).status).toBe(status);
  } finally {
    await tell({ otherKeys: false });
    await other.stop();
  }
});

test('where no provider is configured, or it does not answer, that is said', async () => {
  const variables = { OIDC_ISSUER: 'http://127.0.0.1:1', OIDC_CLIENT_ID: 'x' };
  for (const [given, expected] of [
    [variables, { status: 503, code: 'provedor_inacessivel' }],
    [{}, { status: 404, code: 'oidc_desligado' }],
  ] as const) {
    const other = await startApiProgram(database.url, given);
    try {
      const answer = await fetch(`${other.ready.origin}/api/v1/sessao/oidc`, { redirect: 'manual' });
      expect(await answer.json()).toMatchObject(expected);
      const ways = await fetch(`${other.ready.origin}/api/v1/sessao/entrada`);
      expect(await ways.json()).toEqual({ password: true, oidc: 'OIDC_ISSUER' in given, signedIn: false });
    } finally {
      await other.stop();
    }
  }
});

describe('claims', () => {
  const who = { iss: 'https://p.invalid', sub: '7' };
  const read = (claims: Claims) => identityOf({ ...claims, ...who }, { roleClaim: 'papeis', filialClaim: 'a.b' });

  test.each([
    [{ papeis: 'operador' }, 'operador', []],
    [{ papeis: ['consulta', 'administrador', 'operador'] }, 'administrador', []],
    [{ papeis: 'root' }, 'consulta', []],
    [{ papeis: { operador: true } }, 'consulta', []],
    [{}, 'consulta', []],
    [{ a: { b: '1, 2 2' } }, 'consulta', [1, 2]],
    [{ a: { b: [3, '4', -1, 'x', null] } }, 'consulta', [3, 4]],
    [{ a: { b: 'todas' } }, 'consulta', null],
    [{ 'a.b': 5 }, 'consulta', [5]],
  ])('%j: %s, %j', (claims, role, filiais) => {
    expect(read(claims)).toMatchObject({ role, filiais });
  });

  test.each(['', ' '])('a subject of %j is nobody', (sub) => {
    expect(() => identityOf({ ...who, sub }, {})).toThrow('não confirmou quem é');
  });

  test('nobody is given anything by a claim that is not configured', () => {
    const identity = identityOf({ ...who, papeis: 'administrador', role: 'administrador' }, {});
    expect(identity).toEqual({ subject: 'https://p.invalid 7', login: null, name: null });
  });
});
