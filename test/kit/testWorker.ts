import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Knex } from 'knex';
import { createCommunicateSlice } from '../../activities/communicateSlice';
import { createLines, type GatewayLine } from '../../activities/gatewayLine';
import { createSecretBox } from '../../config/secrets';
import { loadAccount } from '../../record/accounts/carteiras';
import type { SliceResult } from '../../domain/batch/batch';
import type { Gateway } from '../../domain/gateway';
import { testBanks, type TestBankName } from './banks';

/** Short, so that absence is proven in a second instead of in a minute; the order of things stays the same. */
const SETTLE_MS = 60;
const STALE_MS = 120;

export const testSecretBox = createSecretBox('a key of a test, longer than thirty-two characters');

/** One worker's side of a gateway account: the gateway, its lines, and the slices it runs. */
export interface TestWorker {
  gateway: Gateway;
  line: GatewayLine;
  communicate(batchId: string, from?: number, to?: number): Promise<SliceResult>;
  /** Runs slices until the machine has nothing left to do in the batch. */
  settle(batchId: string): Promise<void>;
}

export interface TestWorkerOptions {
  /** Banco do Brasil, when absent. */
  bank?: TestBankName;
  /** How long the bank may repeat an answer to a look. */
  staleMs?: number;
  /** From the intent until the call has left; production's when absent. */
  sendWindowMs?: number;
  /** Which of the numbers to come the bank is asked about before the first is given; none, so that a test counts its own calls. */
  numbersAhead?: () => readonly number[];
  /** Stands around the gateway, or the line, and sees what passes. */
  aroundGateway?(gateway: Gateway): Gateway;
  aroundLine?(line: GatewayLine): GatewayLine;
}

/** A worker with memory of its own, in this process. */
export function createTestWorker(knex: Knex, accountId: number, options: TestWorkerOptions = {}): TestWorker {
  const {
    bank = 'banco-do-brasil',
    staleMs = STALE_MS,
    sendWindowMs,
    numbersAhead = () => [],
    aroundGateway = same,
    aroundLine = same,
  } = options;
  const gateway = aroundGateway(testBanks[bank].createGateway({ settleMs: SETTLE_MS, staleMs }));
  const deps = {
    ...{ knex, secretBox: testSecretBox, numbersAhead },
    loadAccount: (id: number) => loadAccount(knex, testSecretBox, id),
  };
  const line = aroundLine(createLines(deps, gateway)(accountId));
  const communicateSlice = createCommunicateSlice({
    knex,
    lineOf: () => line,
    ...(sendWindowMs === undefined ? {} : { sendWindowMs }),
  });
  const communicate: TestWorker['communicate'] = (batchId, from = 1, to = 1_000_000) =>
    new MockActivityEnvironment().run(communicateSlice, { batchId, round: 1, from, to, items: to - from + 1 });
  return {
    gateway,
    line,
    communicate,
    async settle(batchId) {
      for (;;) {
        await communicate(batchId);
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
  };
}

function same<T>(it: T): T {
  return it;
}
