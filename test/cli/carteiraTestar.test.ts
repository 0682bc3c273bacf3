import { createCheckAccount } from '../../activities/checkAccount';
import { addCarteiraCommand } from '../../cli/carteira';
import { createGateways } from '../../gateways/gateways';
import { openBankScene, type BankScene } from '../kit/bankScene';
import { runCommand } from '../kit/command';
import { createCarteira } from '../kit/record';
import { testSecretBox } from '../kit/testWorker';
import { errorOf, linesOf, runCli } from '../kit/cli';

let scene: BankScene;
beforeAll(async () => {
  scene = await openBankScene();
});
afterAll(() => scene.close());
afterEach(() => scene.bank.admin.faults([]));
beforeEach(() => scene.knex('gateway_account').update({ tested_at: null }));

function testar(id: number) {
  const { knex } = scene;
  const gateways = createGateways({ simulated: true });
  const checkAccount = createCheckAccount({ knex, secretBox: testSecretBox, gateways });
  return runCommand(addCarteiraCommand, ['carteira', 'testar', String(id)], { knex, checkAccount });
}

test('each step of a good account is told, and the end of it', async () => {
  const { error, printed, texts } = await testar(scene.carteira.id);
  expect(error).toBeNull();
  expect(printed).toMatchObject([
    { carteiraId: scene.carteira.id, ok: true, steps: [{}, {}, {}, { step: 'consulta' }] },
  ]);
  expect(texts[0]).toMatch(
    /ok +Token +O banco reconhece as credenciais\.\n(.*\n)+A conta está pronta para comunicar\.$/,
  );
});

test('what is wrong is told with what to do, and the operation counts as refused', async () => {
  scene.bank.admin.faults([{ match: { route: 'read' }, fault: { kind: 'status', status: 403 } }]);
  const { error, printed, texts } = await testar(scene.carteira.id);
  expect(printed).toMatchObject([{ ok: false, steps: [{ ok: true }, { ok: true }, { ok: true }, { ok: false }] }]);
  expect(texts[0]).toContain('falha  Consulta de teste  A API recusou a appKey');
  expect(error).toMatchObject({ exitCode: 1, code: 'conta_com_problema', hint: expect.stringContaining('appKey') });
});

test('tested again at once, the bank is not asked: one is told how long ago it was, and when to come back', async () => {
  await testar(scene.carteira.id);
  const before = scene.bank.admin.calls.counts();
  const { error, printed } = await testar(scene.carteira.id);
  expect(printed).toEqual([]);
  expect(error).toMatchObject({
    ...{ exitCode: 1, code: 'conta_testada_agora' },
    message: expect.stringMatching(/^testada há \d+ s: aguarde$/) as string,
    hint: expect.stringMatching(/teste de novo em \d+ s$/) as string,
  });
  expect(scene.bank.admin.calls.counts()).toEqual(before);
  await scene.knex.raw(`update gateway_account set tested_at = tested_at - interval '10 seconds'`);
  expect((await testar(scene.carteira.id)).error).toBeNull();
});

test('without the carteira, or without its account, there is nothing to test', async () => {
  expect((await testar(999_999)).error).toMatchObject({ exitCode: 1, code: 'carteira_desconhecida' });
  const { id } = await createCarteira(scene.knex, { account_id: null });
  expect((await testar(id)).error).toMatchObject({ exitCode: 1, code: 'carteira_sem_conta' });
});

test('as a process it loads the gateways that GATEWAYS names; under another key it says which', async () => {
  const variables = {
    DATABASE_URL: scene.databaseUrl,
    SECRETS_KEY: 'another key of a test, also longer than thirty-two',
  };
  const run = await runCli(['carteira', 'testar', String(scene.carteira.id), '--json'], variables);
  expect(run.exitCode).toBe(1);
  expect(linesOf(run)).toMatchObject([{ ok: false, steps: [{ message: expect.stringContaining('SECRETS_KEY') }] }]);
  expect(errorOf(run).code).toBe('conta_com_problema');
  const right = { ...variables, SECRETS_KEY: 'a key of a test, longer than thirty-two characters' };
  expect(linesOf(await runCli(['carteira', 'testar', String(scene.carteira.id), '--json'], right))).toMatchObject([
    { ok: true, steps: [{}, {}, {}, { message: expect.stringContaining('A API aceitou a conta') }] },
  ]);
});
