import { createRandom } from '../../examples/random';
import type { Fault, FaultRule, Route } from '../../gateways/simulator/faults';
import { audit, isOf } from './auditor';
import { bankAt } from './bank';
import { convenioOf, loadCarteiras, openScene, type Scene } from './cadastro';
import { deal, planBlows, type BlowOdds } from './driver';
import type { Bench, BenchContext, Goal } from './frame';
import { goalsOf } from './goals';
import { patiently, press, seeThrough } from './operator';

const BOLETOS = 500;
const WORKERS = 2;

const odds: BlowOdds = {
  kills: 7,
  freezes: 2,
  // Sending takes the first quarter; in the rest the bank is asked about what got no answer.
  withinMs: 50_000,
  // Up to past the instant at which others may take its items over.
  freezeMs: [1_000, 45_000],
};

/** One in ten calls goes wrong. `after` is the worst: it is registered, and we cannot know. */
const rules: readonly FaultRule[] = [
  ...ofRoute('register', [
    [0.012, { kind: 'silent', when: 'after' }],
    [0.006, { kind: 'silent', lateMs: 4_000 }],
    [0.012, { kind: 'drop', when: 'after' }],
    [0.01, { kind: 'drop', when: 'before' }],
    [0.01, { kind: 'status', status: 500, when: 'after' }],
    [0.01, { kind: 'status', status: 502, when: 'after' }],
    [0.01, { kind: 'status', status: 503, when: 'before' }],
    [0.008, { kind: 'html', when: 'after' }],
    [0.008, { kind: 'truncated', cut: true }],
    [0.004, { kind: 'status', status: 429, retryAfter: '1' }],
    [0.01, { kind: 'slow', ms: 1_500 }],
  ]),
  ...ofRoute('read', [
    [0.03, { kind: 'silent' }],
    [0.03, { kind: 'drop' }],
    [0.03, { kind: 'status', status: 500 }],
    [0.01, { kind: 'truncated' }],
  ]),
  ...ofRoute('token', [
    [0.05, { kind: 'status', status: 503 }],
    [0.05, { kind: 'drop' }],
  ]),
];

function ofRoute(route: Route, faults: readonly (readonly [probability: number, fault: Fault])[]): FaultRule[] {
  return faults.map(([probability, fault]) => ({ match: { route, probability }, fault }));
}

export const storm: Bench = {
  name: 'storm',
  title: `comunicações de ${BOLETOS} boletos enquanto processos são mortos e o gateway falha em 10% das chamadas`,
  options: {
    runs: { default: 20, help: 'quantas comunicações' },
    seed: { default: 1, help: 'semente da primeira; as seguintes somam 1' },
  },
  run,
};

async function run(context: BenchContext): Promise<Goal[]> {
  const first = context.option('seed');
  const seeds = Array.from({ length: context.option('runs') }, (_, index) => first + index);
  const stack = await context.startStack({ workers: WORKERS });
  const scene = await openScene(stack);
  const bank = bankAt(stack.gateways['banco-do-brasil'] ?? '');
  try {
    await loadCarteiras(
      scene,
      seeds.map((seed) => ({ id: carteiraOf(seed), titulos: BOLETOS })),
      first,
    );
    let unfinished = 0;
    for (const seed of seeds) if (!(await runOnce(context, scene, seed))) unfinished += 1;
    const findings = await patiently(async () => audit(scene.knex, await bank.entries()));
    return goalsOf('storm', findings, unfinished);
  } finally {
    await scene.close();
  }
}

/** Each run has its own, so that the same seed meets the same faults whatever ran before. */
function carteiraOf(seed: number): number {
  return (seed % 1_000) + 1;
}

/** @returns whether all of its boletos were registered in the end. */
async function runOnce(context: BenchContext, scene: Scene, seed: number): Promise<boolean> {
  const { say, signal, measure, replay } = context;
  const began = performance.now();
  const carteira = carteiraOf(seed);
  const batchId = `storm-${seed}`;
  const bank = bankAt(scene.stack.gateways['banco-do-brasil'] ?? '');
  await bank.faults(rules, seed);
  const blows = planBlows(createRandom(seed), odds);
  say(`  ${batchId}`);
  const told: Promise<void>[] = [];
  const [ending] = await Promise.all([
    press(scene, carteira, batchId).then(() => seeThrough(scene, batchId, signal)),
    deal(scene.stack, blows, {
      say,
      signal,
      // A simulator that was killed remembers its ledger, not its faults.
      onKill(prey) {
        if (prey === 'gateway') told.push(bank.faults(rules, seed));
      },
    }),
  ]);
  await Promise.all(told);
  const findings = (await patiently(async () => audit(scene.knex, await bank.entries()))).filter((finding) =>
    isOf(finding, convenioOf(carteira), batchId),
  );
  const ok = ending.rest === 'concluded' && ending.states.registered === BOLETOS;
  measure({
    ...{ seed, ok, findings: findings.length, rest: ending.rest, states: ending.states },
    ...{ firstRest: ending.firstRest, firstStates: ending.firstStates, actions: ending.actions.join(' ') },
    ...(await callsOf(scene, batchId)),
    seconds: Math.round((performance.now() - began) / 1_000),
  });
  for (const finding of findings) measure({ seed, ...finding });
  if (!ok || findings.length > 0) say(`  ✗ ${replay({ seed, runs: 1 })}`);
  return ok;
}

/** How rough it was: calls that may register, those without a clear end, those whose worker died, and the looks. */
function callsOf({ knex }: Scene, batchId: string): Promise<Record<string, number>> {
  return patiently(async () => {
    const { rows } = await knex.raw<{ rows: Record<string, number>[] }>(
      `select count(*)::int as sends, count(*) filter (where a.kind = 'ambiguous')::int as ambiguous,
         count(*) filter (where a.duration_ms is null)::int as orphaned,
         (select count(*)::int from look l join attempt la on la.id = l.attempt_id where la.batch_id = :batchId) as looks,
         (select count(*)::int from batch_item where batch_id = :batchId and reconciled) as reconciled
       from attempt a where a.batch_id = :batchId`,
      { batchId },
    );
    return rows[0] ?? {};
  });
}
