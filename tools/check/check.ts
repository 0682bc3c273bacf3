import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../stack/root';
import { proveEveryNode } from './everyNode';
import { runTests, type Counts } from '../stack/runTests';

interface Step {
  name: string;
  package: string;
  /** Of the package's programs; default: the package's own name. */
  program?: string;
  args: readonly string[];
}

/** Every folder with code of ours, also one that comes later. */
const rooms = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|docs$|coverage$|dist$)/.test(entry.name))
  .map(({ name }) => name);

const steps: readonly Step[] = [
  { name: 'regras (eslint)', package: 'eslint', args: ['.'] },
  { name: 'tipos (tsc)', package: 'typescript', program: 'tsc', args: ['-p', '.'] },
  { name: 'tipos das telas (tsc)', package: 'typescript', program: 'tsc', args: ['-p', 'web'] },
  { name: 'formato (prettier)', package: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  {
    name: 'dependências entre pastas (dependency-cruiser)',
    package: 'dependency-cruiser',
    program: 'depcruise',
    args: ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...rooms],
  },
  { name: 'código sem uso (knip)', package: 'knip', args: ['--no-progress'] },
  { name: 'bancos e escritas em seu lugar', package: 'tsx', args: ['tools/check/houseRules.ts'] },
];

/** Each is one process that is busy with one core. */
const AT_ONCE = 2;

const EVERY_NODE = '--every-node';

/**
 * `npm run check`: every step runs, whatever the others say; the tests come last, with their own last line.
 * `-- --every-node` proves the other versions of Node, too: what CI does.
 */
async function main(): Promise<void> {
  const failed = await runSteps();
  const nodes = process.argv.includes(EVERY_NODE) ? await proveEveryNode() : undefined;
  const testsFailed = (await runTestsQuietly(failed, nodes)) !== 0;
  process.exitCode = failed.length > 0 || testsFailed ? 1 : 0;
}

/** What failed before is said once more where it is read: above the last line. */
async function runTestsQuietly(failed: readonly string[], nodes?: Counts): Promise<number> {
  const tell = () => {
    if (failed.length > 0) console.log(`✗ não passou: ${failed.join('; ')}`);
    else console.log('✓ formato, regras, tipos, dependências, código sem uso, e bancos e escritas em seu lugar');
  };
  return runTests([], tell, nodes);
}

async function runSteps(): Promise<string[]> {
  const waiting = [...steps];
  const failed: string[] = [];
  const work = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const began = performance.now();
      const { code, output } = await run(step);
      const seconds = ((performance.now() - began) / 1000).toFixed(1).replace('.', ',');
      if (code !== 0) failed.push(step.name);
      console.log(`${code === 0 ? '✓' : '✗'} ${step.name} (${seconds} s)${code === 0 ? '' : `\n${output.trimEnd()}`}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failed;
}

function run(step: Step): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [programOf(step), ...step.args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
    child.once('error', (error) => resolve({ code: 1, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Not node_modules/.bin: on Windows that holds scripts which only a shell can run. */
function programOf({ package: name, program = name }: Step): string {
  const folder = join(root, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  return join(folder, typeof bin === 'string' ? bin : (bin[program] ?? ''));
}

void main();
