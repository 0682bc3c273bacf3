import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { connect } from '../../client/connect';
import { createSecretBox } from '../../config/secrets';
import type { ItemState } from '../../domain/boleto/states';
import {
  simulatedAccount,
  startSimulator,
  type BancoDoBrasilSimulator,
} from '../../gateways/bancoDoBrasil/simulator/simulator';
import { createTestDatabase } from './database';
import { createAccount, createCarteira, sealedAccount } from './record';
import { claimNamespace } from './temporal';

const SECRETS_KEY = 'a key of a test, longer than thirty-two characters';
const CONNECTS_WITHIN_MS = 60_000;
const ROOT = join(__dirname, '../..');

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Standard output, one JSON value a line. */
  json: Record<string, unknown>[];
}

/** Real workers as processes, real Temporal, real PostgreSQL, a bank over HTTP: everything but the set-up of a stack. */
export interface LiveScene {
  knex: Knex;
  client: Client;
  bank: BancoDoBrasilSimulator;
  carteira: { id: number; filialId: number };
  /** Environment of our programs. */
  variables: Record<string, string>;
  startWorker(): Promise<ChildProcess>;
  /** All of them, at once. */
  killWorkers(): Promise<void>;
  /** Runs `boletos` as a process. */
  boletos(...args: string[]): Promise<CommandResult>;
  states(batchId: string): Promise<Partial<Record<ItemState, number>>>;
  /** Resolves when the batch rests: it waits for people, is paused, or has ended. */
  phaseOf(batchId: string, ...phases: string[]): Promise<string>;
  close(): Promise<void>;
}

export async function openLiveScene({ timeoutSeconds = 5 } = {}): Promise<LiveScene> {
  const [database, temporal] = await Promise.all([createTestDatabase(), claimNamespace()]);
  const { knex } = database;
  const stateFolder = mkdtempSync(join(tmpdir(), 'bank-'));
  const bank = await startSimulator({ stateFolder });
  const accountId = await createAccount(knex, sealedAccount(createSecretBox(SECRETS_KEY), bank, simulatedAccount));
  for (const route_class of ['register', 'read'])
    await knex('gateway_limit').insert({ account_id: accountId, route_class, calls: 100, window_ms: 1_000 });
  const carteira = await createCarteira(knex, {
    account_id: accountId,
    variation: '35',
    timeout_seconds: timeoutSeconds,
  });
  const client = await connect({ ...temporal, withinMs: CONNECTS_WITHIN_MS });
  const variables = {
    DATABASE_URL: database.applicationUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    SECRETS_KEY,
    LOG_LEVEL: 'error',
  };
  const workers = new Set<ChildProcess>();

  return {
    knex,
    client,
    bank,
    carteira,
    variables,
    async startWorker() {
      const worker = spawn(process.execPath, ['--import', 'tsx', 'worker/main.ts'], {
        cwd: ROOT,
        env: { ...process.env, ...variables },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      workers.add(worker);
      worker.once('exit', () => workers.delete(worker));
      const ended = once(worker, 'exit').then(() => Promise.reject(new Error('the worker ended before it was ready')));
      await Promise.race([once(worker, 'message'), ended]);
      ended.catch(() => undefined);
      return worker;
    },
    async killWorkers() {
      for (const worker of workers) {
        worker.kill('SIGKILL');
        await once(worker, 'exit');
      }
    },
    async boletos(...args) {
      const command = spawn(process.execPath, ['bin/boletos.js', ...args], {
        cwd: ROOT,
        env: { ...process.env, ...variables },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [stdout, stderr] = ['', ''];
      command.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      command.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      const [code] = (await once(command, 'close')) as [number | null];
      const json = args.includes('--json')
        ? stdout
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line) as Record<string, unknown>)
        : [];
      return { code, stdout, stderr, json };
    },
    async states(batchId) {
      const rows = await knex('batch_item').where({ batch_id: batchId }).select('state').count().groupBy('state');
      return Object.fromEntries(rows.map((row) => [row['state'], Number(row['count'])]));
    },
    async phaseOf(batchId, ...phases) {
      const wanted = phases.length > 0 ? phases : ['awaitingAdjustments', 'paused', 'concluded'];
      for (;;) {
        const batch = await knex('batch').where({ id: batchId }).first<{ phase: string } | undefined>('phase');
        if (batch && wanted.includes(batch.phase)) return batch.phase;
        await sleep(100);
      }
    },
    async close() {
      for (const worker of workers) {
        worker.kill('SIGKILL');
        await once(worker, 'exit');
      }
      await client.connection.close();
      await bank.close();
      await database.close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
