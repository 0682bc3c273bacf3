import { createBoleto, createCustomer, createReceivable } from '../kit/record';
import { openApiScene, type ApiScene } from './support/apiScene';
import { undocumented } from './support/documented';
import { twoFiliais, type TwoFiliais } from './support/twoFiliais';

let scene: ApiScene;
let two: TwoFiliais;
beforeAll(async () => {
  scene = await openApiScene();
  two = await twoFiliais(scene);
});
afterAll(() => scene.close());

const idsOf = (body: { items: { id: number }[] }) => body.items.map(({ id }) => id);

test('a título is found by id, nosso número, name without accents, CPF and document', async () => {
  const { carteira } = two.own;
  const customer_id = await createCustomer(scene.knex, { name: 'João Araçá Inventado', document: '11144477735' });
  const id = await createReceivable(scene.knex, carteira, { customer_id, document: 'NF-77' });
  await createBoleto(scene.knex, id, carteira.accountId as number, { our_number: '00031285570000000042' });
  for (const q of [String(id), '00031285570000000042', 'joao araca', '111.444.777-35', 'NF-77']) {
    const answer = await scene.ask(two.consulta, 'GET', `/titulos?q=${encodeURIComponent(q)}`);
    expect([q, idsOf(answer.body)]).toEqual([q, [id]]);
    expect(await undocumented(scene, 'get', '/titulos', answer)).toEqual([]);
  }
});

test('pages follow each other, and only the own filial is in them', async () => {
  const ids: number[] = [];
  let next: string | null = '';
  while (next !== null) {
    const { body } = await scene.ask(two.consulta, 'GET', `/titulos?limit=1${next ? `&cursor=${next}` : ''}`);
    ids.push(...idsOf(body));
    next = body.next;
  }
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  expect(ids).toContain(two.own.receivableId);
  expect(ids).not.toContain(two.foreign.receivableId);
  const all = await scene.ask(two.administrador, 'GET', '/titulos?state=rejected');
  expect(idsOf(all.body)).toEqual([two.own.receivableId, two.foreign.receivableId]);
});

test('one título shows its fields by the ERP names, why it failed, and what may be corrected', async () => {
  const { receivableId, batchId } = two.own;
  const answer = await scene.ask(two.consulta, 'GET', `/titulos/${receivableId}`);
  expect(await undocumented(scene, 'get', '/titulos/{id}', answer)).toEqual([]);
  expect(answer.body).toMatchObject({
    receivable: { id: receivableId, valor: '99.90', data_vencimento: '2030-02-10', liberado: 'S', impresso: 'N' },
    customer: { razao: 'Fulano Inventado de Teste', cep: '01310100' },
    ...{ state: 'rejected', stateLabel: 'Rejeitado (dados)', boleto: null, waits: false },
    liveBatch: { batchId, fieldName: 'cep', bankWords: '4874915 CEP inválido', whoFixes: 'cadastro do cliente' },
  });
  expect(answer.body.editable).toContain('cep');
});

test('a registered título shows its codes, and is corrected as any other', async () => {
  const id = await createReceivable(scene.knex, two.own.carteira, { impresso: true });
  await createBoleto(scene.knex, id, two.own.carteira.accountId as number, { state: 'registered' });
  const answer = await scene.ask(two.consulta, 'GET', `/titulos/${id}`);
  expect(await undocumented(scene, 'get', '/titulos/{id}', answer)).toEqual([]);
  expect(answer.body).toMatchObject({ state: 'registered', liveBatch: null, proposals: [], bankWork: null });
  expect(answer.body.editable).toContain('data_vencimento');
  expect(answer.body.boleto.linhaDigitavel).toMatch(/^\d{47}$/);
});

test('a título of another filial is answered like one that does not exist', async () => {
  const foreign = await scene.ask(two.consulta, 'GET', `/titulos/${two.foreign.receivableId}`);
  const unknown = await scene.ask(two.consulta, 'GET', '/titulos/999999999');
  expect(foreign.body).toMatchObject({ status: 404, code: 'nao_encontrado' });
  const words = `O título ${two.foreign.receivableId} não existe, ou não é da sua filial.`;
  expect(foreign.body.title).toBe(words);
  expect(unknown.body.title).toBe(words.replace(String(two.foreign.receivableId), '999999999'));
});

test('a título that the ERP calls by a text is found, shown and corrected by its key as by its id', async () => {
  const { carteira } = two.own;
  const erp_key = 'ACC/2026 nº 12.1';
  const customer_id = await createCustomer(scene.knex, { erp_key: 'Cliente ç' });
  const id = await createReceivable(scene.knex, carteira, { erp_key, customer_id });
  const key = encodeURIComponent(erp_key);
  const found = await scene.ask(two.consulta, 'GET', `/titulos?q=${key}`);
  expect(found.body.items).toMatchObject([{ id, erpKey: erp_key }]);
  for (const name of [key, String(id)]) {
    const answer = await scene.ask(two.consulta, 'GET', `/titulos/${name}`);
    expect(await undocumented(scene, 'get', '/titulos/{id}', answer)).toEqual([]);
    expect(answer.body).toMatchObject({
      ...{ id, erpKey: erp_key },
      receivable: { id: erp_key, id_cliente: 'Cliente ç', filial_id: carteira.filialId },
      customer: { id: 'Cliente ç' },
    });
  }
  const corrected = await scene.ask(two.operador, 'PATCH', `/titulos/${key}`, { changes: { documento: 'NF-99' } });
  expect(corrected.body).toMatchObject({ receivableId: id, changed: ['documento'] });
  expect((await scene.ask(two.consulta, 'GET', `/titulos/${key}/historia`)).status).toBe(200);
});

test('a key of another filial is answered like one that does not exist, and repeated in part', async () => {
  await scene
    .knex('receivable')
    .where({ id: two.foreign.receivableId })
    .update({ erp_key: 'x'.repeat(60) });
  const { body } = await scene.ask(two.consulta, 'GET', `/titulos/${'x'.repeat(60)}`);
  expect(body).toMatchObject({ status: 404, code: 'nao_encontrado' });
  expect(body.title).toBe(`O título ${'x'.repeat(40)}… não existe, ou não é da sua filial.`);
});
