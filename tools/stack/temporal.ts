import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { msToTs, optionalTsToMs } from '@temporalio/common/lib/time';
import { writeAtomically } from './files';
import { commandLine, identity } from './identity';
import { freePort } from './ports';
import { plainEnvironment } from './plainEnvironment';
import type { Launch, Program } from './processes';
import type { Say } from './say';
import { stopProcess } from './stopping';

/** What an operator filters batches by; all 3 Int slots of a namespace on SQL visibility. */
const SEARCH_ATTRIBUTES = {
  BoletoPhase: 'Keyword',
  BoletoCarteira: 'Keyword',
  BoletoGateway: 'Keyword',
  BoletoOperator: 'Keyword',
  BoletoTotal: 'Int',
  BoletoFailures: 'Int',
  BoletoRound: 'Int',
  BoletoNearestDueDate: 'Datetime',
} as const;

const GRACE_MS = 15_000;
/** Instead of the dev server's 24 h: last month's batches stay readable in the Web UI. */
const RETENTION_MS = 90 * 24 * 60 * 60 * 1000;

export interface DevServerOptions {
  /** The stack's folder: the server's state lives in it. */
  folder: string;
  executable: string;
  ports: { frontend: number; ui: number };
  namespaces: readonly string[];
  /** false: state in memory, retention as it is. */
  durable: boolean;
  say: Say;
}

export interface DevServer {
  program: Program<true>;
  /** host:port; known once the program is ready. */
  address(): string;
  uiUrl(): string;
}

/** A Temporal dev server of this folder. Nothing runs before the program is started. */
export function temporalDevServer(options: DevServerOptions): DevServer {
  let { frontend, ui } = options.ports;
  let wasReady = false;
  const database = join(options.folder, 'temporal.db');
  const address = () => `127.0.0.1:${frontend}`;

  async function launch(): Promise<Launch> {
    await stopStaleTemporal(options.folder, options.say);
    // Made by an earlier version for everybody to read.
    for (const file of [database, `${database}-wal`, `${database}-shm`]) if (existsSync(file)) chmodSync(file, 0o600);
    if (!wasReady) {
      frontend = await freePort(frontend).catch(() => freePort());
      ui = await freePort(ui).catch(() => freePort());
    }
    const state = options.durable ? ['--db-filename', database] : [];
    const args = [
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      '--port',
      String(frontend),
      '--ui-port',
      String(ui),
      ...state,
    ];
    args.push('--ui-disable-news-fetch', '--log-level', 'error');
    for (const namespace of options.namespaces) args.push('--namespace', namespace);
    for (const [name, type] of Object.entries(SEARCH_ATTRIBUTES)) args.push('--search-attribute', `${name}=${type}`);
    return {
      command: options.executable,
      args,
      env: plainEnvironment(),
      started: (pid) => writeAtomically(pidFileOf(options.folder), `${pid}\n${identity(pid)}`),
    };
  }

  return {
    address,
    uiUrl: () => `http://127.0.0.1:${ui}`,
    program: {
      name: 'temporal',
      kind: 'temporal',
      label: 'Temporal',
      launch,
      ready: {
        async ask() {
          const answers = await isServing(address(), options.namespaces, options.durable);
          wasReady ||= answers === true;
          return answers;
        },
      },
      readyWithinMs: 60_000,
      stopSignal: 'SIGTERM',
      graceMs: GRACE_MS,
    },
  };
}

/** True once every namespace answers; its retention is raised in passing. */
async function isServing(
  address: string,
  namespaces: readonly string[],
  raiseRetention: boolean,
): Promise<true | undefined> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 2_000 });
    const { workflowService } = connection;
    for (const namespace of namespaces) {
      const { config } = await workflowService.describeNamespace({ namespace });
      const retention = optionalTsToMs(config?.workflowExecutionRetentionTtl) ?? 0;
      if (raiseRetention && retention < RETENTION_MS)
        await workflowService.updateNamespace({
          namespace,
          config: { workflowExecutionRetentionTtl: msToTs(RETENTION_MS) },
        });
    }
    return true;
  } catch {
    return undefined;
  } finally {
    await connection?.close();
  }
}

/** The folder is locked for us, so that a server on its state is what a killed run left. */
export async function stopStaleTemporal(folder: string, say: Say): Promise<void> {
  const pidFile = pidFileOf(folder);
  if (!existsSync(pidFile)) return;
  const [pid, known] = readFileSync(pidFile, 'utf8').split('\n');
  if (!known || identity(Number(pid)) !== known) return;
  if (!commandLine(Number(pid)).includes('start-dev')) return;
  say(`… um Temporal de uma execução interrompida em ${folder} (processo ${pid}) é parado antes`);
  await stopProcess(Number(pid), 'SIGTERM', GRACE_MS);
}

function pidFileOf(folder: string): string {
  return join(folder, 'temporal.pid');
}
