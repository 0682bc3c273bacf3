import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { simulatorPrograms } from '../../stack/simulators';
import { root } from '../../stack/root';
import { stopProcess } from '../../stack/stopping';
import { bankAt, type Bank } from '../bank';
import { BANK, type Scene } from '../cadastro';
import { startWorker, stopWorker } from '../ground';

const GRACE_MS = 5_000;

/** Where a gateway account may point. */
export interface Address {
  origin: string;
  bank: Bank;
}

/** A stack whose workers come and go by the bench, with other addresses beside the bank's. */
export interface Stage extends Scene {
  bank: Address;
  /** From now on so many workers take work; resolves when they do, and when those that are too many have ended. */
  workers(count: number): Promise<void>;
  /** Another process that speaks the bank's contract, with a ledger of its own. */
  openAddress(name: string, accounts: readonly object[]): Promise<Address>;
  /** Ends what the stage started; the scene is the caller's to close. */
  clear(): Promise<void>;
}

export function openStage(scene: Scene): Stage {
  const { stack } = scene;
  const workers: ChildProcess[] = [];
  const addresses: ChildProcess[] = [];
  const origin = stack.gateways[BANK] ?? '';
  return {
    ...scene,
    bank: { origin, bank: bankAt(origin) },
    async workers(count) {
      await Promise.all(workers.splice(count).map(stopWorker));
      // One after the other: each bundles the workflows first.
      while (workers.length < count) workers.push(await startWorker(stack));
    },
    async openAddress(name, accounts) {
      const [child, opened] = await startAddress(stack.folder, name);
      addresses.push(child);
      await opened.bank.settings({ accounts });
      return opened;
    },
    async clear() {
      await Promise.all(workers.splice(0).map(stopWorker));
      await Promise.all(
        addresses.splice(0).map(async ({ pid }) => pid && (await stopProcess(pid, 'SIGTERM', GRACE_MS))),
      );
    },
  };
}

async function startAddress(folder: string, name: string): Promise<[ChildProcess, Address]> {
  const state = join(folder, 'addresses', name);
  mkdirSync(state, { recursive: true });
  const child = spawn(process.execPath, ['--import', 'tsx', simulatorPrograms[BANK] ?? ''], {
    cwd: root,
    env: { ...process.env, SIMULATOR_STATE: state },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${name} ended before it was ready`)));
  const [ready] = (await Promise.race([once(child, 'message'), ended])) as [{ url: string }];
  ended.catch(() => undefined);
  const { origin } = new URL(ready.url);
  return [child, { origin, bank: bankAt(origin) }];
}
