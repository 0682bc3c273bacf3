import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { judge, leaks, readStandings, type Received, type Standing } from '../../../tools/bench/doors/judge';
import { createBancoDoBrasil } from '../../../gateways/bancoDoBrasil/client';
import {
  simulatedAccount,
  startSimulator,
  type BancoDoBrasilSimulator,
} from '../../../gateways/bancoDoBrasil/simulator/simulator';
import type { LedgerEntry } from '../../../gateways/simulator/ledger';
import { validCharge } from '../../gateways/bancoDoBrasilCharge';
import { createTestDatabase } from '../../kit/database';
import { createBatch, createBoleto, createCarteira, createItem, createReceivable } from '../../kit/record';

const [ALIVE, CANCELLED] = [1, 7];

function entry(receivableId: number, sequence: number, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    at: sequence,
    account: 'simulado',
    convenio: '3128557',
    number: numberOf(sequence),
    ownReference: String(receivableId),
    payerDocument: '52998224725',
    amountCents: 9_990,
    dueDate: '2030-02-10',
    boleto: { codigoEstadoTituloCobranca: ALIVE },
    ...changes,
  };
}

function numberOf(sequence: number): string {
  return `0003128557${String(sequence).padStart(10, '0')}`;
}

const registered = (receivableId: number, sequence: number): Standing => ({
  receivableId,
  registered: numberOf(sequence),
  told: null,
});
const told = (receivableId: number): Standing => ({ receivableId, registered: null, told: 'conflict' });

test('nothing is found where each título has its one boleto, or says that it has none', () => {
  const ledger = [entry(123, 1), entry(124, 2)];
  const standings = [registered(123, 1), registered(124, 2), told(125)];
  expect(judge(ledger, standings)).toEqual({ doubled: [], lost: [], unknown: [] });
});

test('a título with two boletos alive is doubled, also under a second reference of ours', () => {
  const ledger = [entry(123, 1), entry(123, 9, { ownReference: '123-2' })];
  expect(judge(ledger, [registered(123, 9)]).doubled).toEqual([expect.stringContaining('título 123')]);
});

test('one of the two cancelled at the bank is no double', () => {
  const ledger = [
    entry(123, 1, { boleto: { codigoEstadoTituloCobranca: CANCELLED } }),
    entry(123, 9, { ownReference: '123-2' }),
  ];
  expect(judge(ledger, [registered(123, 9)])).toEqual({ doubled: [], lost: [], unknown: [] });
});

test('a boleto of an earlier system and one of ours are two of the same título', () => {
  const ledger = [entry(0, 900, { ownReference: 'ANT-123' }), entry(123, 1)];
  const earlier = new Map([[numberOf(900), 123]]);
  expect(judge(ledger, [registered(123, 1)], earlier).doubled).toHaveLength(1);
  expect(judge(ledger, [registered(123, 1)]).doubled).toEqual([]);
});

test('a number that two addresses gave to two títulos is doubled', () => {
  const ledger = [entry(123, 1), entry(124, 1)];
  expect(judge(ledger, [registered(123, 1), registered(124, 1)]).doubled).toEqual([expect.stringContaining('number')]);
});

test.each<[what: string, ledger: LedgerEntry[], standing: Standing]>([
  ['of which nobody says anything', [], { receivableId: 123, registered: null, told: null }],
  ['that is registered in the record only', [], registered(123, 1)],
  ["that was given another's boleto", [entry(124, 1)], registered(123, 1)],
])('a título %s is lost', (_what, ledger, standing) => {
  expect(judge(ledger, [standing]).lost).toEqual([expect.stringContaining('título 123')]);
});

test('a boleto that its título knows nothing of is told apart from a lost one', () => {
  expect(judge([entry(123, 1)], [told(123)])).toMatchObject({
    lost: [],
    unknown: [expect.stringContaining('título 123')],
  });
});

describe('what the record says of a título', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let knex: Knex;
  beforeAll(async () => ({ knex } = database = await createTestDatabase()));
  afterAll(() => database?.close());

  test('is its registered number, the failure of its latest communication, why it was left out, or nothing', async () => {
    const carteira = await createCarteira(knex);
    const [done, failed, out, stuck, again] = await Promise.all(
      Array.from({ length: 5 }, () => createReceivable(knex, carteira)),
    );
    const [done_, failed_, out_, stuck_, again_] = [done, failed, out, stuck, again] as number[];
    const batch = (day: string) => createBatch(knex, carteira.id, { created_at: `2030-01-0${day}` });
    const [earlier, later] = [await batch('1'), await batch('2')];
    await createBoleto(knex, done_ as number, carteira.accountId as number, {
      state: 'registered',
      our_number: numberOf(1),
    });
    const ended = { due_at: null, closed_at: knex.fn.now() };
    await createItem(knex, earlier, again_ as number, { state: 'conflict', ...ended });
    await createItem(knex, later, again_ as number, { state: 'pending' });
    await createItem(knex, later, failed_ as number, { state: 'rejected', due_at: null });
    await createItem(knex, later, stuck_ as number, { state: 'sending' });
    await knex('batch_left_out').insert({ batch_id: later, receivable_id: out_, reason: 'notReleased' });
    const standings = await readStandings(knex, carteira.id);
    expect(new Map(standings.map(({ receivableId, ...rest }) => [receivableId, rest]))).toEqual(
      new Map([
        [done_, { registered: numberOf(1), told: null }],
        [failed_, { registered: null, told: 'rejected' }],
        [out_, { registered: null, told: 'notReleased' }],
        [stuck_, { registered: null, told: null }],
        [again_, { registered: null, told: null }],
      ]),
    );
  });
});

describe('leaks', () => {
  const gateway = createBancoDoBrasil({ simulated: true });
  let folder: string;
  let bank: BancoDoBrasilSimulator;
  let stranger: BancoDoBrasilSimulator;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'doors-'));
    bank = await startSimulator({ stateFolder: join(folder, 'bank') });
    stranger = await startSimulator({ stateFolder: join(folder, 'stranger') });
  });
  afterAll(async () => {
    await bank.close();
    await stranger.close();
    rmSync(folder, { recursive: true });
  });

  async function charge(tokenFrom: BancoDoBrasilSimulator, to: BancoDoBrasilSimulator): Promise<void> {
    const account = (at: BancoDoBrasilSimulator) => ({
      ...{ id: 1, version: 1, gateway: gateway.name, baseUrl: at.baseUrl, authUrl: at.authUrl },
      credentials: { ...simulatedAccount },
    });
    const token = await gateway.authenticate(account(tokenFrom), 5_000);
    if (token.kind !== 'token') throw new Error(token.message);
    await gateway.register(validCharge(1), {
      ...{ account: account(to), token: { value: token.value, generation: 1, accountVersion: 1 }, timeoutMs: 5_000 },
      permit: () => Promise.resolve(),
      maySend: () => true,
    });
  }

  function received(at: BancoDoBrasilSimulator): Received {
    const { calls, strangeTokens } = at.admin.state();
    return { rightful: at === bank, registrations: calls.register ?? 0, strangeTokens };
  }

  beforeEach(() => [bank, stranger].forEach(({ admin }) => admin.reset()));

  test('are none where the bank gets charges with its own token', async () => {
    await charge(bank, bank);
    expect(leaks([received(bank), received(stranger)])).toBe(0);
  });

  test("are a charge at a stranger's with the bank's token, once", async () => {
    await charge(bank, stranger);
    expect(leaks([received(bank), received(stranger)])).toBe(1);
  });

  test("are a charge at a stranger's with a token of its own", async () => {
    await charge(stranger, stranger);
    expect(leaks([received(bank), received(stranger)])).toBe(1);
  });

  test("are a stranger's token at the bank", async () => {
    await charge(stranger, bank);
    expect(leaks([received(bank), received(stranger)])).toBe(1);
  });
});
