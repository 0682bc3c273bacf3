import { writeCursor } from '../../api/cursor';
import { createBatch, createCarteira, createReceivable } from '../kit/record';
import { openApiScene, PASSWORD, type ApiScene } from './support/apiScene';

let scene: ApiScene;
let token: string;
beforeAll(async () => {
  scene = await openApiScene();
  token = (await scene.createSession('administrador')).session;
});
afterAll(() => scene.close());

const person = { login: 'quem', name: 'Quem', role: 'consulta', filiais: [], password: PASSWORD };
const refused = { status: 400, code: 'entrada_invalida' };

describe('input that is not as the document says is refused before anything is done', () => {
  test.each([
    ['a parameter that is given twice', '/auditoria?entity=batch&entity=user'],
    ['a number beyond what a double holds', '/carteiras/9007199254740993'],
    ['a negative number', '/carteiras/-1'],
    ['a number with a sign or a fraction', '/auditoria?limit=1e2'],
    ['a page that is too long', '/auditoria?limit=201'],
    ['a date that does not exist', '/titulos?dueFrom=2026-02-30'],
    ['a year that PostgreSQL does not have', '/titulos?dueFrom=0000-01-01'],
    ['an id of another shape', '/comunicacoes/%2e%2e%2fetc'],
    ['a text that is too long', `/titulos?q=${'x'.repeat(81)}`],
    ['a key that is too long', `/titulos/${'x'.repeat(10_000)}`],
    ['a control character in a key', '/titulos/%00'],
    ['a control character', '/titulos?q=%00'],
    ['a parameter that is misspelt', '/titulos?dueform=2026-02-01'],
  ])('%s', async (_what, path) => {
    expect((await scene.ask(token, 'GET', path)).body).toMatchObject(refused);
  });

  test('a cursor of a year that PostgreSQL does not have', async () => {
    const path = `/vencendo?cursor=${writeCursor(['0000-01-01', 1])}`;
    expect((await scene.ask(token, 'GET', path)).body).toMatchObject({ status: 422, code: 'cursor_desconhecido' });
  });

  test.each([
    ['a field that nobody may set', { ...person, active: false }],
    ['the id of the one to make', { ...person, id: 'u-000000000000' }],
    ['a role that does not exist', { ...person, role: 'root' }],
    ['a number as text', { ...person, filiais: ['1'] }],
    ['more ids than are taken', { ...person, filiais: Array.from({ length: 1_001 }, (_, nth) => nth + 1) }],
    ['__proto__', JSON.parse('{"__proto__":{"role":"administrador"},"login":"x"}') as object],
    ['a list instead of an object', [person]],
    ['NUL', { ...person, name: 'a\u0000b' }],
    ['half a character', { ...person, name: 'a\ud800b' }],
  ])('%s', async (_what, body) => {
    expect((await scene.ask(token, 'POST', '/usuarios', body)).body).toMatchObject(refused);
    expect(await scene.knex('app_user').where({ login: 'quem' })).toEqual([]);
  });

  test('more than a megabyte', async () => {
    const answer = await scene.ask(token, 'POST', '/usuarios', { ...person, name: 'x'.repeat(1_100_000) });
    expect(answer.body).toMatchObject({ status: 413, code: 'entrada_grande' });
  });
});

describe('what is wrong is said in Portuguese, by its name in the request', () => {
  const batchId = 'lote';
  const changes = { cep: '01310-100' };
  const two = 'deve ter cause ou receivableIds, um dos dois, e changes ou proposals, um dos dois';
  const scope = 'deve ser corrected, all, ou selected com receivableIds';
  test.each<[string, string, object, [string, string][]]>([
    ['of another type', '/usuarios', { ...person, filiais: ['1'] }, [['filiais.0', 'deve ser um número']]],
    [
      'that is none of those',
      '/usuarios',
      { ...person, role: 'r' },
      [['role', 'deve ser consulta, operador ou administrador']],
    ],
    ['that is too long', '/usuarios', { ...person, name: 'x'.repeat(101) }, [['name', 'no máximo 100 caracteres']]],
    ['that is not known', '/usuarios', { ...person, x: 1 }, [['x', 'não existe aqui']]],
    ['that is missing', '/usuarios', { ...person, name: undefined }, [['name', 'é obrigatório']]],
    ['of which one form is missing', '/correcoes', { batchId, changes }, [['', two]]],
    [
      'of which two forms are there',
      '/correcoes',
      { batchId, changes, cause: 'a'.repeat(32), receivableIds: [1] },
      [['', two]],
    ],
    [
      'of the form that was meant',
      '/correcoes',
      { batchId, changes, receivableIds: [0] },
      [['receivableIds.0', 'no mínimo 1']],
    ],
    ['without its scope', '/comunicacoes/lote/acoes/refazer', {}, [['scope', scope]]],
    ['of a scope that does not exist', '/comunicacoes/lote/acoes/refazer', { scope: 'x' }, [['scope', scope]]],
    [
      'of a scope that needs more',
      '/comunicacoes/lote/acoes/refazer',
      { scope: 'selected' },
      [['receivableIds', 'é obrigatório']],
    ],
  ])('%s', async (_what, path, body, fields) => {
    const answer = await scene.ask(token, 'POST', path, body);
    expect(answer.body).toMatchObject(refused);
    expect(answer.body.fields).toEqual(fields.map(([field, message]) => ({ field, message })));
  });
});

test('a provider may add to the address of the return what it likes', async () => {
  const answer = await scene.ask(null, 'GET', '/sessao/oidc/retorno?code=a&session_state=b');
  expect(answer.body).toMatchObject({ status: 404, code: 'oidc_desligado' });
});

describe('while the record is away, as the driver says it', () => {
  test.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])('%s', async (words) => {
    const error = new Error(`select * from "filial" where "name" = $1 - ${words}`);
    const broken = await openApiScene(
      undefined,
      () => ({ knex: Object.assign(() => Promise.reject(error), { raw: () => Promise.reject(error) }) as never }),
      { knex: scene.knex, url: '' },
    );
    const answer = await broken.ask(null, 'GET', '/saude');
    expect(answer.body).toMatchObject({ status: 503, code: 'registro_inacessivel' });
    expect(answer.headers.get('retry-after')).toBe('5');
  });
});

describe('text of people stays text', () => {
  const nasty = `'; drop table app_user; -- <script>alert(1)</script> %_\\ \${7*7} =1+1`;

  test('in a statement, as a value and as what is looked for', async () => {
    const made = await scene.ask(token, 'POST', '/usuarios', { ...person, login: 'o.nome', name: nasty });
    expect(made.body).toMatchObject({ name: nasty });
    expect((await scene.ask(token, 'GET', `/auditoria?actor=${encodeURIComponent(nasty)}`)).body.items).toEqual([]);
    const carteira = await createCarteira(scene.knex);
    const id = await createReceivable(scene.knex, carteira, { document: 'ABC' });
    await createBatch(scene.knex, carteira.id);
    for (const q of [nasty.slice(0, 80), '%', '_', '\\', "'"]) {
      const found = await scene.ask(token, 'GET', `/titulos?q=${encodeURIComponent(q)}`);
      expect([q, found.status, JSON.stringify(found.body)]).toEqual([q, 200, expect.not.stringContaining(`${id}`)]);
    }
    expect((await scene.ask(token, 'GET', '/titulos?q=ABC')).body.items).toMatchObject([{ id }]);
  });

  test('in an answer that no browser takes for a page', async () => {
    const answer = await scene.ask(token, 'GET', '/usuarios');
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

test('what fails inside says nothing of rows, statements or stacks', async () => {
  await scene.knex.raw('alter table filial rename to filial_gone');
  const log = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    const { body } = await scene.ask(token, 'GET', '/filiais');
    expect(body).toEqual({
      ...{ type: 'about:blank', status: 500, code: 'erro_do_sistema' },
      title: 'Algo falhou no sistema; confira antes de repetir.',
      detail: 'Se durar, veja o registro da API.',
    });
    expect(log).toHaveBeenCalledTimes(1);
  } finally {
    log.mockRestore();
    await scene.knex.raw('alter table filial_gone rename to filial');
  }
});
