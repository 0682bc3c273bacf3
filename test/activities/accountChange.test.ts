import { sealedAccount } from '../kit/record';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { manifests } from '../../gateways';
import {
  defineGatewayAccount,
  type AccountDefinition,
  type DefinitionResult,
} from '../../record/accounts/defineAccount';
import { holdPermits } from '../../record/engine/limits';
import { simulatedAccount } from '../../gateways/bancoDoBrasil/simulator/simulator';
import { openBankScene, type BankScene } from '../kit/bankScene';
import { testSecretBox } from '../kit/testWorker';
import { startWatchedBank, type WatchedBank } from '../kit/watchedBank';

const TOKEN_PATH = '/oauth/token';
const wrongSecret = { ...simulatedAccount, clientSecret: 'segredo-errado' };

let scene: BankScene;
/** Where the account is meant to go. */
let next: WatchedBank;

beforeEach(async () => {
  [scene, next] = await Promise.all([openBankScene(), startWatchedBank()]);
  await scene.knex('gateway_account').update(sealedAt(scene.bank));
});
afterEach(async () => {
  await Promise.all([scene.close(), next.close()]);
});

/** Same convênio and clientId, at the new address unless said otherwise. */
function define(changes: Partial<AccountDefinition> = {}): Promise<DefinitionResult> {
  return defineGatewayAccount(scene.knex, testSecretBox, manifests, {
    ...{ carteiraId: scene.carteira.id, gateway: 'banco-do-brasil', convenio: '3128557', by: 'administrador.1' },
    ...{ baseUrl: next.baseUrl, authUrl: next.authUrl, credentials: simulatedAccount },
    ...changes,
  });
}

/** As a definition stores it. */
function sealedAt(bank: { baseUrl: string; authUrl: string }) {
  const fingerprint = createHash('sha256').update(simulatedAccount.clientId).digest('hex');
  return sealedAccount(testSecretBox, bank, simulatedAccount, fingerprint);
}

const oldAddress = () => ({ baseUrl: scene.bank.baseUrl, authUrl: scene.bank.authUrl });

async function states(batchId: string): Promise<Record<string, number>> {
  const rows = await scene.knex('batch_item').where({ batch_id: batchId }).select('state').count().groupBy('state');
  return Object.fromEntries(rows.map((row) => [row['state'], Number(row['count'])]));
}

/** What a person does after mending: the next slices go on at once, in the same worker. */
async function resume(batchId: string): Promise<void> {
  await scene.knex('batch').where({ id: batchId }).update({ paused: false, pause_reason: null });
  await scene.settle(batchId);
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

const registrations = (bank: { admin: BankScene['bank']['admin'] }) => bank.admin.ledger.counts();

describe('another address in the middle of a batch', () => {
  test('is refused while the batch runs or a person paused it: all goes on at the old bank, and nothing reaches the new one', async () => {
    scene.bank.admin.settings({ latency: { register: { minMs: 60, maxMs: 60 } } });
    await scene.knex('gateway_limit').update({ calls: 50 });
    const { batchId } = await scene.createDueBatch(30);
    const running = scene.settle(batchId);
    await until(() => registrations(scene.bank).registered >= 3);
    expect((await define({ credentials: wrongSecret })).kind).toMatch(/unresolvedAttempts|liveBatch/);
    await scene.knex('batch').update({ paused: true, pause_reason: 'operator' });
    await running;
    expect(await define({ credentials: wrongSecret })).toEqual({ kind: 'liveBatch', batchId, secrets: false });
    await resume(batchId);
    expect(await states(batchId)).toEqual({ registered: 30 });
    expect(registrations(scene.bank)).toEqual({ registered: 30, duplicates: 0 });
    expect(next.seen).toEqual([]);
  });

  test('paused for its configuration it may be mended: a wrong secret gets no token, and nobody is charged anywhere', async () => {
    // The worker has a token and the account at hand when the bank turns it away.
    const first = await scene.createDueBatch(1);
    await scene.settle(first.batchId);
    await scene.knex('batch').update({ phase: 'concluded', concluded_at: scene.knex.fn.now() });
    scene.bank.admin.faults([{ match: { route: 'register' }, fault: { kind: 'status', status: 403 } }]);
    const { batchId } = await scene.createDueBatch(3);
    await scene.settle(batchId);
    expect(await scene.knex('batch').where({ id: batchId }).first('pause_reason')).toEqual({ pause_reason: 'config' });
    scene.bank.admin.faults([]);
    const before = scene.bank.admin.calls.counts();

    expect(await define({ credentials: wrongSecret })).toMatchObject({ kind: 'defined', newAccount: false });
    await resume(batchId);
    await resume(batchId);
    expect(new Set(next.seen.map(({ path }) => path))).toEqual(new Set([TOKEN_PATH]));
    expect(next.seen.filter(({ authorization }) => authorization.startsWith('Bearer'))).toEqual([]);
    expect(registrations(next.bank).registered).toBe(0);
    expect(await states(batchId)).toEqual({ pending: 3 });
    expect(await scene.knex('batch').where({ id: batchId }).first('paused')).toEqual({ paused: true });

    // Mended, the first request is the token's, and the old address hears nothing of any of it.
    next.seen.length = 0;
    expect(await define()).toMatchObject({ kind: 'defined' });
    while ((await states(batchId))['pending']) await resume(batchId);
    expect(await states(batchId)).toEqual({ registered: 3 });
    expect(next.seen[0]).toMatchObject({ method: 'POST', path: TOKEN_PATH });
    expect(registrations(next.bank)).toEqual({ registered: 3, duplicates: 0 });
    expect(scene.bank.admin.calls.counts()).toEqual(before);
  });

  test('a second definition, with another clientId, is no way around the first’s rules', async () => {
    const { batchId } = await scene.createDueBatch(2);
    const other = { ...simulatedAccount, clientId: 'outro-cliente' };
    expect(await define()).toMatchObject({ kind: 'liveBatch' });
    expect(await define({ ...oldAddress(), credentials: other })).toMatchObject({ kind: 'liveBatch' });
    expect(await define({ credentials: other })).toMatchObject({ kind: 'liveBatch' });
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 2 });
    expect(next.seen).toEqual([]);
  });
});

describe('another secret at the same address', () => {
  test('is mended while the batch is paused for it, also with uncertain boletos, which end with the new one, each once', async () => {
    scene.bank.admin.faults([
      { match: { route: 'register' }, fault: { kind: 'silent', when: 'after' } },
      { match: { route: 'read' }, fault: { kind: 'status', status: 401 } },
    ]);
    await scene.waitForAnswers(1);
    const { batchId } = await scene.createDueBatch(2);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ unconfirmed: 2 });
    expect(await scene.knex('batch').first('pause_reason')).toEqual({ pause_reason: 'config' });

    scene.bank.admin.settings({ accounts: [{ ...simulatedAccount, clientSecret: 'segredo-novo' }] });
    scene.bank.admin.faults([]);
    const credentials = { ...simulatedAccount, clientSecret: 'segredo-novo' };
    expect(await define({ ...oldAddress(), credentials })).toMatchObject({ kind: 'defined', newAccount: false });
    await resume(batchId);
    expect(await states(batchId)).toEqual({ registered: 2 });
    expect(registrations(scene.bank)).toEqual({ registered: 2, duplicates: 0 });
  });
});

test('another address while ten boletos are uncertain is refused, and all ten end at the old bank, once', async () => {
  scene.bank.admin.faults([
    { match: { route: 'register' }, fault: { kind: 'silent', when: 'after' } },
    { match: { route: 'read' }, fault: { kind: 'status', status: 503 } },
  ]);
  await scene.waitForAnswers(1);
  const { batchId } = await scene.createDueBatch(10);
  await scene.worker.communicate(batchId);
  // Whatever paused it: what is uncertain stays where it is.
  await scene.knex('batch').update({ paused: true, pause_reason: 'config' });
  for (const change of [{}, { authUrl: scene.bank.authUrl }, { baseUrl: scene.bank.baseUrl }, { convenio: '3128558' }])
    expect(await define(change)).toEqual({ kind: 'unresolvedAttempts', count: 10, batchIds: [batchId] });
  scene.bank.admin.faults([]);
  await resume(batchId);
  expect(await states(batchId)).toEqual({ registered: 10 });
  expect(registrations(scene.bank)).toEqual({ registered: 10, duplicates: 0 });
  expect(next.seen).toEqual([]);
});

describe('a worker that knows the account as it was', () => {
  test('writes no intent with it, reads it anew, and asks the new address for a token first', async () => {
    const first = await scene.createDueBatch(1);
    await scene.settle(first.batchId);
    const before = scene.bank.admin.calls.counts();
    const { batchId } = await scene.createDueBatch(5);
    // By hand, which no rule of a definition forbids.
    await scene.knex('gateway_account').update(sealedAt(next));
    await scene.worker.communicate(batchId);
    expect(await scene.knex('attempt').where({ batch_id: batchId })).toEqual([]);
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 5 });
    expect(next.seen[0]).toMatchObject({ path: TOKEN_PATH });
    expect(next.seen.filter(({ path }) => path === TOKEN_PATH)).toHaveLength(1);
    expect(scene.bank.admin.calls.counts()).toEqual(before);
  });

  test('a look that waits for its turn does not leave for the old address', async () => {
    scene.bank.admin.faults([{ match: { route: 'register' }, fault: { kind: 'drop', when: 'after' } }]);
    const { batchId } = await scene.createDueBatch(1);
    await holdPermits(scene.knex, scene.accountId, 'read', 5_000);
    const running = scene.worker.communicate(batchId);
    await until(async () => (await scene.knex('look').whereNull('finished_at')).length > 0);
    await scene.knex('gateway_account').update(sealedAt(next));
    await scene.knex('gateway_limit').update({ held_until: '-infinity' });
    await running;
    expect(scene.bank.admin.calls.counts()['read']).toBeUndefined();
    expect(next.seen.filter(({ authorization }) => authorization.startsWith('Bearer'))).toEqual([]);
    await scene.knex('gateway_account').update(sealedAt(scene.bank));
    await scene.settle(batchId);
    expect(await states(batchId)).toEqual({ registered: 1 });
  });

  test('a token that comes after the account was changed is nobody’s', async () => {
    scene.bank.admin.settings({ latency: { token: { minMs: 500, maxMs: 500 } } });
    const { line } = scene.worker;
    const asked = line.tokens.current(await line.account());
    await until(() => scene.bank.admin.calls.counts()['token'] === 1);
    await scene.knex('gateway_account').update(sealedAt(next));
    expect(await asked).toEqual({ kind: 'stale' });
    expect(await scene.knex('gateway_token').first('token')).toEqual({ token: null });
    line.forgetAccount();
    const other = scene.createWorker();
    for (const each of [line, other.line])
      expect(await each.tokens.current(await each.account())).toMatchObject({ token: { accountVersion: 3 } });
    expect(next.seen.map(({ path }) => path)).toEqual([TOKEN_PATH]);
  });

  test('the carteira has another account by now: its slice ends, and the next one calls that one', async () => {
    const { batchId } = await scene.createDueBatch(2);
    await scene.worker.line.account();
    const [{ id: otherId } = { id: 0 }] = await scene
      .knex('gateway_account')
      .insert({
        gateway: 'banco-do-brasil',
        ...sealedAccount(testSecretBox, next, simulatedAccount),
      })
      .returning<{ id: number }[]>('id');
    await scene.knex('carteira').update({ account_id: otherId });
    // The line of this worker is the old account's.
    await scene.worker.communicate(batchId);
    expect(await states(batchId)).toEqual({ pending: 2 });
    expect(await scene.knex('attempt')).toEqual([]);
    expect(scene.bank.admin.calls.counts()['register']).toBeUndefined();
  });
});
