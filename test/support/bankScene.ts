import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Knex } from 'knex';
import { createCommunicateSlice } from '../../activities/communicateSlice';
import { createLines, type GatewayLine } from '../../activities/gatewayLine';
import { createSecretBox } from '../../config/secrets';
import { loadAccount } from '../../db/carteiras';
import type { SliceResult } from '../../domain/batch';
import type { Gateway } from '../../domain/gateway';
import { createBancoDoBrasil } from '../../gateways/bancoDoBrasil/client';
import {
  simulatedAccount,
  startSimulator,
  type BancoDoBrasilSimulator,
} from '../../gateways/bancoDoBrasil/simulator/simulator';
import { createTestDatabase } from './database';
import { createAccount, createBatch, createCarteira, createCustomer, createItem, createReceivable } from './record';

/** Short, so that absence is proven in a second instead of in a minute; the order of things stays the same. */
const SETTLE_MS = 60;
const STALE_MS = 120;
const BANK_CACHE_MS = 100;

/** One worker's side of a gateway account: the gateway, its lines, and the slices it runs. */
export interface TestWorker {
  gateway: Gateway;
  line: GatewayLine;
  communicate(batchId: string, from?: number, to?: number): Promise<SliceResult>;
}

/** A record, a simulated bank and a carteira that communicates with it. */
export interface BankScene {
  knex: Knex;
  bank: BancoDoBrasilSimulator;
  accountId: number;
  carteira: { id: number; filialId: number };
  worker: TestWorker;
  /** Another worker on the same account, with memory of its own. */
  createWorker(): TestWorker;
  /** A batch of `count` títulos, selected and due. */
  createDueBatch(count: number): Promise<{ batchId: string; receivableIds: number[] }>;
  /** Runs slices until the machine has nothing left to do in the batch. */
  settle(batchId: string): Promise<void>;
  close(): Promise<void>;
}

export async function openBankScene(): Promise<BankScene> {
  const database = await createTestDatabase();
  const { knex } = database;
  const stateFolder = mkdtempSync(join(tmpdir(), 'bank-'));
  const bank = await startSimulator({ stateFolder, settings: { readCacheMs: BANK_CACHE_MS } });
  const secretBox = createSecretBox('a key of a test, longer than thirty-two characters');
  const accountId = await createAccount(knex, {
    base_url: bank.baseUrl,
    auth_url: bank.authUrl,
    credentials: secretBox.seal(JSON.stringify(simulatedAccount)),
  });
  for (const route_class of ['register', 'read'])
    await knex('gateway_limit').insert({ account_id: accountId, route_class, calls: 1_000, window_ms: 1_000 });
  const carteira = await createCarteira(knex, { account_id: accountId, variation: '35', timeout_seconds: 1 });

  function createWorker(): TestWorker {
    const gateway = createBancoDoBrasil({ simulated: true, settleMs: SETTLE_MS, staleMs: STALE_MS });
    const lineOf = createLines({ knex, secretBox, loadAccount: (id) => loadAccount(knex, secretBox, id) }, gateway);
    const communicateSlice = createCommunicateSlice({ knex, lineOf });
    return {
      gateway,
      line: lineOf(accountId),
      communicate: (batchId, from = 1, to = 1_000_000) =>
        new MockActivityEnvironment().run(communicateSlice, { batchId, round: 1, from, to, items: to - from + 1 }),
    };
  }
  const worker = createWorker();

  return {
    knex,
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
    async settle(batchId) {
      for (;;) {
        await worker.communicate(batchId);
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
