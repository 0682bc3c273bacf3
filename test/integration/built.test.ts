import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createReceivables } from '../kit/record';

const ROOT = join(__dirname, '../..');
const run = promisify(execFile);

/** Writes down what a program had loaded when it ended. */
const PROBE = `process.once('exit', () =>
  require('node:fs').writeFileSync(process.env.LOADED, JSON.stringify([...Object.keys(require.cache), ...process.execArgv])));`;

let folder: string;
let scene: LiveScene;
const programs = new Set<ChildProcess>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'built-'));
  linkDependencies(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'probe.cjs'), PROBE);
  const build = [join(ROOT, 'tools/build/build.ts'), join(folder, 'dist')];
  await run(process.execPath, ['--import', 'tsx', ...build], { cwd: ROOT });
  scene = await openLiveScene();
});
afterAll(async () => {
  for (const program of programs) program.kill('SIGKILL');
  await scene.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What `npm ci --omit=dev` would install, and nothing else. */
function linkDependencies(modules: string): void {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; optional?: boolean }>;
  };
  for (const [path, { dev, devOptional, optional }] of Object.entries(packages)) {
    const [, name] = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path) ?? [];
    if (!name || dev || devOptional || optional) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, path), join(modules, name));
  }
}

/** Plain Node, from another folder, with what is built there. */
function node(name: string, args: readonly string[], variables: Record<string, string> = {}): ChildProcess {
  const program = spawn(process.execPath, ['--require', join(folder, 'probe.cjs'), ...args], {
    cwd: folder,
    env: { ...process.env, ...scene.variables, ...variables, LOADED: join(folder, `${name}.json`) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  programs.add(program);
  program.once('exit', () => programs.delete(program));
  return program;
}

/** @returns its first message */
async function ready(program: ChildProcess): Promise<{ origin?: string }> {
  const words = said(program.stderr);
  const ended = once(program, 'exit').then(async () => Promise.reject(new Error(`it ended: ${await words}`)));
  const [message] = (await Promise.race([once(program, 'message'), ended])) as [{ origin?: string }];
  ended.catch(() => undefined);
  return message;
}

async function said(stream: ChildProcess['stdout']): Promise<string> {
  let words = '';
  for await (const chunk of stream ?? []) words += String(chunk);
  return words;
}

async function ended(program: ChildProcess): Promise<{ code: number; out: string; err: string }> {
  const [[code], out, err] = await Promise.all([once(program, 'exit'), said(program.stdout), said(program.stderr)]);
  return { code: code as number, out, err };
}

/** webpack's own index only names its parts; its compiler is loaded by who compiles. */
const COMPILERS =
  /[/\\](tsx|esbuild|typescript|vite|@swc)[/\\]|webpack[/\\]lib[/\\](?!index\.js|util[/\\]memoize\.js)|\.ts$|^--import/;

function compilersOf(name: string): string[] {
  const loaded = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as string[];
  expect(loaded.length).toBeGreaterThan(100);
  return loaded.filter((path) => COMPILERS.test(path));
}

test('what is built communicates boletos by plain Node: no TypeScript, no bundler, no tool of development', async () => {
  await createReceivables(scene.knex, scene.carteira, 5);
  const worker = node('worker', ['dist/worker/main.js'], { WORKFLOW_BUNDLE: 'dist/workflow-bundle.js' });
  const api = node('api', ['dist/api/main.js'], { SCREENS_DIR: 'dist/screens' });
  const [{ origin }] = await Promise.all([ready(api), ready(worker)]);

  const command = node('cli', [
    ...['dist/bin/boletos.js', '--json', '--por', 'operador.1', 'comunicar'],
    ...['--carteira', String(scene.carteira.id), '--acompanhar'],
  ]);
  expect(await ended(command)).toMatchObject({ code: 0, err: '' });
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 5, duplicates: 0 });

  const page = await (await fetch(`${origin}/`)).text();
  const [, script] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? [];
  expect((await fetch(`${origin}${script}`)).headers.get('content-type')).toContain('javascript');
  expect((await fetch(`${origin}/api/v1/saude`)).status).toBe(200);

  for (const program of [worker, api]) {
    program.kill('SIGTERM');
    expect(await once(program, 'exit')).toEqual([0, null]);
  }
  for (const name of ['worker', 'api', 'cli']) expect([name, compilersOf(name)]).toEqual([name, []]);
});

test('a bundle of other workflows than the worker’s is refused, and so is a file that is none', async () => {
  const other = join(folder, 'other');
  cpSync(join(folder, 'dist'), other, { recursive: true });
  appendFileSync(join(other, 'domain/batch/sliceSize.js'), '// a later version\n');
  const old = await ended(node('old', ['other/worker/main.js'], { WORKFLOW_BUNDLE: 'other/workflow-bundle.js' }));
  expect(old).toMatchObject({ code: 1, err: expect.stringContaining('construído de outra versão') as string });
  const none = await ended(node('none', ['dist/worker/main.js'], { WORKFLOW_BUNDLE: 'dist/worker/main.js' }));
  expect(none).toMatchObject({ code: 1, err: expect.stringContaining('não é um pacote de workflows') as string });
});
