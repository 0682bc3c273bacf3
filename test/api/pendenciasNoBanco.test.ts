import { correctReceivable } from '../../record/receivables/corrections';
import { knownCodec } from '../../gateways';
import { createBoleto, createReceivable } from '../kit/record';
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

async function registered(carteira: TwoFiliais['own']['carteira'], changes: Record<string, string>): Promise<number> {
  const id = await createReceivable(scene.knex, carteira, { impresso: true });
  await createBoleto(scene.knex, id, carteira.accountId as number, { state: 'registered', our_number: `N${id}` });
  await correctReceivable(scene.knex, { receivableId: id, changes, by: 'u-1' }, knownCodec);
  return id;
}

test('what is to be done at the bank is listed, counted, told in Hoje and on the título, and closed by who did it', async () => {
  const { carteira } = two.own;
  const [later, cancelled] = [
    await registered(carteira, { data_vencimento: '10/12/2030' }),
    await registered(carteira, { status: 'C' }),
  ];
  const foreign = await registered(two.foreign.carteira, { data_vencimento: '10/12/2030' });
  const path = '/pendencias-no-banco';
  const list = await scene.ask(two.consulta, 'GET', `${path}?limit=1`);
  expect(await undocumented(scene, 'get', path, list)).toEqual([]);
  expect(list.body).toMatchObject({
    counts: { alter: 1, cancel: 1 },
    items: [
      {
        ...{ receivableId: later, kind: 'alter', kindLabel: 'alterar no banco', originLabel: 'correção' },
        fields: [{ field: 'data_vencimento', bank: '2030-02-10', bankText: '10/02/2030', wantedText: '10/12/2030' }],
      },
    ],
  });
  const rest = await scene.ask(two.consulta, 'GET', `${path}?cursor=${list.body.next as string}`);
  expect(rest.body).toMatchObject({ items: [{ receivableId: cancelled, kind: 'cancel' }], next: null });
  const some = await scene.ask(two.administrador, 'GET', `${path}?kind=alterar&carteiraId=${two.foreign.carteira.id}`);
  expect(some.body).toMatchObject({ items: [{ receivableId: foreign }], counts: { alter: 1, cancel: 0 } });

  const hoje = (await scene.ask(two.consulta, 'GET', '/hoje')).body.items as { kind: string; to: string }[];
  expect(hoje.filter(({ kind }) => /bankWork|payable/.test(kind))).toMatchObject([
    { kind: 'payableThoughClosed', to: '/ainda-pagaveis?status=C' },
    {
      ...{ kind: 'bankWork', to: `/pendencias-no-banco?carteira=${carteira.id}&tipo=alterar` },
      words: `Carteira ${carteira.id} · Carteira de teste: 1 boleto a alterar no banco.`,
    },
  ]);
  const titulo = await scene.ask(two.consulta, 'GET', `/titulos/${later}`);
  expect(await undocumented(scene, 'get', '/titulos/{id}', titulo)).toEqual([]);
  const { bankWork } = titulo.body as { bankWork: { id: number; changedAt: string; words: string } };
  expect(bankWork.words).toBe('o banco ainda tem 10/02/2030: alterar no banco');

  const close = (token: string, id: number, body: object) => scene.ask(token, 'POST', `${path}/${id}/feita`, body);
  const reason = 'Alterado no site do banco';
  expect((await close(two.consulta, bankWork.id, { reason })).status).toBe(403);
  expect((await close(two.operador, some.body.items[0].id as number, { reason })).status).toBe(404);
  const stale = await close(two.operador, bankWork.id, { reason, changedAt: '2030-01-01T00:00:00.000Z' });
  expect(stale.body).toMatchObject({ status: 409, code: 'pendencia_mudou' });
  const done = await close(two.operador, bankWork.id, { reason, changedAt: bankWork.changedAt });
  expect(await undocumented(scene, 'post', `${path}/{id}/feita`, done)).toEqual([]);
  expect(done.body).toMatchObject({ id: bankWork.id, receivableId: later });
  expect((await close(two.operador, bankWork.id, { reason })).body).toMatchObject({ code: 'pendencia_encerrada' });
  const story = (await scene.ask(two.consulta, 'GET', `/titulos/${later}/historia`)).body.events as { text: string }[];
  expect(story.map(({ text }) => text)).toEqual(
    expect.arrayContaining([
      'Corrigido',
      'Mudou depois do registro: a alterar ou baixar no banco',
      'Feito no banco por uma pessoa',
    ]),
  );
});

test('between a correction and what the ERP sent since a person decides, on the título that Hoje leads to', async () => {
  const { knex } = scene;
  const { carteira } = two.own;
  const id = await createReceivable(knex, carteira);
  await correctReceivable(knex, { receivableId: id, changes: { valor: '120,00' }, by: 'u-1' }, knownCodec);
  const contradict = (value: number) =>
    knex('correction_basis')
      .where({ row_id: id, column_name: 'amount_cents' })
      .update({ conflict_value: JSON.stringify(value), conflict_at: new Date(), conflict_by: 'erp' });
  await contradict(11_000);
  const hoje = (await scene.ask(two.consulta, 'GET', '/hoje')).body.items as { kind: string }[];
  expect(hoje.filter(({ kind }) => kind === 'sourceConflict')).toMatchObject([
    { words: `Cobrança ${id}: 1 campo a decidir.`, to: `/contas-a-receber/${id}` },
  ]);
  const titulo = await scene.ask(two.consulta, 'GET', `/titulos/${id}`);
  expect(await undocumented(scene, 'get', '/titulos/{id}', titulo)).toEqual([]);
  const [proposal] = titulo.body.proposals as { id: number; conflict: { key: string } }[];
  expect(proposal).toMatchObject({ field: 'valor', basis: '99.90', value: '120.00', conflict: { value: '110.00' } });

  const path = '/titulos/{id}/conflitos/{proposta}';
  const decide = (token: string, receivableId: number, body: object) =>
    scene.ask(token, 'POST', `/titulos/${receivableId}/conflitos/${proposal?.id}`, body);
  expect((await decide(two.consulta, id, { decision: 'manter' })).status).toBe(403);
  expect((await decide(two.operador, two.foreign.receivableId, { decision: 'manter' })).status).toBe(404);
  await contradict(11_500);
  const stale = await decide(two.operador, id, { decision: 'aceitar', key: proposal?.conflict.key });
  expect(stale.body).toMatchObject({ status: 409, code: 'conflito_mudou' });
  const settled = await decide(two.operador, id, { decision: 'aceitar' });
  expect(await undocumented(scene, 'post', path, settled)).toEqual([]);
  expect(settled.body).toMatchObject({ receivableId: id, field: 'valor', value: '115.00', bankWorkText: null });
  expect((await decide(two.operador, id, { decision: 'manter' })).body).toMatchObject({ code: 'sem_conflito' });
});
