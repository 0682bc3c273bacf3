import { noteAccountCheck } from '../../record/accounts/accountTests';
import { addDays, saoPauloDate } from '../../domain/kinds/dates';
import {
  dayFromToday,
  createBatch,
  createBoleto,
  createItem,
  createReceivable,
  createReceivables,
  sealedAccount,
} from '../kit/record';
import { testSecretBox } from '../kit/testWorker';
import { openApiScene, type ApiScene } from './support/apiScene';
import { undocumented } from './support/documented';
import { twoFiliais, type TwoFiliais } from './support/twoFiliais';

let scene: ApiScene;
let two: TwoFiliais;
beforeEach(async () => {
  scene = await openApiScene();
  two = await twoFiliais(scene);
  // Readable by the API's own key, as an account that works.
  for (const { id } of await scene.knex('gateway_account').select<{ id: number }[]>('id'))
    await scene
      .knex('gateway_account')
      .where({ id })
      .update(sealedAccount(testSecretBox, { baseUrl: 'http://127.0.0.1:1', authUrl: 'http://127.0.0.1:1/t' }, {}));
});
afterEach(() => scene.close());

const due = (days: number) => ({ due_date: addDays(saoPauloDate(new Date()), days) });
interface Line {
  kind: string;
  count: number;
  more: boolean;
  words: string;
  to: string;
}
const hoje = async (token: string): Promise<Line[]> => (await scene.ask(token, 'GET', '/hoje')).body.items;
const ofKind = async (token: string, kind: string) => (await hoje(token)).filter((line) => line.kind === kind);

test('all is well when nothing waits for anybody', async () => {
  await scene.knex('batch').update({ concluded_at: scene.knex.fn.now(), phase: 'concluded' });
  const answer = await scene.ask(two.administrador, 'GET', '/hoje');
  expect(await undocumented(scene, 'get', '/hoje', answer)).toEqual([]);
  expect(answer.body).toEqual({ items: [] });
});

test('batches that wait for people or are paused are one press away, each for who sees all of it', async () => {
  const { own, foreign } = two;
  const paused = await createBatch(scene.knex, own.carteira.id, {
    ...{ phase: 'paused', paused: true, pause_reason: 'config', filiais: [own.filialId] },
  });
  expect(await hoje(two.consulta)).toMatchObject([
    {
      ...{ kind: 'batchPaused', to: `/comunicacoes/${paused}` },
      words: `Comunicação ${paused}: pausada por falha de configuração da conta.`,
    },
    {
      ...{ kind: 'batchWaits', count: 1, batchId: own.batchId, to: `/comunicacoes/${own.batchId}` },
      words: `Comunicação ${own.batchId}: 1 título a ajustar.`,
    },
  ]);
  expect((await ofKind(two.administrador, 'batchWaits')).map(({ to }) => to).sort()).toEqual(
    [own, foreign].map(({ batchId }) => `/comunicacoes/${batchId}`).sort(),
  );
});

test('títulos near their due date and past it are counted by carteira, and its list shows them', async () => {
  const { knex } = scene;
  const { carteira } = two.own;
  await createReceivable(knex, carteira, due(1));
  const [old] = await createReceivables(knex, carteira, 2, { ...due(-400), issue_date: '2020-01-01' });
  await createReceivable(knex, carteira, { ...due(0), released: false });
  await createReceivable(knex, carteira, due(20));
  await createReceivable(knex, { id: carteira.id, filialId: two.foreign.filialId }, due(1));
  const name = `Carteira ${carteira.id} · Carteira de teste`;
  const day = (days: number) => due(days).due_date.split('-').reverse().join('/');
  expect((await hoje(two.consulta)).filter(({ kind }) => /dueSoon|overdue/.test(kind))).toMatchObject([
    {
      ...{ kind: 'dueSoon', count: 1, to: `/vencendo-sem-registro?carteira=${carteira.id}` },
      words: `${name}: 1 cobrança; a mais próxima vence em ${day(1)}.`,
    },
    {
      ...{ kind: 'overdue', count: 2, to: `/vencendo-sem-registro?carteira=${carteira.id}&vencidos=sim` },
      words: `${name}: 2 cobranças; a mais antiga venceu em ${day(-400)}.`,
    },
  ]);
  expect(await ofKind(two.administrador, 'dueSoon')).toMatchObject([{ count: 2 }]);
  const list = await scene.ask(two.consulta, 'GET', `/vencendo?vencidos=true&carteiraId=${carteira.id}&limit=1`);
  expect(list.body).toMatchObject({ items: [{ id: old }], carteiras: [{ count: 2 }] });
});

test('uncertain results and divergences are told by batch, and outside of one as títulos', async () => {
  const { knex } = scene;
  const { carteira, batchId } = two.own;
  const boleto = async (state: string, item?: object) => {
    const id = await createReceivable(knex, carteira);
    await createBoleto(knex, id, carteira.accountId as number, { state });
    if (item) await createItem(knex, batchId, id, { state, due_at: null, ...item });
  };
  await boleto('unconfirmed', {});
  // Still the machine's.
  await boleto('unconfirmed', { due_at: new Date() });
  await boleto('conflict', {});
  await boleto('conflict');
  expect((await hoje(two.consulta)).filter(({ kind }) => /uncertain|divergence/.test(kind))).toMatchObject([
    { kind: 'uncertain', count: 1, to: `/comunicacoes/${batchId}` },
    { kind: 'divergence', count: 1, to: `/comunicacoes/${batchId}` },
    {
      kind: 'divergence',
      count: 1,
      to: '/contas-a-receber?situacao=conflict',
      words: 'Fora de comunicação: 1 divergência.',
    },
  ]);
});

test('boletos payable though cancelled or received are listed, and leave when somebody confirms that they are not', async () => {
  const { knex } = scene;
  const [own, foreign] = [two.own.carteira, two.foreign.carteira];
  const [cancelled, received] = [await createReceivable(knex, own), await createReceivable(knex, own)];
  const theirs = await createReceivable(knex, foreign);
  for (const [id, carteira] of [
    [cancelled, own],
    [received, own],
    [theirs, foreign],
  ] as const)
    await createBoleto(knex, id, carteira.accountId as number, { state: 'registered' });
  await knex('receivable').whereIn('id', [cancelled, theirs]).update({ status: 'C' });
  await knex('receivable').where({ id: received }).update({ status: 'R' });
  expect(await ofKind(two.consulta, 'payableThoughClosed')).toMatchObject([
    { count: 1, words: '1 boleto de cobranças canceladas.', to: '/ainda-pagaveis?status=C' },
    { count: 1, words: '1 boleto de cobranças recebidas.', to: '/ainda-pagaveis?status=R' },
  ]);
  const answer = await scene.ask(two.consulta, 'GET', '/ainda-pagaveis?limit=1');
  expect(await undocumented(scene, 'get', '/ainda-pagaveis', answer)).toEqual([]);
  expect(answer.body).toMatchObject({ items: [{ id: cancelled, status: 'C', statusLabel: 'Cancelado' }] });
  const rest = await scene.ask(two.consulta, 'GET', `/ainda-pagaveis?cursor=${answer.body.next as string}`);
  expect(rest.body).toMatchObject({ items: [{ id: received, statusLabel: 'Recebido' }], next: null });

  const confirm = (token: string, ...receivableIds: number[]) =>
    scene.ask(token, 'POST', '/ainda-pagaveis/conferidos', { receivableIds, reason: 'Baixado no banco' });
  expect((await confirm(two.consulta, cancelled)).status).toBe(403);
  expect((await confirm(two.operador, cancelled, theirs)).body).toMatchObject({ status: 404, code: 'nao_encontrado' });
  expect((await confirm(two.operador, cancelled, received)).body).toEqual({ confirmed: 2 });
  expect((await confirm(two.operador, cancelled)).body).toEqual({ confirmed: 0 });
  expect(await ofKind(two.consulta, 'payableThoughClosed')).toEqual([]);
  expect((await scene.ask(two.consulta, 'GET', `/titulos/${cancelled}`)).body).toMatchObject({ state: 'cancelled' });
});

test('what is registered without the Pix that its carteira asks for is counted, and found by that', async () => {
  const { knex } = scene;
  const { carteira } = two.own;
  const [without, withPix, paid] = [
    await createReceivable(knex, carteira),
    await createReceivable(knex, carteira),
    await createReceivable(knex, carteira),
  ];
  for (const id of [without, withPix, paid])
    await createBoleto(knex, id, carteira.accountId as number, {
      ...{ state: 'registered', pix_emv: id === withPix ? '000201' : null },
    });
  await knex('receivable').where({ id: paid }).update({ status: 'R' });
  expect(await ofKind(two.consulta, 'withoutPix')).toEqual([]);
  await knex('carteira').where({ id: carteira.id }).update({ pix: true });
  expect(await ofKind(two.consulta, 'withoutPix')).toMatchObject([
    { count: 1, to: `/contas-a-receber?carteira=${carteira.id}&situacao=semPix` },
  ]);
  const found = await scene.ask(two.consulta, 'GET', '/titulos?withoutPix=true&state=registered');
  expect((found.body.items as unknown as { id: number }[]).map(({ id }) => id)).toEqual([without]);
});

test('an account whose token was refused, whose last test failed or whose credentials do not open is told', async () => {
  const { knex } = scene;
  const { id, accountId } = two.own.carteira;
  const fails = async () => (await ofKind(two.consulta, 'accountFails')).map(({ words, to }) => [words, to]);
  const [name, to] = [`Carteira ${id} · Carteira de teste`, `/carteiras/${id}`];
  expect(await fails()).toEqual([]);
  const test = (ok: boolean) => noteAccountCheck(knex, { carteiraId: id, by: 'u', steps: [{ step: 'token', ok }] });
  await test(false);
  expect(await fails()).toEqual([[`${name}: o último teste da conta falhou.`, to]]);
  await test(true);
  expect(await fails()).toEqual([]);
  await knex('gateway_token').insert({ account_id: accountId, refused_in_a_row: 1 });
  expect(await fails()).toEqual([[`${name}: o banco recusou o acesso da conta.`, to]]);
  await knex('gateway_account').update({ credentials: Buffer.from('sealed by another') });
  expect(await fails()).toEqual([
    [`${name}: as credenciais foram guardadas com outra SECRETS_KEY e não se abrem.`, to],
  ]);
});

test('an alert is shown by its newest row to who sees its título, until somebody settles it', async () => {
  const { knex } = scene;
  const { batchId, receivableId } = two.own;
  const twoAlive = { kind: 'twoAlive', receivable_id: receivableId, batch_id: batchId };
  await knex('alert').insert([
    { ...twoAlive, day: dayFromToday(knex, -1), message: 'Dois vivos.' },
    { ...twoAlive, day: dayFromToday(knex), message: 'Dois vivos, de novo.' },
    {
      ...twoAlive,
      day: dayFromToday(knex),
      batch_id: two.foreign.batchId,
      receivable_id: two.foreign.receivableId,
      message: 'De outra.',
    },
    { batch_id: batchId, kind: 'dueDate', day: dayFromToday(knex), message: 'Contado por carteira.' },
  ]);
  const shown = async () => (await ofKind(two.operador, 'alert')) as unknown as { alertId: number }[];
  const [line] = await shown();
  expect(await shown()).toMatchObject([
    { words: 'Dois vivos, de novo.', receivableId, to: `/contas-a-receber/${receivableId}/historia` },
  ]);
  const settle = (token: string) =>
    scene.ask(token, 'POST', `/hoje/alertas/${line!.alertId}/conferido`, { reason: 'Um foi baixado.' });
  expect((await settle(two.consulta)).status).toBe(403);
  expect((await settle(two.operador)).body).toEqual({ settled: true });
  expect((await settle(two.operador)).status).toBe(200);
  expect(await shown()).toEqual([]);
  expect(await knex('audit_entry').where({ action: 'settleAlert' })).toMatchObject([
    { entity: 'receivable', entity_id: String(receivableId), reason: 'Um foi baixado.' },
  ]);
});

test('of very many no more are counted than anybody wants to know', async () => {
  const { knex } = scene;
  const { carteira } = two.own;
  const ids = await createReceivables(knex, carteira, 1_001, { impresso: true, status: 'C' });
  await knex.raw(
    `insert into boleto (receivable_id, account_id, convenio, own_reference, state, linha_digitavel, registered_at)
     select id, ?, '3128557', 'M' || id, 'registered', '0019', now() from unnest(?::bigint[]) id`,
    [carteira.accountId as number, ids],
  );
  expect(await ofKind(two.consulta, 'payableThoughClosed')).toMatchObject([
    { count: 1_000, more: true, words: 'mais de 1.000 boletos de cobranças canceladas ou recebidas.' },
  ]);
});

test('what a guard could not do is told with its carteira, until a run goes well', async () => {
  const carteiraId = two.own.carteira.id;
  const rule = { carteira_id: carteiraId, days_before: 3, from_hour: 8, to_hour: 18, business_days: false };
  await scene.knex('guard_rule').insert({ ...rule, updated_by: 'u-1' });
  const now = scene.knex.fn.now();
  const run = { carteira_id: carteiraId, slot: 1, started_at: now, finished_at: now };
  await scene.knex('guard_run').insert({ ...run, day: '2030-03-01', result: 'missed' });
  expect((await hoje(two.consulta)).filter(({ kind }) => kind === 'guard')).toMatchObject([
    { words: expect.stringContaining('Não correu, em 01/03/2030') as string, to: `/carteiras/${carteiraId}` },
  ]);
  await scene.knex('guard_run').insert({ ...run, day: '2030-03-02', result: 'registered' });
  expect((await hoje(two.consulta)).filter(({ kind }) => kind === 'guard')).toEqual([]);
});

test('títulos with another system’s boleto are told until somebody decides, and are not called unregistered', async () => {
  const { knex } = scene;
  const { carteira } = two.own;
  await createReceivable(knex, carteira, {
    due_date: dayFromToday(knex),
    imported_registration: JSON.stringify({ nn_boleto: '123' }),
  });
  expect(await ofKind(two.consulta, 'earlierBoleto')).toMatchObject([
    { count: 1, to: `/contas-a-receber?carteira=${carteira.id}&situacao=earlierBoleto` },
  ]);
  expect(await ofKind(two.consulta, 'dueSoon')).toEqual([]);
  await knex('receivable').update({ ignored_registration: knex.ref('imported_registration') });
  expect(await ofKind(two.consulta, 'earlierBoleto')).toEqual([]);
});

test('a título that is open again after its boleto was written off is told', async () => {
  const { knex } = scene;
  const { carteira } = two.own;
  const id = await createReceivable(knex, carteira, { impresso: true, due_date: '2030-03-01' });
  await createBoleto(knex, id, carteira.accountId as number, { state: 'cancelled' });
  expect(await ofKind(two.consulta, 'reopened')).toMatchObject([
    { to: `/contas-a-receber/${id}/historia`, words: expect.stringContaining('01/03/2030') as string },
  ]);
  await knex('receivable').where({ id }).update({ status: 'C' });
  expect(await ofKind(two.consulta, 'reopened')).toEqual([]);
});
