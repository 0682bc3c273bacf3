// Installs what package-lock.json says when node_modules is missing or stale. Plain Node: nothing is installed yet.
'use strict';

const { spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');

const root = join(__dirname, '../..');
const lockfile = join(root, 'package-lock.json');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.boletos-installed');
/** Beside node_modules, which npm ci removes. */
const turn = join(root, '.cache', 'npm-ci');
const OLDEST_NODE = [20, 19];
const WAITS_FOR_ANOTHER_MS = 10 * 60_000;
const WORDS_LINES = 12;
const LOOKS_EVERY_MS = 500;
/** Where no line can be written over: a file, CI. */
const TELLS_EVERY_MS = 5_000;

/** @returns {string | undefined} what is wrong with this Node, in one line */
function nodeIsTooOld() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return undefined;
  return `erro: é preciso Node.js ${OLDEST_NODE.join('.')} ou mais novo; este é o ${process.version}`;
}

/** Ends the process with one clear error when there is no way on. Writes to stderr only. */
async function ensureDependencies() {
  const tooOld = nodeIsTooOld();
  if (tooOld) fail(tooOld);
  const wanted = fingerprint();
  if (isInstalled(wanted)) return;
  const giveBack = takeTurn();
  try {
    // Another run may have installed them while this one waited.
    if (!isInstalled(wanted)) await install(wanted);
  } finally {
    giveBack();
  }
}

/** Of the lock and of the machine: folders are shared between systems, native parts are not. */
function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(lockfile));
  return hash.update(`${process.platform} ${process.arch}`).digest('hex');
}

function isInstalled(wanted) {
  if (!existsSync(modules)) return false;
  if (readStamp() === wanted) return true;
  // Installed by somebody's own npm ci or npm install: npm's note of what is there decides.
  if (!matchesNpmsNote()) return false;
  leaveStamp(wanted);
  return true;
}

function readStamp() {
  try {
    return readFileSync(stamp, 'utf8');
  } catch {
    return undefined;
  }
}

function matchesNpmsNote() {
  try {
    const wanted = Object.entries(JSON.parse(readFileSync(lockfile, 'utf8')).packages);
    const present = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages;
    // Where all tools for development were left out on purpose, they are not missed.
    const withoutTools = !Object.values(present).some((each) => each.dev);
    return wanted.every(([path, { version, optional, dev, devOptional }]) => {
      if (path === '' || optional || devOptional || (dev && withoutTools)) return true;
      return present[path]?.version === version;
    });
  } catch {
    return false;
  }
}

function leaveStamp(wanted) {
  try {
    writeFileSync(stamp, wanted);
  } catch {
    // A read-only installation: the next run compares again.
  }
}

/** Says so at once and goes on saying how far it is: npm itself is silent for minutes. */
async function install(wanted) {
  const began = performance.now();
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const since = () => `${((performance.now() - began) / 1000).toFixed(1).replace('.', ',')} s`;
  const endProgress = tellProgress(since);
  const { code, words } = await runNpm(args);
  endProgress();
  if (code !== 0)
    fail(
      `erro: as dependências não puderam ser instaladas: npm ${args.join(' ')} falhou depois de ${since()}\n` +
        words
          .split('\n')
          // npm gives the cause first and its own manual afterwards.
          .filter((line) => /^(?!npm error\s*$)./.test(line))
          .slice(0, WORDS_LINES)
          .map((line) => `  | ${line}\n`)
          .join('') +
        '      confira a rede, o registro de pacotes do npm e o espaço em disco, e repita',
    );
  leaveStamp(wanted);
  console.error(`✓ dependências instaladas com npm ci (${since()})`);
}

/** @returns {Promise<{ code: number | null, words: string }>} with what npm wrote on standard error */
function runNpm(args) {
  const { command, before, shell } = npm();
  return new Promise((resolve) => {
    const child = spawn(command, [...before, ...args], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: withoutSecrets(),
      shell,
      windowsHide: true,
    });
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (words = (words + text).slice(0, 1024 * 1024)));
    // Else npm goes on in a folder that the next run wants.
    const stop = () => {
      child.kill('SIGTERM');
      process.exit(1);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.once(signal, stop);
    const end = (result) => {
      for (const signal of signals) process.off(signal, stop);
      resolve(result);
    };
    child.once('error', (error) => end({ code: null, words: error.message }));
    child.once('close', (code) => end({ code, words }));
  });
}

/** One line that is written over on a terminal, else a line now and then. @returns what ends it */
function tellProgress(since) {
  const { stderr } = process;
  const paths = expectedPaths();
  const progress = () =>
    `${paths.filter((path) => existsSync(join(root, path, 'package.json'))).length} de ${paths.length} pacotes`;
  console.error(`… instalando as dependências com npm ci: ${paths.length} pacotes, uma vez só`);
  const timer = setInterval(
    () => stderr.write(stderr.isTTY ? `\r\x1b[K  ${progress()} (${since()})` : `  ${progress()} (${since()})\n`),
    stderr.isTTY ? LOOKS_EVERY_MS : TELLS_EVERY_MS,
  );
  return () => {
    clearInterval(timer);
    if (stderr.isTTY) stderr.write('\r\x1b[K');
  };
}

/** Folders that npm makes first and fills then, but for what this machine may not need. */
function expectedPaths() {
  try {
    const packages = Object.entries(JSON.parse(readFileSync(lockfile, 'utf8')).packages);
    return packages
      .filter(([path, { optional }]) => path.startsWith('node_modules/') && !optional)
      .map(([path]) => path);
  } catch {
    // npm says what is wrong with it.
    return [];
  }
}

/** Packages may run programs of theirs while they are installed. What npm itself is set up with stays. */
function withoutSecrets() {
  const ours = /^(SECRETS_KEY|(MIGRATION_)?DATABASE_URL|OIDC_|TEMPORAL_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** The npm that started us, else the one on PATH, which on Windows is a script that only a shell can run. */
function npm() {
  const own = process.env.npm_execpath;
  if (own && /^(npm|npx)-cli\.c?js$/.test(basename(own)) && existsSync(own))
    return { command: process.execPath, before: [join(dirname(own), 'npm-cli.js')], shell: false };
  return { command: 'npm', before: [], shell: process.platform === 'win32' };
}

/** One npm ci at a time in a clone: two would pull the folder away from under each other. */
function takeTurn() {
  const giveUp = performance.now() + WAITS_FOR_ANOTHER_MS;
  mkdirSync(dirname(turn), { recursive: true });
  for (let told = false; ; told = true) {
    try {
      writeFileSync(turn, String(process.pid), { flag: 'wx' });
      return () => rmSync(turn, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') fail(`erro: ${dirname(turn)} não aceita gravação: ${error.message}`);
    }
    const holder = holderOfTurn();
    if (holder === undefined) rmSync(turn, { force: true });
    else if (performance.now() > giveUp)
      fail(`erro: o processo ${holder} ainda instala as dependências; espere por ele`);
    else {
      if (!told) console.error(`… o processo ${holder} está instalando as dependências; espera por ele`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    }
  }
}

/** undefined when it was killed. */
function holderOfTurn() {
  try {
    const pid = Number(readFileSync(turn, 'utf8'));
    process.kill(pid, 0);
    return pid > 0 ? pid : undefined;
  } catch (error) {
    return error.code === 'EPERM' ? 'de outro usuário' : undefined;
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

module.exports = { ensureDependencies };
