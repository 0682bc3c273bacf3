import { setMaxListeners } from 'node:events';
import { resolve } from 'node:path';
import { readEnvironment } from '../../config/environment';
import { emptyStackFolder } from '../stack/emptyStackFolder';
import type { Say } from '../stack/say';
import { startStack, type Stack } from '../stack/stack';
import { ArgumentError, readArguments } from './arguments';
import { benches } from './benches';
import { isReached, type Bench, type BenchContext, type Goal } from './frame';

/** A bench fills, kills and freezes what it measures: only ever services that it started itself. */
const notOurs = /^(DATABASE_URL|SECRETS_KEY|GATEWAYS|SLICE_SIZE|TEMPORAL_(?!CLI_PATH$|TEST_SERVER_PATH$).*)$/;
const STOPPED_BY_SIGNAL = 130;

/** `npm run bench`: runs benches one after the other; the last lines are the goals; exit 1 when one is missed. */
async function main(): Promise<void> {
  const { chosen, json, options } = readArguments(process.argv.slice(2), benches);
  for (const name of Object.keys(process.env)) if (notOurs.test(name)) Reflect.deleteProperty(process.env, name);
  const say: Say = (line) => (json ? process.stderr : process.stdout).write(`${line}\n`);
  const print = (values: Record<string, unknown>) =>
    json ? void process.stdout.write(`${JSON.stringify(values)}\n`) : say(`  ${readable(values)}`);

  const interrupt = new AbortController();
  // Everything that waits listens to it.
  setMaxListeners(0, interrupt.signal);
  const stacks = new Set<Promise<Stack>>();
  const stopAll = async () => {
    await Promise.allSettled([...stacks].map(async (stack) => (await stack).stop()));
    stacks.clear();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      interrupt.abort();
      void stopAll().finally(() => process.exit(STOPPED_BY_SIGNAL));
    });

  const goals: Goal[] = [];
  let broken = false;
  for (const bench of chosen) {
    say(`\n${bench.name}: ${bench.title}`);
    try {
      goals.push(...(await bench.run(contextOf(bench, options, { say, print, signal: interrupt.signal, stacks }))));
    } catch (error) {
      if (interrupt.signal.aborted) return;
      // The other benches still have something to say.
      broken = true;
      process.stderr.write(`✗ ${bench.name}: ${error instanceof Error ? error.stack : String(error)}\n`);
    } finally {
      await stopAll();
    }
  }
  say('');
  for (const goal of goals)
    if (json) print(goal);
    else say(`${isReached(goal) ? '✓' : '✗'} ${JSON.stringify(goal)}`);
  process.exitCode = broken || !goals.every(isReached) ? 1 : 0;
}

interface Surroundings {
  say: Say;
  print(values: Record<string, unknown>): void;
  signal: AbortSignal;
  /** Also those that are still starting: an interrupted start has to end what it started. */
  stacks: Set<Promise<Stack>>;
}

function contextOf(
  bench: Bench,
  options: Readonly<Record<string, number>>,
  { say, print, signal, stacks }: Surroundings,
): BenchContext {
  return {
    say,
    signal,
    measure: (values) => print({ bench: bench.name, ...values }),
    option(name) {
      const declared = bench.options?.[name];
      if (!declared) throw new Error(`${bench.name} declares no option ${name}`);
      return options[name] ?? declared.default;
    },
    replay(changes) {
      const own = Object.entries(options).filter(([name]) => bench.options?.[name]);
      const words = Object.entries({ ...Object.fromEntries(own), ...changes }).map(([name, n]) => `--${name} ${n}`);
      return `npm run bench -- ${[bench.name, ...words].join(' ')}`;
    },
    async startStack({ part, ...stackOptions } = {}) {
      const name = part ? `bench-${bench.name}/${part}` : `bench-${bench.name}`;
      await emptyStackFolder(resolve(readEnvironment(process.env).dataDir, name), say);
      const stack = startStack({ ...stackOptions, name, say, signal });
      stacks.add(stack);
      return await stack;
    },
  };
}

function readable(values: Record<string, unknown>): string {
  return Object.entries(values)
    .filter(([name]) => name !== 'bench')
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    const expected = error instanceof ArgumentError;
    process.stderr.write(`erro: ${expected ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
    process.exit(expected ? 2 : 1);
  },
);
