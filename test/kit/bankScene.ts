import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { testBanks, type StartedBank, type TestBankName } from './banks';
import { createTestDatabase } from './database';
import {
  createAccount,
  createBatch,
  createCarteira,
  createCustomer,
  createItem,
  createReceivable,
  sealedAccount,
} from './record';
import { createTestWorker, testSecretBox, type TestWorker, type TestWorkerOptions } from './testWorker';

const BANK_CACHE_MS = 100;
/** Worker and bank share one process, and an answer that it is too busy to read must not pass for none. */
const ANSWERED_WITHIN_SECONDS = 4;

/** A record, a simulated bank and a carteira that communicates with it. */
export interface BankScene {
  knex: Knex;
  databaseUrl: string;
  bank: StartedBank;
  bankName: TestBankName;
  accountId: number;
  carteira: { id: number; filialId: number };
  worker: TestWorker;
  /** Another worker on the same account, with memory of its own; `knex`: with its own way to the record. */
  createWorker(options?: TestWorkerOptions & { knex?: Knex }): TestWorker;
  /** A batch of `count` títulos, selected and due. */
  createDueBatch(count: number): Promise<{ batchId: string; receivableIds: number[] }>;
  /** For a bank that is silent, so that nobody waits longer than needed. */
  waitForAnswers(seconds: number): Promise<void>;
  /** The worker's. */
  settle(batchId: string): Promise<void>;
  close(): Promise<void>;
}

export async function openBankScene(bankName: TestBankName = 'banco-do-brasil'): Promise<BankScene> {
  const testBank = testBanks[bankName];
  const database = await createTestDatabase();
  const { knex } = database;
  const stateFolder = mkdtempSync(join(tmpdir(), 'bank-'));
  const bank = await testBank.start({ stateFolder, readCacheMs: BANK_CACHE_MS });
  const accountId = await createAccount(
    knex,
    sealedAccount(testSecretBox, bank, bank.credentials, undefined, bankName),
  );
  const { capabilities } = testBank.createGateway({ settleMs: 0, staleMs: 0 });
  for (const route_class of Object.keys(capabilities.limits))
    await knex('gateway_limit').insert({ account_id: accountId, route_class, calls: 1_000, window_ms: 1_000 });
  const carteira = await createCarteira(knex, {
    account_id: accountId,
    gateway: bankName,
    ...testBank.carteira,
    timeout_seconds: ANSWERED_WITHIN_SECONDS,
  });

  const createWorker = ({ knex: connection = knex, ...options }: TestWorkerOptions & { knex?: Knex } = {}) =>
    createTestWorker(connection, accountId, { bank: bankName, ...options });
  const worker = createWorker();

  return {
    knex,
    databaseUrl: database.url,
    bank,
    bankName,
    accountId,
    carteira,
    worker,
    createWorker,
    async createDueBatch(count) {
      const batchId = await createBatch(knex, carteira.id, { phase: 'communicating' });
      const receivableIds: number[] = [];
      for (let made = 0; made < count; made += 1) {
        const receivableId = await createReceivable(knex, carteira, { customer_id: await createCustomer(knex) });
        await createItem(knex, batchId, receivableId);
        receivableIds.push(receivableId);
      }
      return { batchId, receivableIds };
    },
    async waitForAnswers(seconds) {
      await knex('carteira').update({ timeout_seconds: seconds });
    },
    settle: (batchId) => worker.settle(batchId),
    async close() {
      await bank.close();
      await database.close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
