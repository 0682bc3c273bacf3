import type { Client } from '@temporalio/client';
import { connect } from '../../client/connect';
import { reviewWorkflowId } from '../../domain/batch/names';
import { createCarteira, createFilial, createReceivable } from '../kit/record';
import { claimNamespace } from '../kit/temporal';
import { openApiScene, type ApiScene } from './support/apiScene';

let scene: ApiScene;
let temporal: Client;
let convenio = 2_100_000;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  temporal = await connect(await claimNamespace());
  scene = await openApiScene(temporal);
  for (const role of ['consulta', 'operador'] as const) tokens[role] = (await scene.createToken(role)).token;
});
afterAll(async () => {
  await scene.close();
  await temporal.connection.close();
});

const carteiraWith = (columns: object = {}) => {
  convenio += 1;
  return createCarteira(scene.knex, { convenio: String(convenio), agency: '452', bank_account: '123873', ...columns });
};
const begin = (id: number, body: object, key = 'conferencia-1', who = 'operador') =>
  scene.ask(tokens[who]!, 'POST', `/carteiras/${id}/conferencias`, body, { 'Idempotency-Key': key });

test('a review is begun once for one key, and there is one at a time', async () => {
  const { id } = await carteiraWith();
  const begun = await begin(id, { from: '2026-01-01', to: '2026-01-31' });
  expect([begun.status, begun.body.warning]).toEqual([201, null]);
  const { reviewId } = begun.body;
  expect((await temporal.workflow.getHandle(reviewWorkflowId(reviewId)).describe()).status.name).toBe('RUNNING');
  expect(await begin(id, { from: '2026-01-01', to: '2026-01-31' })).toMatchObject({ status: 200, body: { reviewId } });
  expect(await begin(id, { from: '2026-01-02' })).toMatchObject({ status: 409, body: { code: 'chave_repetida' } });
  expect(await begin(id, { from: '2026-01-01' }, 'conferencia-2')).toMatchObject({
    ...{ status: 409, body: { code: 'conferencia_em_andamento', title: expect.stringContaining(reviewId) } },
  });
  const shown = await scene.ask(tokens.consulta!, 'GET', `/conferencias/${reviewId}`);
  expect(shown.body).toMatchObject({
    reviewId,
    state: 'listing',
    ended: false,
    listed: 0,
    findings: [],
    nextNumber: null,
  });
  const listed = await scene.ask(tokens.consulta!, 'GET', `/carteiras/${id}/conferencias`);
  expect((listed.body.items as { reviewId: string }[]).map((each) => each.reviewId)).toEqual([reviewId]);
});

test('what is missing or wrong is said with what to do', async () => {
  const code = async (id: number, body: object) => (await begin(id, body, 'conferencia-3')).body.code;
  const { id: nowhere } = await carteiraWith({ agency: null });
  expect(await begin(nowhere, { from: '2026-01-01' })).toMatchObject({
    status: 409,
    body: { code: 'carteira_sem_agencia', detail: expect.stringContaining('sem os dígitos verificadores') },
  });
  const { id: bare } = await carteiraWith({ account_id: null });
  expect(await code(bare, { from: '2026-01-01' })).toBe('carteira_sem_conta');
  const { id } = await carteiraWith();
  expect(await code(id, { from: '2026-02-01', to: '2026-01-01' })).toBe('periodo_invalido');
  expect(await code(id, { from: '2024-01-01', to: '2026-01-01' })).toBe('periodo_invalido');
  expect(await code(id, { from: '2199-01-01' })).toBe('periodo_invalido');
  expect(await code(id, { from: '31/01/2026' })).toBe('entrada_invalida');
  expect(await code(999_999, { from: '2026-01-01' })).toBe('nao_encontrado');
  expect((await begin(id, { from: '2026-01-01' }, 'conferencia-4', 'consulta')).status).toBe(403);
});

test('findings come page by page; those about títulos of another filial are nobody else’s business', async () => {
  const filialId = await createFilial(scene.knex);
  const { id } = await carteiraWith({ filial_id: filialId });
  const { reviewId } = (await begin(id, { from: '2026-01-01' }, 'conferencia-5')).body;
  const own = await createReceivable(scene.knex, { id, filialId });
  const foreign = await createReceivable(scene.knex, { id, filialId: await createFilial(scene.knex) });
  const row = { review_id: reviewId, convenio: String(convenio), source: 'list' };
  await scene.knex('bank_review_finding').insert([
    { ...row, number: '1', kind: 'adopted', receivable_id: own },
    { ...row, number: '2', kind: 'adopted', receivable_id: foreign },
    { ...row, number: '3', kind: 'foreign', amount_cents: 9_990, due_date: '2026-03-31' },
    { ...row, number: '4', kind: 'equal' },
  ]);
  const { token } = await scene.createToken('consulta', [filialId]);
  const numbers = async (who: string, query = '') => {
    const { body } = await scene.ask(who, 'GET', `/conferencias/${reviewId}/achados${query}`);
    return [(body.items as { number: string }[]).map(({ number }) => number), body.next];
  };
  expect(await numbers(tokens.consulta!)).toEqual([['1', '2', '3'], null]);
  expect(await numbers(token)).toEqual([['1', '3'], null]);
  expect(await numbers(token, '?kind=foreign')).toEqual([['3'], null]);
  const [first, next] = await numbers(tokens.consulta!, '?limit=2');
  expect([first, await numbers(tokens.consulta!, `?limit=2&cursor=${String(next)}`)]).toEqual([
    ['1', '2'],
    [['3'], null],
  ]);
  const { token: other } = await scene.createToken('consulta', [await createFilial(scene.knex)]);
  expect((await scene.ask(other, 'GET', `/conferencias/${reviewId}/achados`)).body.code).toBe('nao_encontrado');
});
