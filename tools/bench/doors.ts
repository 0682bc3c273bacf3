import { addressScenarios } from './doors/addresses';
import { judge, leaks, readStandings } from './doors/judge';
import { numberScenarios } from './doors/numbers';
import { countActions, type Actions } from './doors/person';
import { drill, setBackScenarios } from './doors/restored';
import { TITULOS, type Outcome, type Scenario } from './doors/scenario';
import { silenceScenarios } from './doors/silence';
import { openStage, type Stage } from './doors/stage';
import { accountOf, convenioOf, loadCarteiras, openScene } from './cadastro';
import type { Bench, BenchContext, Goal } from './frame';

const SEED = 1;

/** The drill comes last of those that set the record back. */
const scenarios: readonly Scenario[] = [
  ...[...setBackScenarios, drill],
  ...[...silenceScenarios, ...numberScenarios, ...addressScenarios],
];

export const doors: Bench = {
  name: 'doors',
  title: `o que se faz ao lado da máquina, ${TITULOS} títulos por cena; o livro do banco contra o registro`,
  options: { scene: { default: 0, help: 'só a cena deste número; 0 = todas' } },
  async run(context) {
    const only = context.option('scene');
    const scenes = await play(context, only === 0 ? scenarios : scenarios.slice(only - 1, only));
    const drilled = scenes.filter(({ scenario }) => scenario === drill);
    const others = scenes.filter(({ scenario }) => scenario !== drill);
    context.measure({ scene: 'all', personActions: sum(others, ({ personActions }) => personActions) });
    return [
      { goal: 'doors.unfinished', value: others.filter(({ finished }) => !finished).length, atMost: 0 },
      { goal: 'doors.doubled', value: sum(others, ({ doubled }) => doubled), atMost: 0 },
      { goal: 'doors.lost', value: sum(others, ({ lost }) => lost), atMost: 0 },
      { goal: 'doors.leaked', value: sum(others, ({ leaked }) => leaked), atMost: 0 },
      ...(drilled.length > 0 ? drillGoals(drilled) : []),
    ];
  },
};

export const restore: Bench = {
  name: 'restore',
  title: 'o registro volta a um backup enquanto o banco seguiu; conferir-banco; a comunicação seguinte',
  run: async (context) => drillGoals(await play(context, [drill])),
};

interface Scene {
  scenario: Scenario;
  finished: boolean;
  doubled: number;
  lost: number;
  /** Alive at the bank, and their títulos know nothing of them. */
  unknown: number;
  leaked: number;
  sentAgain: number;
  personActions: number;
}

/** Adopted means known: after the drill a boleto that its título knows nothing of is lost. */
function drillGoals(scenes: readonly Scene[]): Goal[] {
  return [
    { goal: 'restore.unfinished', value: scenes.filter(({ finished }) => !finished).length, atMost: 0 },
    { goal: 'restore.doubled', value: sum(scenes, ({ doubled }) => doubled), atMost: 0 },
    { goal: 'restore.lost', value: sum(scenes, ({ lost, unknown }) => Math.max(lost, unknown)), atMost: 0 },
    { goal: 'restore.sentAgain', value: sum(scenes, ({ sentAgain }) => sentAgain), atMost: 0 },
  ];
}

async function play(context: BenchContext, chosen: readonly Scenario[]): Promise<Scene[]> {
  const stack = await context.startStack({ workers: 0 });
  const record = await openScene(stack);
  const stage = openStage(record);
  try {
    const cast = chosen.map((scenario) => ({ scenario, carteira: scenarios.indexOf(scenario) + 1 }));
    await prepare(stage, cast);
    const scenes: Scene[] = [];
    const act = async ({ scenario, carteira }: Part) =>
      void scenes.push(await playOne(context, stage, { scenario, carteira }));
    for (const each of cast.filter(({ scenario }) => scenario.setsBack)) {
      await stage.workers(each.scenario.workers ?? 1);
      await act(each);
    }
    for (const workers of [2, 1]) {
      const together = cast.filter(({ scenario }) => !scenario.setsBack && (scenario.workers ?? 1) === workers);
      if (together.length === 0) continue;
      await stage.workers(workers);
      await Promise.all(together.map(act));
    }
    return scenes;
  } finally {
    await stage.clear();
    await record.close();
  }
}

interface Part {
  scenario: Scenario;
  carteira: number;
}

async function prepare(stage: Stage, cast: readonly Part[]): Promise<void> {
  const plans = cast.map(({ carteira, scenario: { plan, more = 0 } }) => ({
    ...plan,
    ...{ id: carteira, titulos: TITULOS + more },
  }));
  await loadCarteiras(stage, plans, SEED);
  await stage.bank.bank.settings({
    accounts: cast.flatMap(({ scenario, carteira }) => [accountOf(carteira), ...(scenario.accounts?.(carteira) ?? [])]),
  });
  await stage.bank.bank.faults(
    cast.flatMap(({ scenario, carteira }) => scenario.faults?.(accountOf(carteira).clientId) ?? []),
  );
}

async function playOne(context: BenchContext, stage: Stage, { scenario, carteira }: Part): Promise<Scene> {
  const began = performance.now();
  const { name, what } = scenario;
  const replay = scenario === drill ? {} : { scene: carteira };
  context.say(`  ${name}: ${what}`);
  const { signal } = context;
  const outcome = await scenario
    .run({ stage, carteira, signal, batch: (part) => `${name}-${part}` })
    .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  const failed = outcome instanceof Error;
  if (failed && signal.aborted) throw outcome;
  const { ending, planted, elsewhere = [], sentAgain = 0, actions = {}, facts = {} } = failed ? unfinished : outcome;

  const addresses = [{ ...stage.bank, rightful: true }, ...elsewhere.map((each) => ({ ...each, rightful: false }))];
  const books = await Promise.all(addresses.map(({ bank }) => bank.entries()));
  const own = books.flat().filter(({ convenio }) => convenio === convenioOf(carteira));
  const { doubled, lost, unknown } = judge(own, await readStandings(stage.knex, carteira), planted);
  const leaked = leaks(
    await Promise.all(
      addresses.map(async ({ bank, rightful }) => {
        const { calls, strangeTokens } = await bank.state();
        // The bank itself is everybody's: its own count stands under the scenes that send it to other addresses.
        return {
          rightful,
          registrations: calls.register ?? 0,
          strangeTokens: rightful && elsewhere.length === 0 ? 0 : strangeTokens,
        };
      }),
    ),
  );
  const all = merged(ending.actions, actions);
  const finished = !failed && ending.rest !== 'stuck' && ending.rest !== 'paused';
  const counts = { doubled: doubled.length, lost: lost.length, unknown: unknown.length, leaked, sentAgain };
  context.measure({
    ...{ scene: name, finished, ...counts, personActions: countActions(all), actions: all, refused: ending.refused },
    ...{ rest: ending.rest, states: ending.states, ...facts, ...(failed && { error: outcome.message }) },
    seconds: Math.round((performance.now() - began) / 1_000),
  });
  if (!finished || doubled.length + lost.length + leaked > 0)
    context.say(`    ✗ ${context.replay(replay)}: ${[...doubled, ...lost].slice(0, 3).join('; ')}`);
  return { scenario, finished, ...counts, personActions: countActions(all) };
}

const unfinished: Outcome = { ending: { rest: 'stuck', states: {}, actions: {}, refused: 0 } };

function merged(one: Actions, other: Actions): Actions {
  const names = new Set([...Object.keys(one), ...Object.keys(other)] as (keyof Actions)[]);
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}

function sum<T>(list: readonly T[], valueOf: (each: T) => number): number {
  return list.reduce((total, each) => total + valueOf(each), 0);
}
