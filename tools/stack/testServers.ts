import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readEnvironment } from '../../config/environment';
import { findDebianTools } from './debianTools';
import { ownFolder } from './files';
import { lockFolder } from './lock';
import { discardPostgres, embeddedPostgres } from './postgres';
import { Supervisor } from './processes';
import { step, type Say } from './say';
import { stopStaleTemporal, temporalDevServer } from './temporal';
import { findTemporalBinary, temporalCli, timeSkippingServer } from './temporalBinaries';

/** Each test file takes one for itself and none is used twice in a run: test/kit/temporal.ts. */
const NAMESPACES = 60;

export interface TestServers {
  /** PostgreSQL. @returns the variables that tell the tests where it is */
  startRecord(): Promise<Record<string, string>>;
  /** Temporal, and the programs that tests look at things with. */
  startRest(): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts what tests need and the environment does not name. Each run has a folder of its own, which goes with it. */
export async function openTestServers(say: Say): Promise<TestServers> {
  const environment = readEnvironment(process.env);
  const runs = resolve(environment.dataDir, 'test');
  ownFolder(runs);
  await clearStaleRuns(runs, say);
  const folder = mkdtempSync(join(runs, 'run-'));
  const unlock = lockFolder(folder);
  const supervisor = new Supervisor(join(folder, 'logs'), say);

  const given = (name: string) => process.env[name] || undefined;
  const startTemporal = async () => {
    const cli = await findTemporalBinary(temporalCli, environment.temporalCliPath, say);
    const address = given('TEST_TEMPORAL_ADDRESS');
    if (address) return { cli, address, ui: given('TEST_TEMPORAL_UI') };
    const server = temporalDevServer({
      ...{ folder, executable: cli, ports: { frontend: 0, ui: 0 }, durable: false, say },
      namespaces: Array.from({ length: NAMESPACES }, (_, index) => `test-${index + 1}`),
    });
    await step(say, 'Temporal dos testes pronto', () => supervisor.start(server.program));
    return { cli, address: server.address(), ui: server.uiUrl() };
  };
  return {
    async startRecord() {
      const url = given('TEST_DATABASE_URL');
      if (url) return { TEST_DATABASE_URL: url };
      const postgres = embeddedPostgres({ folder, port: 0, durable: false, say });
      await step(say, 'PostgreSQL dos testes pronto', () => supervisor.start(postgres.program));
      return { TEST_DATABASE_URL: postgres.url('postgres') };
    },
    async startRest() {
      const [temporal, testServer, tools] = await Promise.all([
        startTemporal(),
        findTemporalBinary(timeSkippingServer, environment.temporalTestServerPath, say),
        findDebianTools(say),
      ]);
      const claims = join(folder, 'namespaces');
      mkdirSync(claims);
      return {
        TEST_TEMPORAL_ADDRESS: temporal.address,
        TEST_TEMPORAL_CLAIMS: claims,
        ...(temporal.ui && { TEST_TEMPORAL_UI: temporal.ui }),
        ...tools,
        TEMPORAL_CLI_PATH: temporal.cli,
        TEMPORAL_TEST_SERVER_PATH: testServer,
      };
    },
    async stop() {
      await supervisor.stop();
      await clear(folder, say);
      unlock();
    },
  };
}

/** A run that was killed leaves its folder, and its servers when their reaper was killed too. */
async function clearStaleRuns(runs: string, say: Say): Promise<void> {
  for (const name of readdirSync(runs)) {
    const folder = join(runs, name);
    try {
      const unlock = lockFolder(folder);
      await clear(folder, say);
      unlock();
    } catch {
      // Another run is at work in it.
    }
  }
}

async function clear(folder: string, say: Say): Promise<void> {
  await discardPostgres(folder, say);
  await stopStaleTemporal(folder, say);
  rmSync(folder, { recursive: true, force: true });
}
