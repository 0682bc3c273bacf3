import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf, fetchNodes, nodeMajors } from './nodeVersions';
import { root } from '../stack/root';
import type { Counts } from '../stack/runTests';
import type { Say } from '../stack/say';

/** What is shown on each version: the main job, a stack with API and command line, and what needs no services. */
const proofs = { demo: playsTheDemo, stack: servesAndAnswers, pure: runsPureTests };
/** As Node prints each kind of them; the name is before the colon. */
const WARNING = /^.*\(node:\d+\).*Warning.*$/m;
const UP = 'Tudo no ar';

/**
 * Proves the versions of Node beside the one that runs us. A version that cannot be had is told and counts as skipped,
 * never as passed.
 * @param fetched executables by major version
 */
export async function proveEveryNode(fetched = fetchNodes(), say: Say = console.log): Promise<Counts> {
  const own = Number(process.versions.node.split('.')[0]);
  const others = nodeMajors.filter((major) => major !== own);
  const nodes = await fetched;
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const prove = async (major: number) => {
    const executable = nodes[major];
    if (executable === undefined) {
      counts.skipped += Object.keys(proofs).length;
      return say(`○ Node ${major}: não pôde ser obtido do registro do npm; nada foi provado nele`);
    }
    const began = performance.now();
    const failures = await failuresOn(executable);
    counts.failed += failures.length;
    counts.passed += Object.keys(proofs).length - failures.length;
    const seconds = ((performance.now() - began) / 1000).toFixed(1).replace('.', ',');
    say(
      `${failures.length === 0 ? '✓' : '✗'} Node ${major}: demonstração, serviços e testes puros, sem aviso (${seconds} s)`,
    );
    for (const failure of failures) say(failure);
  };
  await Promise.all(others.map(prove));
  return counts;
}

async function failuresOn(executable: string): Promise<string[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'boletos-node-'));
  const failures: string[] = [];
  try {
    // In order: the stack opens the record that the demo leaves.
    for (const [name, proof] of Object.entries(proofs)) {
      const failure = await proof(executable, dataDir).catch((error: unknown) => String(error));
      if (failure !== null) failures.push(`  ${name}: ${failure.trimEnd().replaceAll('\n', '\n  | ')}`);
    }
    return failures;
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** @returns what is wrong, null = nothing */
type Proof = (executable: string, dataDir: string) => Promise<string | null>;

async function playsTheDemo(...[executable, dataDir]: Parameters<Proof>): ReturnType<Proof> {
  const { code, stdout, stderr } = await run(executable, ['tools/stack/prepare.mjs', 'tools/stack/demo.ts', '--json'], {
    dataDir,
  });
  if (code !== 0) return `saiu com ${code}:\n${stderr}`;
  const { registered, rejected, unconfirmed, gatewayLedger } = JSON.parse(stdout) as DemoEnd;
  const isRight =
    registered > 0 &&
    rejected === 0 &&
    unconfirmed === 0 &&
    gatewayLedger.registered === registered &&
    gatewayLedger.duplicates === 0;
  return isRight ? warningIn(stderr, logsBelow(dataDir)) : `outro fim:\n${stdout}`;
}

interface DemoEnd {
  registered: number;
  rejected: number;
  unconfirmed: number;
  gatewayLedger: { registered: number; duplicates: number };
}

async function servesAndAnswers(...[executable, dataDir]: Parameters<Proof>): ReturnType<Proof> {
  const stack = run(executable, ['tools/stack/prepare.mjs', 'tools/stack/start.ts', '--demo'], { dataDir });
  let told: string | null = null;
  if (await stack.says(UP)) {
    const { api } = JSON.parse(readFileSync(join(dataDir, 'start/stack.json'), 'utf8')) as { api: string };
    const page = await fetch(`${api}/`);
    const list = await run(executable, ['bin/boletos.js', 'comunicacoes', '--json'], { dataDir });
    if (!page.ok) told = `as telas responderam ${page.status}`;
    else if (list.code !== 0 || !/"registered":\d/.test(list.stdout))
      told = `boletos comunicacoes:\n${list.stdout}${list.stderr}`;
    else told = warningIn(list.stderr);
    stack.stop();
  }
  const { code, stdout, stderr } = await stack;
  if (!stdout.includes(UP)) return `não ficou pronto, saiu com ${code}:\n${stdout}${stderr}`;
  return told ?? (code === 0 ? warningIn(stdout, stderr, logsBelow(dataDir)) : `saiu com ${code}:\n${stdout}${stderr}`);
}

async function runsPureTests(...[executable, dataDir]: Parameters<Proof>): ReturnType<Proof> {
  // Those of the rules and of the gateways: what needs no service, and none of our processes.
  const some = ['test/domain/', 'test/gateways/', 'test/client/calculation'];
  const args = [require.resolve('jest/bin/jest'), '--selectProjects', 'pure', '--maxWorkers=1', '--', ...some];
  const { code, stdout, stderr } = await run(executable, args, { dataDir });
  return code === 0 ? warningIn(stdout, stderr) : `saiu com ${code}:\n${stderr}`;
}

function warningIn(...texts: string[]): string | null {
  const [line] = texts.flatMap((text) => WARNING.exec(text) ?? []);
  return line === undefined ? null : `um aviso do Node: ${line}`;
}

function logsBelow(dataDir: string): string {
  const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.log'));
  return files.map((path) => readFileSync(join(dataDir, path), 'utf8')).join('\n');
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function run(executable: string, args: string[], { dataDir }: { dataDir: string }) {
  const child = spawn(executable, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environmentOf(executable, { DATA_DIR: dataDir }),
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...said }));
  });
  return Object.assign(ended, {
    /** @returns false when it ended without a word of it */
    says: (words: string) =>
      Promise.race([
        ended.then(() => false),
        new Promise<true>((resolve) => {
          child.stdout.on('data', () => {
            if (said.stdout.includes(words)) resolve(true);
          });
        }),
      ]),
    stop: () => void child.kill('SIGTERM'),
  });
}
