import type { Client } from '@temporalio/client';
import { connect } from '../../client/connect';
import {
  createAttempt,
  createBoleto,
  createCustomer,
  createItem,
  createReceivable,
  createReceivables,
} from '../kit/record';
import { claimNamespace } from '../kit/temporal';
import { openApiScene, type ApiScene } from './support/apiScene';
import { undocumented } from './support/documented';
import { twoFiliais, type TwoFiliais } from './support/twoFiliais';

let scene: ApiScene;
let two: TwoFiliais;
let temporal: Client;
beforeAll(async () => {
  temporal = await connect(await claimNamespace());
  scene = await openApiScene(temporal);
});
beforeEach(async () => void (two = await twoFiliais(scene)));
afterAll(async () => {
  await scene.close();
  await temporal.connection.close();
});

const ask = (method: string, path: string, body?: object) => scene.ask(two.operador, method, path, body);
const failed = { state: 'rejected', due_at: null, failure_kind: 'data', provider_code: 'CEP', field: 'payer.cep' };

/** `count` rejected títulos of the batch, each of a customer of its own. */
async function rejected(count: number): Promise<{ ids: number[]; key: string }> {
  const ids: number[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    const customer_id = await createCustomer(scene.knex, { cep: `0${nth}` });
    ids.push(await createReceivable(scene.knex, two.own.carteira, { customer_id }));
    await createItem(scene.knex, two.own.batchId, ids[nth] as number, failed);
  }
  const { body } = await ask('GET', `/comunicacoes/${two.own.batchId}/causas`);
  const cause = (body.items as { key: string; providerCode: string }[]).find(
    ({ providerCode }) => providerCode === 'CEP',
  );
  return { ids, key: cause?.key ?? '' };
}

async function cepOf(id: number): Promise<string | undefined> {
  const customer = await scene
    .knex('customer')
    .join('receivable', 'receivable.customer_id', 'customer.id')
    .where('receivable.id', id)
    .first<{ cep: string } | undefined>('cep');
  return customer?.cep;
}

describe('one título', () => {
  test('who corrects what somebody else changed meanwhile is told, and changes nothing', async () => {
    const { receivableId } = two.own;
    const { version } = (await ask('GET', `/titulos/${receivableId}`)).body as { version: number };
    const correct = (cep: string) => ask('PATCH', `/titulos/${receivableId}`, { changes: { cep }, version });
    const answers = await Promise.all(['01310200', '01310300', '01310400'].map(correct));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const late = answers.find(({ status }) => status === 409);
    expect(late?.body).toMatchObject({ code: 'titulo_mudou' });
    const [won] = answers.flatMap(({ status }, nth) => (status === 200 ? [`01310${nth + 2}00`] : []));
    expect(await cepOf(receivableId)).toBe(won);
  });

  test('a correction of a título with an unresolved call is kept, waits, and says so', async () => {
    const { carteira, batchId, receivableId } = two.own;
    const boleto = await createBoleto(scene.knex, receivableId, carteira.accountId as number, { state: 'unconfirmed' });
    await createAttempt(scene.knex, boleto, { batchId, ordinal: 1, receivableId });
    const answer = await ask('PATCH', `/titulos/${receivableId}`, {
      changes: { cep: '01310200' },
      reason: 'digitado errado',
    });
    expect(await undocumented(scene, 'patch', '/titulos/{id}', answer)).toEqual([]);
    expect(answer.body).toMatchObject({
      ...{ changed: ['cep'], waits: true, batches: [batchId], untold: [batchId] },
      waitsText: expect.stringMatching('^A correção espera') as string,
    });
    const [entry] = (await scene
      .knex('audit_entry')
      .where({ entity: 'receivable', entity_id: receivableId })) as object[];
    expect(entry).toMatchObject({ reason: 'digitado errado', before: { cep: '01310100' }, after: { cep: '01310200' } });
  });

  test('wrong fields are named, of a registered boleto it is said what the bank has, and one of another filial does not exist', async () => {
    const { carteira, receivableId } = two.own;
    expect((await ask('PATCH', `/titulos/${receivableId}`, { changes: { cep: '1', uf: 'XX' } })).body).toMatchObject({
      ...{ status: 422, code: 'correcao_invalida', fields: [{ field: 'cep' }, { field: 'uf' }] },
    });
    const registered = await createReceivable(scene.knex, carteira);
    await createBoleto(scene.knex, registered, carteira.accountId as number, { state: 'registered' });
    const later = await ask('PATCH', `/titulos/${registered}`, { changes: { data_vencimento: '10/12/2030' } });
    expect(await undocumented(scene, 'patch', '/titulos/{id}', later)).toEqual([]);
    expect(later.body).toMatchObject({
      ...{ changed: ['data_vencimento'], bankWorkText: 'o banco ainda tem 10/02/2030: alterar no banco' },
    });
    const mail = await ask('PATCH', `/titulos/${registered}`, { changes: { status: 'C' } });
    expect(mail.body.bankWorkText).toMatch(/^o banco ainda aceita o pagamento deste boleto: baixar no banco/);
    const foreign = await ask('PATCH', `/titulos/${two.foreign.receivableId}`, { changes: { cep: '01310200' } });
    expect(foreign.body).toMatchObject({ status: 404, code: 'nao_encontrado' });
    expect(await cepOf(two.foreign.receivableId)).toBe('01310100');
  });

  test('a check names what the correction and the prévia refuse, field by field, and changes nothing', async () => {
    const { receivableId } = two.own;
    const check = (changes: object) => ask('POST', `/titulos/${receivableId}/validacao`, { changes });
    const right = await check({ cep: '01310200' });
    expect(await undocumented(scene, 'post', '/titulos/{id}/validacao', right)).toEqual([]);
    expect(right.body).toEqual({ ok: true, refused: null, previa: true, fields: [] });
    const wrong = await check({ cep: '20040-002', data_vencimento: '31/02/2031' });
    expect(wrong.body).toMatchObject({
      ok: false,
      fields: [
        { field: 'data_vencimento', source: 'correcao', touched: true },
        { field: 'cep', source: 'previa', code: 'cepDeOutraUf', touched: true, whoFixes: 'cadastro do cliente' },
      ],
    });
    expect(await cepOf(receivableId)).toBe('01310100');
    expect((await ask('POST', `/titulos/${two.foreign.receivableId}/validacao`, { changes: {} })).status).toBe(404);
  });
});

describe('what is corrected and still wrong', () => {
  test('is saved, told so, not counted as corrected, and back among the corrected once it is mended', async () => {
    const { ids } = await rejected(1);
    const [id] = ids as [number];
    const counts = async () => {
      const { counts } = (await ask('GET', `/comunicacoes/${two.own.batchId}`)).body as {
        counts: { corrected: number };
      };
      return counts.corrected;
    };
    const before = await counts();
    const saved = await ask('PATCH', `/titulos/${id}`, { changes: { cep: '20040-002' } });
    expect(await undocumented(scene, 'patch', '/titulos/{id}', saved)).toEqual([]);
    expect(saved.body).toMatchObject({
      ...{ changed: ['cep'], stillWrong: [{ code: 'cepDeOutraUf', field: 'cep', whoFixes: 'cadastro do cliente' }] },
      stillWrongText: expect.stringMatching('^Ainda com pendência') as string,
    });
    expect(await counts()).toBe(before);
    expect((await ask('GET', `/titulos/${id}`)).body).toMatchObject({
      ...{ corrected: false, stateLabel: 'Ainda com pendência', stillWrong: [{ code: 'cepDeOutraUf' }] },
    });
    // Another field than the guilty one mends nothing either.
    const other = await ask('PATCH', `/titulos/${id}`, { changes: { bairro: 'Outro' } });
    expect(other.body).toMatchObject({ stillWrong: [{ field: 'cep' }] });
    expect(await counts()).toBe(before);
    await ask('PATCH', `/titulos/${id}`, { changes: { cep: '01310-200' } });
    expect(await counts()).toBe(before + 1);
    expect((await ask('GET', `/titulos/${id}`)).body).toMatchObject({ stateLabel: 'Corrigido', stillWrong: [] });
  });

  test('a single correction is undone from the história, once, and not after somebody else', async () => {
    const { ids } = await rejected(2);
    const undoOf = async (id: number) => {
      const { body } = await ask('GET', `/titulos/${id}/historia`);
      return (body.events as { undo: { entryId: number } | null }[]).flatMap(({ undo }) => undo ?? []);
    };
    for (const id of ids) await ask('PATCH', `/titulos/${id}`, { changes: { cep: '01310200' } });
    const [first, second] = ids as [number, number];
    const [undo] = await undoOf(first);
    const path = `/titulos/${first}/correcoes/${undo?.entryId}/desfazer`;
    expect((await ask('POST', `/titulos/${second}/correcoes/${undo?.entryId}/desfazer`)).status).toBe(404);
    expect((await ask('POST', path)).body).toMatchObject({ changed: ['cep'], stillWrong: [{ field: 'cep' }] });
    expect(await cepOf(first)).toBe('00');
    expect((await ask('POST', path)).body).toMatchObject({ status: 409, code: 'correcao_mudada' });
    const [late] = await undoOf(second);
    await ask('PATCH', `/titulos/${second}`, { changes: { cep: '01310300' } });
    expect((await ask('POST', `/titulos/${second}/correcoes/${late?.entryId}/desfazer`)).status).toBe(409);
    expect(await cepOf(second)).toBe('01310300');
  });
});

describe('many títulos', () => {
  test('a preview tells what would change and changes nothing; the correction does just that', async () => {
    const { ids, key } = await rejected(3);
    const body = { batchId: two.own.batchId, cause: key, changes: { cep: '01310-200' } };
    const preview = await ask('POST', '/correcoes/previa', body);
    expect(await undocumented(scene, 'post', '/correcoes/previa', preview)).toEqual([]);
    expect(preview.body).toMatchObject({ targets: 3, wouldChange: 3, unchanged: 0, refusedCount: 0 });
    expect(preview.body.examples[0]).toMatchObject({
      receivableId: ids[0],
      before: { cep: '00' },
      after: { cep: '01310200' },
    });
    expect(await cepOf(ids[0] as number)).toBe('00');

    const done = await ask('POST', '/correcoes', { ...body, reason: 'CEP geral da cidade' });
    expect(await undocumented(scene, 'post', '/correcoes', done)).toEqual([]);
    expect(done.body).toMatchObject({ corrected: 3, unchanged: 0, refused: [], batches: [two.own.batchId] });
    for (const id of ids) expect(await cepOf(id)).toBe('01310200');
    const items = await ask('GET', `/comunicacoes/${two.own.batchId}/itens?cause=${key}`);
    expect(items.body.items).toMatchObject(Array(3).fill({ corrected: true, stateLabel: 'Corrigido' }));
    const audit = await scene.knex('audit_entry').where({ action: 'corrigir', reason: 'CEP geral da cidade' });
    expect(audit).toHaveLength(3);
  });

  test('one CEP is not for payers of many cities; a row that the prévia refuses is left out of the others', async () => {
    const { ids, key } = await rejected(2);
    const rio = await createCustomer(scene.knex, { cep: '1', uf: 'RJ', city: 'Rio de Janeiro' });
    const away = await createReceivable(scene.knex, two.own.carteira, { customer_id: rio });
    await createItem(scene.knex, two.own.batchId, away, failed);
    const body = { batchId: two.own.batchId, receivableIds: [...ids, away], changes: { cep: '01310200' } };
    for (const path of ['/correcoes/previa', '/correcoes'])
      expect((await ask('POST', path, body)).body).toMatchObject({
        ...{ code: 'correcao_invalida', fields: [{ field: 'cep' }] },
      });
    const causes = (await ask('GET', `/comunicacoes/${two.own.batchId}/causas`)).body.items as object[];
    expect(causes.find((cause) => (cause as { key: string }).key === key)).toMatchObject({
      oneValue: { serves: false },
    });
    const uf = { ...body, changes: { uf: 'SP' } };
    await scene.knex('customer').where({ id: rio }).update({ cep: '20040002' });
    const preview = await ask('POST', '/correcoes/previa', uf);
    expect(preview.body).toMatchObject({
      ...{ wouldChange: 0, unchanged: 2, refused: [{ receivableId: away, reason: 'stillWrong' }] },
    });
  });

  test('the corrections of a batch are listed with what undoing would put back', async () => {
    const { ids, key } = await rejected(2);
    await ask('POST', '/correcoes', { batchId: two.own.batchId, cause: key, changes: { cep: '01310200' } });
    await ask('PATCH', `/titulos/${ids[0]}`, { changes: { cep: '01310300' } });
    const listed = await ask('GET', `/comunicacoes/${two.own.batchId}/correcoes`);
    expect(await undocumented(scene, 'get', '/comunicacoes/{batchId}/correcoes', listed)).toEqual([]);
    expect(listed.body.items).toMatchObject([
      { corrected: 2, undoable: 1, changes: { cep: '01310200' }, undoneAt: null },
    ]);
  });

  test('undone, each título has its own value again, but those that somebody changed since', async () => {
    const { ids, key } = await rejected(3);
    const body = { batchId: two.own.batchId, cause: key, changes: { cep: '01310200' } };
    const { correctionId } = (await ask('POST', '/correcoes', body)).body as { correctionId: number };
    await ask('PATCH', `/titulos/${ids[1]}`, { changes: { cep: '01310300' } });
    const undone = await ask('POST', `/correcoes/${correctionId}/desfazer`);
    expect(await undocumented(scene, 'post', '/correcoes/{id}/desfazer', undone)).toEqual([]);
    expect(undone.body).toMatchObject({ undone: 2, touched: 1, refused: 0 });
    expect(await Promise.all(ids.map(cepOf))).toEqual(['00', '01310300', '02']);
    // What is as it was sent would only be refused again.
    const items = await ask('GET', `/comunicacoes/${two.own.batchId}/itens?cause=${key}`);
    expect((items.body.items as { corrected: boolean }[]).map(({ corrected }) => corrected)).toEqual([
      ...[false, true, false],
    ]);
    expect((await ask('POST', `/correcoes/${correctionId}/desfazer`)).body).toMatchObject({
      code: 'correcao_desfeita',
    });
  });

  test('undone by several at once, each título is put back once and said so', async () => {
    const { ids, key } = await rejected(4);
    const body = { batchId: two.own.batchId, cause: key, changes: { cep: '01310200' } };
    const { correctionId } = (await ask('POST', '/correcoes', body)).body as { correctionId: number };
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => ask('POST', `/correcoes/${correctionId}/desfazer`)),
    );
    const sum = (name: 'undone' | 'touched') =>
      answers.reduce((total, { body }) => total + ((body[name] as number | undefined) ?? 0), 0);
    expect([sum('undone'), sum('touched')]).toEqual([4, 0]);
    expect(await scene.knex('correction_row').where({ correction_id: correctionId }).pluck('undo')).toEqual(
      Array(4).fill('undone'),
    );
    expect(await Promise.all(ids.map(cepOf))).toEqual(['00', '01', '02', '03']);
  });

  test('undoing never leaves what nobody could write', async () => {
    const id = await createReceivable(scene.knex, two.own.carteira, {
      amount_cents: 19_990,
      open_amount_cents: 19_990,
    });
    await createItem(scene.knex, two.own.batchId, id, failed);
    const body = { batchId: two.own.batchId, receivableIds: [id], changes: { valor_aberto: '1,00' } };
    const { correctionId } = (await ask('POST', '/correcoes', body)).body as { correctionId: number };
    await ask('PATCH', `/titulos/${id}`, { changes: { valor: '2,00' } });
    const undone = await ask('POST', `/correcoes/${correctionId}/desfazer`);
    expect(undone.body).toMatchObject({ undone: 0, touched: 1 });
    const status = { ...body, changes: { status: 'C' } };
    expect((await ask('POST', '/correcoes', status)).body).toMatchObject({
      ...{ code: 'correcao_invalida', fields: [{ field: 'status' }] },
    });
  });

  test('títulos of one customer are corrected together, and counted', async () => {
    const customer_id = await createCustomer(scene.knex, { cep: '9' });
    const ids = await createReceivables(scene.knex, two.own.carteira, 3, { customer_id });
    for (const id of ids) await createItem(scene.knex, two.own.batchId, id, failed);
    const body = { batchId: two.own.batchId, receivableIds: ids, changes: { cep: '01310200' } };
    const done = await ask('POST', '/correcoes', body);
    expect(done.body).toMatchObject({ corrected: 3, unchanged: 0 });
    const rows = await scene.knex('receivable').whereIn('id', ids).select('version');
    expect(rows).toEqual(Array(3).fill({ version: 2 }));
  });

  test('what is not in the batch, or does not take the value, is refused one by one; what is registered is counted', async () => {
    const { carteira, batchId, receivableId } = two.own;
    const registered = await createReceivable(scene.knex, carteira);
    await createItem(scene.knex, batchId, registered, { state: 'registered', due_at: null });
    await createBoleto(scene.knex, registered, carteira.accountId as number, { state: 'registered' });
    const receivableIds = [two.foreign.receivableId, registered, receivableId];
    const late = await ask('POST', '/correcoes', { batchId, receivableIds, changes: { data_emissao: '2030-06-01' } });
    const refused = late.body.refused as { receivableId: number; reason: string }[];
    expect(Object.fromEntries(refused.map((each) => [each.receivableId, each.reason]))).toEqual({
      ...{ [two.foreign.receivableId]: 'foraDaComunicacao', [registered]: 'invalid', [receivableId]: 'invalid' },
    });
    expect(late.body).toMatchObject({ corrected: 0, refusedCount: 3 });
    const body = { batchId, receivableIds: [registered, receivableId], changes: { data_vencimento: '10/12/2030' } };
    expect((await ask('POST', '/correcoes/previa', body)).body).toMatchObject({ wouldChange: 2, registered: 1 });
    expect((await ask('POST', '/correcoes', body)).body).toMatchObject({ corrected: 2, bankWork: 1 });
  });

  test('nothing of a batch of another filial is corrected, previewed or undone', async () => {
    const { batchId, receivableId } = two.foreign;
    const body = { batchId, receivableIds: [receivableId], changes: { cep: '01310200' } };
    const { correctionId } = (await scene.ask(two.administrador, 'POST', '/correcoes', body)).body as {
      correctionId: number;
    };
    const refusals = [
      await ask('POST', '/correcoes/previa', body),
      await ask('POST', '/correcoes', body),
      await ask('POST', `/correcoes/${correctionId}/desfazer`),
      await ask('POST', '/correcoes/999999/desfazer'),
    ];
    expect(refusals.map(({ body }) => [body.status, body.code])).toEqual(Array(4).fill([404, 'nao_encontrado']));
    expect(await cepOf(receivableId)).toBe('01310200');
  });

  test('five thousand are corrected and undone', async () => {
    const { carteira, batchId } = two.own;
    const { knex } = scene;
    const ids = await createReceivables(knex, carteira, 5_000);
    await knex.raw(
      `insert into batch_item (batch_id, ordinal, receivable_id, state, failure_kind, provider_code, receivable_version)
       select ?, 10 + row_number() over (order by id), id, 'rejected', 'data', 'MUITOS', 1
       from receivable where id = any(?)`,
      [batchId, ids],
    );
    const { body } = await ask('GET', `/comunicacoes/${batchId}/causas`);
    const causes = body.items as { key: string; count: number }[];
    const key = causes.find(({ count }) => count === 5_000)?.key;
    const done = await ask('POST', '/correcoes', { batchId, cause: key, changes: { data_vencimento: '2030-03-10' } });
    expect(done.body).toMatchObject({ corrected: 5_000, refusedCount: 0 });
    const undone = await ask('POST', `/correcoes/${done.body.correctionId as number}/desfazer`);
    expect(undone.body).toMatchObject({ undone: 5_000, touched: 0 });
    expect(await knex('receivable').whereIn('id', ids).where({ due_date: '2030-02-10' })).toHaveLength(5_000);
  });
});

test('what is proposed for each título of a cause is applied to all at once, each its own value', async () => {
  const ceps = ['1310100', '4538133', '99999', '01310100'];
  const ids: number[] = [];
  for (const cep of ceps) {
    const customer_id = await createCustomer(scene.knex, { cep, uf: 'SP' });
    ids.push(await createReceivable(scene.knex, two.own.carteira, { customer_id }));
    await createItem(scene.knex, two.own.batchId, ids.at(-1) as number, failed);
  }
  const items = await ask('GET', `/comunicacoes/${two.own.batchId}/itens?state=rejected`);
  const proposed = (items.body.items as { receivableId: number; proposal: object | null }[]).filter(
    ({ receivableId }) => ids.includes(receivableId),
  );
  expect(proposed.map(({ proposal }) => proposal)).toEqual([
    { field: 'cep', value: '01310100' },
    { field: 'cep', value: '04538133' },
    null,
    null,
  ]);
  const { body } = await ask('GET', `/comunicacoes/${two.own.batchId}/causas`);
  const { key } = (body.items as { key: string; providerCode: string }[]).find((each) => each.providerCode === 'CEP')!;
  const request = { batchId: two.own.batchId, cause: key, proposals: true };
  const preview = await ask('POST', '/correcoes/previa', request);
  expect(preview.body).toMatchObject({ targets: 4, wouldChange: 2, refusedCount: 2 });
  expect(
    (preview.body.examples as { before: object; after: object }[]).map(({ before, after }) => [before, after]),
  ).toEqual([
    [{ cep: '1310100' }, { cep: '01310100' }],
    [{ cep: '4538133' }, { cep: '04538133' }],
  ]);
  const result = await ask('POST', '/correcoes', request);
  expect(result.body).toMatchObject({ corrected: 2, refusedCount: 2 });
  expect(result.body.refused).toMatchObject([{ reason: 'semProposta' }, { reason: 'semProposta' }]);
  expect(await Promise.all(ids.map(cepOf))).toEqual(['01310100', '04538133', '99999', '01310100']);
  expect((await ask('POST', '/correcoes', { ...request, changes: { cep: '01310100' } })).status).toBe(400);
  const undone = await ask('POST', `/correcoes/${result.body.correctionId as number}/desfazer`);
  expect(undone.body).toMatchObject({ undone: 2 });
  expect(await cepOf(ids[0] as number)).toBe('1310100');
});
