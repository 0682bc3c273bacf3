import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axios from 'axios';
import { isBarcode, toBarcode } from '../../domain/codes/barcode';
import { addDays, localDate, saoPauloDate } from '../../domain/kinds/dates';
import type { CallContext, GatewayAccount } from '../../domain/gateway';
import { cents } from '../../domain/kinds/money';
import { createBancoDoBrasil } from '../../gateways/bancoDoBrasil/client';
import {
  simulatedAccount,
  startSimulator,
  type BancoDoBrasilSimulator,
} from '../../gateways/bancoDoBrasil/simulator/simulator';
import type { FaultRule } from '../../gateways/simulator/faults';
import { validCharge } from './bancoDoBrasilCharge';

const gateway = createBancoDoBrasil({ simulated: true });
let folder: string;
let simulator: BancoDoBrasilSimulator;
let call: CallContext;

async function contextFor(at: { baseUrl: string; authUrl: string }): Promise<CallContext> {
  const account: GatewayAccount = {
    ...{ id: 1, version: 1, gateway: gateway.name, ...at },
    credentials: { ...simulatedAccount },
  };
  const token = await gateway.authenticate(account, 5_000);
  if (token.kind !== 'token') throw new Error(token.message);
  const permit = (): Promise<void> => Promise.resolve();
  return {
    account,
    token: { value: token.value, generation: 1, accountVersion: 1 },
    timeoutMs: 5_000,
    permit,
    maySend: () => true,
  };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bank-'));
  simulator = await startSimulator({ stateFolder: folder });
});
beforeEach(async () => {
  simulator.admin.reset();
  call = await contextFor(simulator);
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
});

test('line and barcode are real: right digits, convênio, sequence, value', async () => {
  const result = await gateway.register(validCharge(77, { amountCents: cents(12_345) }), call);
  if (result.kind !== 'registered') throw new Error(result.message);
  const { barcode, linhaDigitavel } = result.registration;
  expect(isBarcode(barcode)).toBe(true);
  expect(toBarcode(linhaDigitavel)).toBe(barcode);
  expect(barcode.slice(9)).toBe('0000012345' + '000000' + '3128557' + '0000000077' + '17');
});

const today = saoPauloDate(new Date());

test.each([
  ['a wrong check digit of a CPF', { payer: { document: '52998224726' } }, 'SR0050004', 'payer.document'],
  ['a CPF that lacks a digit', { payer: { document: '5299822472' } }, 'SR0020028', 'payer.document'],
  [
    'a wrong check digit of a CNPJ',
    { payer: { personType: 'J', document: '12ABC34501DE36' } },
    'SR0050004',
    'payer.document',
  ],
  ['a CEP of seven digits', { payer: { cep: '1310100' } }, 'SR0050014', 'payer.cep'],
  ['a CEP that no UF has', { payer: { cep: '00999000' } }, 'SR0050014', 'payer.cep'],
  ['a CEP of another UF', { payer: { cep: '20040002' } }, 'SR0050026.1', 'payer.cep'],
  ['no CEP', { payer: { cep: '' } }, 'SR0050016', 'payer.cep'],
  ['a UF that does not exist', { payer: { uf: 'XX' } }, 'S001I0031', 'payer.uf'],
  ['an empty bairro', { payer: { district: '' } }, 'SR0050010', 'payer.district'],
  ['an empty street', { payer: { street: '' } }, 'SR0020030', 'payer.street'],
  ['an empty city', { payer: { city: ' ' } }, 'SR0020032', 'payer.city'],
  ['a name over 60', { payer: { name: 'Invented '.repeat(7).trim() } }, 'SR0050008', 'payer.name'],
  ['no name', { payer: { name: '' } }, 'SR0020029', 'payer.name'],
  ['a forbidden character in the street', { payer: { street: 'Rua #1 <fundos>' } }, 'SR0020096', 'payer.street'],
  ['a forbidden character in the name', { payer: { name: 'Loja @ Inventada' } }, 'SR0020096', 'payer.name'],
  ['a due date before today', { issueDate: addDays(today, -9), dueDate: addDays(today, -1) }, 'SR0020054', 'dueDate'],
  ['a due date before the issue', { issueDate: addDays(today, 20) }, 'SR0020044', 'issueDate'],
  ['a value of zero', { amountCents: cents(0) }, 'SR0020068', 'amountCents'],
  [
    'a discount after the due date',
    { rules: { discount: { percent: 1, until: localDate('2049-01-01') } } },
    'SR0020047.1',
    'rules.discount',
  ],
  ['an emissão of tomorrow', { issueDate: addDays(today, 1) }, 'SR0020043', 'issueDate'],
  ['an emissão of two years ago', { issueDate: addDays(today, -731) }, 'SR0020042', 'issueDate'],
  [
    'a discount of the whole value',
    { amountCents: cents(500), rules: { discount: { amountCents: cents(500), until: today } } },
    'SR0020064.1',
    'rules.discount',
  ],
  [
    'a fine of the whole value',
    { amountCents: cents(500), rules: { fineCents: cents(500) } },
    'SR0020080.1',
    'rules.finePercent',
  ],
  [
    'interest of a day above the value',
    { amountCents: cents(500), rules: { interestCentsPerDay: cents(501) } },
    'SR0020074.1',
    'rules.interestPercentPerMonth',
  ],
] as const)('%s is refused with its field, and only that boleto', async (_what, changes, code, field) => {
  const result = await gateway.register(validCharge(1, changes), call);
  expect(result).toMatchObject({ kind: 'data', sent: true, code, field });
  expect(simulator.admin.ledger.counts().registered).toBe(0);
});

test('valid companies, also with letters, are registered', async () => {
  for (const [at, document] of ['11222333000181', '12ABC34501DE35'].entries())
    expect(await gateway.register(validCharge(at + 1, { payer: { personType: 'J', document } }), call)).toMatchObject({
      kind: 'registered',
    });
});

test('a due date of today is accepted', async () => {
  expect(await gateway.register(validCharge(1, { dueDate: today }), call)).toMatchObject({ kind: 'registered' });
});

test.each([
  ['an unknown convênio', { convenios: ['7654321'] }, 'SR0030008'],
  ['a closed convênio', { closedConvenios: ['3128557'] }, 'SR0020041'],
])('%s stops everybody', async (_what, facts, code) => {
  simulator.admin.settings({ facts });
  expect(await gateway.register(validCharge(1), call)).toMatchObject({
    kind: 'config',
    sent: false,
    code,
    field: 'convenio',
  });
});

test.each([
  ['a document irregular at the tax authority', { irregularDocuments: ['52998224725'] }, 'SIM0001.1', 'payer.document'],
  ['a CEP that does not exist', { missingCeps: ['01310100'] }, 'SIM0002', 'payer.cep'],
])('only the bank knows %s', async (_what, facts, code, field) => {
  simulator.admin.settings({ facts });
  expect(await gateway.register(validCharge(1), call)).toMatchObject({ kind: 'data', code, field });
});

test('a cancelled boleto is found, and not alive; its number stays used', async () => {
  simulator.admin.settings({ readCacheMs: 0, cancelLockMs: 0 });
  const charge = validCharge(1);
  await gateway.register(charge, call);
  const url = `${simulator.baseUrl}/boletos/${charge.ourNumber}/baixar?gw-dev-app-key=${simulatedAccount.appKey}`;
  const headers = { Authorization: `Bearer ${call.token.value}` };
  await axios.post(url, { numeroConvenio: 3_128_557 }, { headers });
  expect(await gateway.look(charge, null, call)).toMatchObject({
    kind: 'found',
    found: { alive: false, status: 'baixado' },
  });
  expect(await gateway.register(charge, call)).toMatchObject({ kind: 'duplicate' });
});

test('an early look pins the not-found in the cache of the bank', async () => {
  const charge = validCharge(1);
  expect(await gateway.look(charge, null, call)).toMatchObject({ kind: 'notFound' });
  await gateway.register(charge, call);
  expect(await gateway.look(charge, null, call)).toMatchObject({ kind: 'notFound' });
});

test('own references are counted when they come twice, numbers are refused', async () => {
  await gateway.register(validCharge(1), call);
  await gateway.register(validCharge(2, { ownReference: '1' }), call);
  await gateway.register(validCharge(1), call);
  expect(simulator.admin.ledger.counts()).toEqual({ registered: 2, duplicates: 1 });
});

test('another application key than that of the account is refused', async () => {
  simulator.admin.settings({
    accounts: [simulatedAccount, { clientId: 'outro', clientSecret: 'outra-senha', appKey: 'outra-chave' }],
  });
  const mixed = { ...call.account, credentials: { ...simulatedAccount, appKey: 'outra-chave' } };
  expect(await gateway.register(validCharge(1), { ...call, account: mixed })).toMatchObject({ kind: 'config' });
  const other = {
    ...call.account,
    credentials: { clientId: 'outro', clientSecret: 'outra-senha', appKey: 'outra-chave' },
  };
  expect(await gateway.authenticate(other, 5_000)).toMatchObject({ kind: 'token' });
});

describe('faults', () => {
  const kinds = async (ids: number[]): Promise<string[]> => {
    const results: string[] = [];
    for (const id of ids) results.push((await gateway.register(validCharge(id), call)).kind);
    return results;
  };
  const busy: FaultRule['fault'] = { kind: 'status', status: 429, retryAfter: '1' };

  test('hit the boleto they name, as often as they say', async () => {
    simulator.admin.faults([{ match: { ownReference: '2' }, fault: busy, times: 1 }]);
    expect(await kinds([1, 2, 2])).toEqual(['registered', 'transient', 'registered']);
  });

  test('hit every Nth call', async () => {
    simulator.admin.faults([{ match: { route: 'register', every: 3 }, fault: busy }]);
    expect(await kinds([1, 2, 3, 4, 5, 6])).toEqual([...pair(), 'transient', ...pair(), 'transient']);
  });
  const pair = (): string[] => ['registered', 'registered'];

  test('hit by chance, the same boletos in each run and in any order', async () => {
    const rules: FaultRule[] = [{ match: { route: 'register', probability: 0.4 }, fault: busy }];
    const ids = Array.from({ length: 20 }, (_, at) => at + 1);
    const run = async (order: number[]): Promise<number[]> => {
      simulator.admin.reset();
      call = await contextFor(simulator);
      simulator.admin.faults(rules, 7);
      const ends = await kinds(order);
      return order.filter((_, at) => ends[at] === 'transient').sort((a, b) => a - b);
    };
    const first = await run(ids);
    expect(await run([...ids].reverse())).toEqual(first);
    expect(first.length).toBeGreaterThan(0);
    expect(first.length).toBeLessThan(20);
  });

  test('a success about another boleto of the convênio, while the own one is registered too', async () => {
    simulator.admin.faults([{ match: { route: 'register' }, fault: { kind: 'crosstalk' } }]);
    // There is no other yet.
    expect(await gateway.register(validCharge(1), call)).toMatchObject({ kind: 'registered' });
    const { exchange } = await gateway.register(validCharge(2), call);
    expect(JSON.parse(exchange.response ?? '')).toMatchObject({ numero: validCharge(1).ourNumber });
    expect(simulator.admin.ledger.counts().registered).toBe(2);
  });

  test('an empty not-found is only about numbers that the bank does not have', async () => {
    simulator.admin.faults([{ match: { route: 'read', unknown: true }, fault: { kind: 'empty', status: 404 } }]);
    await gateway.register(validCharge(1), call);
    expect(await gateway.look(validCharge(1), null, call)).toMatchObject({ kind: 'found' });
    expect(await gateway.look(validCharge(2), null, call)).toMatchObject({ kind: 'unusable' });
  });

  test('a redirect is asked once', async () => {
    simulator.admin.faults([{ match: { route: 'register' }, fault: { kind: 'redirect' } }]);
    await kinds([1]);
    expect(simulator.admin.calls.counts().register).toBe(1);
  });

  test('a limit answers 429, and the busiest window is told', async () => {
    simulator.admin.settings({ limits: { register: { calls: 2, windowMs: 60_000 } } });
    expect(await kinds([1, 2, 3])).toEqual(['registered', 'registered', 'transient']);
    expect(simulator.admin.calls.busiestWindow('register', 60_000)).toBe(3);
  });

  test('a bank that is down refuses connections, and comes back', async () => {
    simulator.admin.down(2_000);
    const seen = new Set<string>();
    let id = 0;
    while (!seen.has('transient')) seen.add((await gateway.register(validCharge(++id), call)).kind);
    while ((await gateway.register(validCharge(++id), call)).kind !== 'registered') await new Promise(setImmediate);
    expect(await gateway.register(validCharge(++id), call)).toMatchObject({ kind: 'registered' });
  });
});

describe('the process', () => {
  const main = require.resolve('../../gateways/bancoDoBrasil/simulator/main.ts');
  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

  interface Ready {
    url: string;
    baseUrl: string;
    authUrl: string;
  }

  async function launch(state: string): Promise<{ child: ChildProcess; ready: Ready }> {
    const child = fork(main, {
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, SIMULATOR_PORT: '0', SIMULATOR_STATE: state },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.push(child);
    const [ready] = (await once(child, 'message')) as [Ready & { ready: true }];
    return { child, ready };
  }
  const ledger = async ({ url }: Ready): Promise<unknown> => (await axios.get(`${url}/__admin/ledger`)).data;

  test('killed and started again, it has forgotten no registration, no fact and no change', async () => {
    const state = mkdtempSync(join(tmpdir(), 'bank-'));
    const before = await launch(state);
    const context = await contextFor(before.ready);
    for (const id of [1, 2]) await gateway.register(validCharge(id), context);
    const { ourNumber: number } = validCharge(2);
    const changes = { codigoEstadoTituloCobranca: 7 };
    await axios.post(`${before.ready.url}/__admin/boletos`, { convenio: '3128557', number, changes });
    await axios.post(`${before.ready.url}/__admin/facts`, { missingCeps: ['01310100'] });
    before.child.kill('SIGKILL');
    await once(before.child, 'exit');
    // What a kill in the middle of a write leaves.
    appendFileSync(join(state, 'ledger.jsonl'), '{"at":1,"acc');

    const { ready } = await launch(state);
    expect(await ledger(ready)).toEqual({ registered: 2, duplicates: 0 });
    const again = await contextFor(ready);
    expect(await gateway.look(validCharge(1), null, again)).toMatchObject({ kind: 'found', found: { alive: true } });
    expect(await gateway.look(validCharge(2), null, again)).toMatchObject({ kind: 'found', found: { alive: false } });
    expect(await gateway.register(validCharge(1), again)).toMatchObject({ kind: 'data', code: 'SIM0002' });
    await axios.post(`${ready.url}/__admin/facts`, { missingCeps: [] });
    expect(await gateway.register(validCharge(1), again)).toMatchObject({ kind: 'duplicate' });
    expect(await gateway.register(validCharge(3), again)).toMatchObject({ kind: 'registered' });
    await axios.post(`${ready.url}/__admin/reset`);
    expect(await ledger(ready)).toEqual({ registered: 0, duplicates: 0 });
    rmSync(state, { recursive: true });
  });

  test.each([
    ['SIGTERM', (child: ChildProcess) => void child.kill('SIGTERM')],
    ['the end of whoever started it', (child: ChildProcess) => child.disconnect()],
  ])('ends with %s', async (_what, end) => {
    const state = mkdtempSync(join(tmpdir(), 'bank-'));
    const { child } = await launch(state);
    end(child);
    expect(await once(child, 'exit')).toEqual([0, null]);
    rmSync(state, { recursive: true });
  });
});
