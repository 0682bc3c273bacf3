import {
  createAccount,
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createFilial,
  createItem,
} from '../kit/record';
import { openApiScene, type ApiScene } from './support/apiScene';
import { undocumented } from './support/documented';

/* One row at a time, by the ERP's own key. */

let scene: ApiScene;
let carteira: { id: number; filialId: number };
let operador: string;
let consulta: string;
beforeAll(async () => {
  scene = await openApiScene();
  carteira = await createCarteira(scene.knex);
  operador = (await scene.createToken('operador')).token;
  consulta = (await scene.createToken('consulta')).token;
});
afterAll(() => scene?.close());

const at = (path: string, key: string | number) => `/${path}/${encodeURIComponent(key)}`;
const put = (path: string, key: string | number, body: object, who = operador) =>
  scene.ask(who, 'PUT', at(path, key), body);
const get = (path: string, key: string | number, who = consulta) => scene.ask(who, 'GET', at(path, key));
const pessoa = { tipo_pessoa: 'F', razao: 'Ana Souza', cnpj_cpf: '529.982.247-25' };
const titulo = (id_cliente: string | number, more: object = {}) => ({
  ...{ id_cliente, filial_id: carteira.filialId, id_carteira_cobranca: carteira.id },
  ...{ data_emissao: '10/01/2030', data_vencimento: '2030-02-10', valor: 99.9, ...more },
});

test('a row is put by a key of text, read by it, and put again changes nothing', async () => {
  const first = await put('clientes', 'CUST/São João 1%', pessoa);
  expect(first).toMatchObject({
    status: 201,
    body: { key: 'CUST/São João 1%', outcome: 'new', ignoredFields: [], fields: { cnpj_cpf: '52998224725', uf: '' } },
  });
  expect(await undocumented(scene, 'put', '/clientes/{id}', first)).toEqual([]);
  expect(await put('clientes', 'CUST/São João 1%', pessoa)).toMatchObject({
    status: 200,
    body: { outcome: 'unchanged' },
  });
  const changed = await put('clientes', 'CUST/São João 1%', { ...pessoa, cep: '01310-100', apelido: 'x' });
  expect(changed).toMatchObject({ status: 200, body: { outcome: 'changed', ignoredFields: ['apelido'] } });
  const { status, body } = await get('clientes', 'CUST/São João 1%');
  expect([status, body.id, body.fields]).toEqual([200, first.body.id, { ...first.body.fields, cep: '01310100' }]);

  const key = 'ACC-SINV-2026-00012';
  expect(await put('titulos', key, titulo('CUST/São João 1%', { nn_boleto: '123' }))).toMatchObject({
    status: 201,
    body: {
      fields: {
        ...{ id: key, id_cliente: 'CUST/São João 1%', filial_id: String(carteira.filialId), nn_boleto: '123' },
        ...{ valor: '99.90', data_emissao: '2030-01-10', status: 'A', impresso: 'N' },
      },
    },
  });
  expect(await scene.knex('receivable').where({ erp_key: key })).toHaveLength(1);
});

test('filiais, carteiras and keys of digits: the id is the key', async () => {
  const filial = await put('filiais', 77_001, { razao: 'Filial Norte' });
  expect(filial).toMatchObject({ status: 201, body: { id: 77_001, key: '77001', fields: { razao: 'Filial Norte' } } });
  expect((await get('filiais', 77_001)).body.fields).toEqual(filial.body.fields);
  const put1 = await put('carteiras', 'BB-17', { descricao: 'BB', filial_id: 77_001, endereco_boleto: 'cobranca' });
  expect(put1).toMatchObject({
    status: 201,
    body: { key: 'BB-17', fields: { filial_id: '77001', endereco_boleto: 'cobranca' } },
  });
  expect(await put('clientes', 77_002, { ...pessoa, id: 77_002, type: 'cliente' })).toMatchObject({ status: 201 });
});

test('what does not fit is told by field, in the words of the import, and nothing is written', async () => {
  const problem = async (path: string, key: string | number, body: object) => {
    const { status, body: told } = await put(path, key, body);
    return [status, told.code, (told.fields as { field: string }[]).map(({ field }) => field)];
  };
  expect(await problem('clientes', 'X-1', { tipo_pessoa: 'Z', razao: 'A' })).toEqual([
    ...[422, 'linha_invalida', ['tipo_pessoa', 'cnpj_cpf']],
  ]);
  expect(await problem('titulos', 'X-1', titulo('ninguém'))).toEqual([422, 'linha_invalida', ['id_cliente']]);
  expect(await problem('clientes', 'X-1', { ...pessoa, id: 'X-2' })).toEqual([422, 'linha_invalida', ['id']]);
  expect(await problem('clientes', 'X-1', { ...pessoa, type: 'titulo' })).toEqual([422, 'linha_invalida', ['type']]);
  expect(await problem('clientes', 'X-1', { ...pessoa, razao: ['A'] })).toEqual([422, 'linha_invalida', ['razao']]);
  expect(await problem('clientes', 'k'.repeat(10_000), pessoa)).toEqual([400, 'entrada_invalida', ['id']]);
  expect(await problem('clientes', 'a\u0007b', pessoa)).toEqual([400, 'entrada_invalida', ['id']]);
  expect(await get('clientes', 'X-1')).toMatchObject({ status: 404, body: { code: 'nao_encontrado' } });
  expect(await put('clientes', 'X-1', pessoa, consulta)).toMatchObject({ status: 403 });
});

test('a título whose attempt has no certain end is changed later, and that is told', async () => {
  await put('clientes', 88_001, pessoa);
  const { body } = await put('titulos', 88_002, titulo(88_001));
  const receivableId = body.id as number;
  const batchId = await createBatch(scene.knex, carteira.id);
  const ordinal = await createItem(scene.knex, batchId, receivableId, { state: 'unconfirmed' });
  const boleto = await createBoleto(scene.knex, receivableId, await createAccount(scene.knex), {
    state: 'unconfirmed',
  });
  await createAttempt(scene.knex, boleto, { batchId, ordinal, receivableId });
  expect(await put('titulos', 88_002, titulo(88_001, { valor: '1,00' }))).toMatchObject({
    ...{ status: 200, body: { outcome: 'pending' } },
  });
  expect(await put('titulos', 88_002, titulo(88_001))).toMatchObject({ status: 200, body: { outcome: 'unchanged' } });
});

test('rows of another filial are neither read nor written', async () => {
  const own = await createFilial(scene.knex);
  const { token } = await scene.createToken('operador', [own]);
  await put('clientes', 99_001, pessoa);
  await put('titulos', 99_002, titulo(99_001));
  for (const [path, key, body] of [
    ['clientes', 99_001, pessoa],
    ['titulos', 99_002, titulo(99_001)],
    ['filiais', carteira.filialId, { razao: 'Minha' }],
    ['carteiras', carteira.id, { descricao: 'Minha' }],
  ] as const)
    expect([path, await put(path, key, body, token)]).toMatchObject([path, { status: 422 }]);
  expect(await get('clientes', 99_001, token)).toMatchObject({ status: 404 });
  expect(await get('filiais', carteira.filialId, token)).toMatchObject({ status: 404 });
  expect(await put('filiais', own, { razao: 'Minha' }, token)).toMatchObject({ status: 200 });
});
