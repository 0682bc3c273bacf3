import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultRule, Route } from '../../gateways/simulator/faults';
import { audit, isOf } from './auditor';
import { bankAt, type Bank } from './bank';
import { accountOf, convenioOf, loadCarteiras, openScene, type Scene } from './cadastro';
import type { Bench, BenchContext, Goal } from './frame';
import { goalsOf } from './goals';
import { press, seeThrough, type Ending, type Rest } from './operator';

const BOLETOS = 200;
/** Batches at once: enough to fill the waits, few enough that a fault is not hidden by a busy machine. */
const AT_ONCE = 8;
const WORKERS = 2;

/** One kind of misbehaviour, on a carteira of its own. */
interface FaultCase {
  name: string;
  /** Told to the bank; each is limited to the account of this carteira. */
  rules: readonly FaultRule[];
  /** Done once while the batch runs; such a case runs alone, as it hits everybody. */
  strike?: (bank: Bank) => Promise<void>;
  /** Where the batch may rest before anybody does anything; afterwards all of them are registered. */
  rests: readonly Rest[];
  /** Its carteira asks for a Pix with each boleto. */
  pix?: boolean;
}

const byItself: readonly Rest[] = ['concluded'];
const forAPerson: readonly Rest[] = ['awaitingAdjustments'];
const forAnAdministrator: readonly Rest[] = ['paused'];
/** What wears off after a few calls may be over before it is seen to hit everybody. */
const eitherWay: readonly Rest[] = ['concluded', 'paused'];

/** Every boleto meets it once: the retries come when it has worn off. */
function once(fault: Fault, route: Route = 'register', times = BOLETOS): FaultRule[] {
  return [{ match: { route }, fault, times }];
}

/** `before` and `after` of one fault. */
function both(name: string, fault: Fault, rests = byItself, times = BOLETOS): FaultCase[] {
  return (['before', 'after'] as const).map((when) => ({
    name: `${name}-${when}`,
    rules: once({ ...fault, when } as Fault, 'register', times),
    rests,
  }));
}

/** Looks that go wrong as well, after answers that never came. */
function whileLooking(name: string, fault: Fault, rests = byItself, times = BOLETOS): FaultCase {
  return { name, rules: [...once({ kind: 'drop', when: 'after' }), ...once(fault, 'read', times)], rests };
}

/** Neither the bank nor its gateway gives tokens for a while. */
function withoutToken(name: string, fault: Fault, rests = byItself): FaultCase {
  return { name, rules: once(fault, 'token', 3), rests };
}

/** A configuration failure stops the batch; what was under way with it uses up the rest. */
const FEW = 5;

const cases: readonly FaultCase[] = [
  { name: 'none', rules: [], rests: byItself },
  { name: 'slow', rules: once({ kind: 'slow', ms: 1_500 }), rests: byItself },
  ...both('too-slow', { kind: 'slow', ms: 4_000 }),
  ...both('silent', { kind: 'silent' }),
  { name: 'silent-late', rules: once({ kind: 'silent', lateMs: 5_000 }), rests: byItself },
  ...both('drop', { kind: 'drop' }),
  ...[408, 500, 502, 503, 504].flatMap((status) => both(`status-${status}`, { kind: 'status', status })),
  ...both('status-429', { kind: 'status', status: 429, retryAfter: '1' }, byItself, 40),
  ...both('status-429-without-retry-after', { kind: 'status', status: 429 }),
  ...both('status-401', { kind: 'status', status: 401 }, eitherWay, FEW),
  ...both('status-403', { kind: 'status', status: 403 }, eitherWay, FEW),
  ...both('status-404', { kind: 'status', status: 404 }, [...forAnAdministrator, ...forAPerson, ...byItself], FEW),
  ...both('html-200', { kind: 'html' }),
  ...both('html-502', { kind: 'html', status: 502 }),
  ...both('empty-200', { kind: 'empty' }),
  ...both('empty-500', { kind: 'empty', status: 500 }),
  ...both('empty-400', { kind: 'empty', status: 400 }, eitherWay, FEW),
  { name: 'truncated', rules: once({ kind: 'truncated' }), rests: byItself },
  { name: 'truncated-cut', rules: once({ kind: 'truncated', cut: true }), rests: byItself },
  ...(['nul', 'loneSurrogate', 'invalidUtf8'] as const).flatMap((content) =>
    both(`dirty-${content}`, { kind: 'dirty', content }, forAPerson),
  ),
  ...both('dirty-huge', { kind: 'dirty', content: 'huge' }, [...byItself, ...forAPerson], FEW),
  ...both('dirty-500', { kind: 'dirty', content: 'nul', status: 500 }),
  { name: 'redirect', rules: once({ kind: 'redirect' }, 'register', FEW), rests: forAnAdministrator },
  { name: 'echo', rules: once({ kind: 'echo' }), rests: forAPerson },
  { name: 'invalid-client', rules: once({ kind: 'invalidClient' }, 'register', FEW), rests: eitherWay },

  // Registered, and the codes of the answer are wrong: a person has the bank asked again.
  ...(['line', 'bank', 'amount', 'dueDate', 'ourNumber', 'pixCrc', 'pixAmount'] as const).map((what) => ({
    name: `misprint-${what}`,
    rules: once({ kind: 'misprint', what }),
    rests: forAPerson,
    pix: what.startsWith('pix'),
  })),
  whileLooking('look-misprint', { kind: 'misprint', what: 'amount' }, forAPerson),

  whileLooking('look-silent', { kind: 'silent' }),
  whileLooking('look-drop', { kind: 'drop' }),
  whileLooking('look-500', { kind: 'status', status: 500 }),
  whileLooking('look-429', { kind: 'status', status: 429, retryAfter: '1' }, byItself, 40),
  whileLooking('look-html-404', { kind: 'html', status: 404 }),
  whileLooking('look-empty-404', { kind: 'empty', status: 404 }),
  whileLooking('look-empty-200', { kind: 'empty' }),
  whileLooking('look-truncated', { kind: 'truncated' }),
  whileLooking('look-401', { kind: 'status', status: 401 }, eitherWay, FEW),
  whileLooking('look-403', { kind: 'status', status: 403 }, forAnAdministrator, FEW),
  whileLooking('look-dirty', { kind: 'dirty', content: 'nul', status: 500 }),

  withoutToken('token-500', { kind: 'status', status: 500 }),
  withoutToken('token-429', { kind: 'status', status: 429, retryAfter: '1' }),
  withoutToken('token-slow', { kind: 'slow', ms: 3_000 }),
  withoutToken('token-silent', { kind: 'silent' }),
  withoutToken('token-drop', { kind: 'drop' }),
  withoutToken('token-html', { kind: 'html' }),
  withoutToken('token-empty', { kind: 'empty' }),
  withoutToken('token-truncated', { kind: 'truncated' }),
  withoutToken('token-invalid-client', { kind: 'invalidClient' }, forAnAdministrator),

  { name: 'expire-tokens', rules: [], strike: async (bank) => bank.expireTokens(), rests: eitherWay },
  { name: 'down', rules: [], strike: async (bank) => bank.down(5_000), rests: byItself },
];

export const faults: Bench = {
  name: 'faults',
  title: `cada falha do gateway simulado, ${BOLETOS} boletos cada uma; o livro do banco contra o registro`,
  options: { case: { default: 0, help: 'só a falha deste número; 0 = todas' } },
  run,
};

async function run(context: BenchContext): Promise<Goal[]> {
  const only = context.option('case');
  const numbered = cases.map((each, index) => ({ ...each, carteira: index + 1 }));
  const chosen = numbered.filter(({ carteira }) => only === 0 || carteira === only);
  const stack = await context.startStack({ workers: WORKERS });
  const scene = await openScene(stack);
  try {
    const bank = bankAt(stack.gateways['banco-do-brasil'] ?? '');
    await loadCarteiras(
      scene,
      chosen.map(({ carteira }) => ({ id: carteira, titulos: BOLETOS })),
      1,
    );
    const withPix = chosen.filter(({ pix }) => pix).map(({ carteira }) => carteira);
    await scene.knex('carteira').whereIn('id', withPix).update({ pix: true });
    await bank.faults(
      chosen.flatMap(({ carteira, rules }) =>
        rules.map((rule) => ({ ...rule, match: { ...rule.match, account: accountOf(carteira).clientId } })),
      ),
    );
    const unexpected: string[] = [];
    const one = async (each: (typeof numbered)[number]) => {
      const ending = await runCase(context, scene, bank, each);
      if (!isExpected(each, ending)) unexpected.push(each.name);
    };
    await inParallel(
      AT_ONCE,
      chosen.filter(({ strike }) => !strike),
      one,
    );
    for (const each of chosen.filter(({ strike }) => strike)) await one(each);
    const findings = await audit(scene.knex, await bank.entries());
    for (const finding of findings) {
      const found = chosen.find(({ carteira }) => isOf(finding, convenioOf(carteira), batchOf(carteira)));
      context.measure({ ...finding, fault: found?.name });
      if (found) context.say(`    ${context.replay({ case: found.carteira })}`);
    }
    for (const name of unexpected) {
      const { carteira } = numbered.find((each) => each.name === name) ?? { carteira: 0 };
      context.say(`  ✗ ${name} ended otherwise than it should: ${context.replay({ case: carteira })}`);
    }
    return goalsOf('faults', findings, unexpected.length);
  } finally {
    await scene.close();
  }
}

function batchOf(carteira: number): string {
  return `faults-${carteira}`;
}

async function runCase(
  { measure, signal }: BenchContext,
  scene: Scene,
  bank: Bank,
  { name, carteira, rests, strike }: FaultCase & { carteira: number },
): Promise<Ending> {
  const began = performance.now();
  const batchId = batchOf(carteira);
  await press(scene, carteira, batchId);
  if (strike) {
    await untilSomeAreRegistered(scene, batchId);
    await strike(bank);
  }
  const ending = await seeThrough(scene, batchId, signal);
  const { firstRest, firstStates, states, actions, rest } = ending;
  const ok = isExpected({ rests }, ending);
  const seconds = Math.round((performance.now() - began) / 1_000);
  measure({ fault: name, carteira, ok, firstRest, firstStates, actions: actions.join(' '), rest, states, seconds });
  return ending;
}

async function untilSomeAreRegistered({ knex }: Scene, batchId: string): Promise<void> {
  for (;;) {
    const some: unknown = await knex('batch_item').where({ batch_id: batchId, state: 'registered' }).first('ordinal');
    if (some) return;
    await sleep(20);
  }
}

function isExpected({ rests }: Pick<FaultCase, 'rests'>, { firstRest, rest, states }: Ending): boolean {
  return (rests as readonly string[]).includes(firstRest) && rest === 'concluded' && states.registered === BOLETOS;
}

async function inParallel<T>(width: number, list: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  const waiting = [...list];
  const lane = async () => {
    for (let each = waiting.shift(); each; each = waiting.shift()) await work(each);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
