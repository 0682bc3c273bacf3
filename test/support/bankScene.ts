import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import {
  simulatedAccount,
  startSimulator,
  type BancoDoBrasilSimulator,
} from '../../gateways/bancoDoBrasil/simulator/simulator';
import { createTestDatabase } from './database';
import { createAccount, createBatch, createCarteira, createCustomer, createItem, createReceivable } from './record';
import { createTestWorker, testSecretBox, type TestWorker, type TestWorkerOptions } from './testWorker';

const BANK_CACHE_MS = 100;

/** A record, a simulated bank and a carteira that communicates with it. */
export interface BankScene {
  knex: Knex;
  databaseUrl: string;
  bank: BancoDoBrasilSimulator;
  accountId: number;
  carteira: { id: number; filialId: number };
  worker: TestWorker;
  /** Another worker on the same account, with memory of its own; `knex`: with its own way to the record. */
  createWorker(options?: TestWorkerOptions & { knex?: Knex }): TestWorker;
  /** A batch of `count` títulos, selected and due. */
  createDueBatch(count: number): Promise<{ batchId: string; receivableIds: number[] }>;
  /** Runs slices until the machine has nothing left to do in the batch. */
  settle(batchId: string, by?: TestWorker): Promise<void>;
  close(): Promise<void>;
}

export async function openBankScene(): Promise<BankScene> {
  const database = await createTestDatabase();
  const { knex } = database;
  const stateFolder = mkdtempSync(join(tmpdir(), 'bank-'));
  const bank = await startSimulator({ stateFolder, settings: { readCacheMs: BANK_CACHE_MS } });
  const accountId = await createAccount(knex, {
    base_url: bank.baseUrl,
    auth_url: bank.authUrl,
    credentials: testSecretBox.seal(JSON.stringify(simulatedAccount)),
  });
  for (const route_class of ['register', 'read'])
    await knex('gateway_limit').insert({ account_id: accountId, route_class, calls: 1_000, window_ms: 1_000 });
  const carteira = await createCarteira(knex, { account_id: accountId, variation: '35', timeout_seconds: 1 });

  const createWorker = ({ knex: connection = knex, ...options }: TestWorkerOptions & { knex?: Knex } = {}) =>
    createTestWorker(connection, accountId, options);
  const worker = createWorker();

  return {
    knex,
    databaseUrl: database.url,
    bank,
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
    async settle(batchId, by = worker) {
      for (;;) {
        await by.communicate(batchId);
        const { rows } = await knex.raw<{ rows: { dueInMs: number | null; paused: boolean }[] }>(
          `select min(extract(epoch from i.due_at - clock_timestamp()))::float8 * 1000 as "dueInMs",
             bool_or(b.paused) as paused
           from batch b left join batch_item i on i.batch_id = b.id and i.due_at is not null where b.id = ?`,
          [batchId],
        );
        const [next] = rows;
        if (!next || next.dueInMs === null || next.paused) return;
        await sleep(Math.max(0, next.dueInMs));
      }
    },
    async close() {
      await bank.close();
      await database.close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
