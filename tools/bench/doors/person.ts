import { randomUUID } from 'node:crypto';
import { getBatch } from '../../../client/batchClient';
import { BatchError } from '../../../client/batchError';
import type { ResolveAction } from '../../../domain/batch/batch';
import { addDays, saoPauloDate } from '../../../domain/kinds/dates';
import { OPERATOR } from '../cadastro';
import { statesOf, untilItRests, type Rest, type States } from '../operator';
import { define } from './account';
import { boletos, type Said } from './boletos';
import type { Stage } from './stage';

/** What a person did, and how often. Only what a scenario needed, not what it did on purpose. */
export type Actions = Partial<
  Record<'resume' | 'reexamine' | 'recommunicate' | 'decide' | 'define' | 'checkBank', number>
>;

export interface Ending {
  rest: Rest | 'stuck';
  states: States;
  actions: Actions;
  /** Decisions that were refused. */
  refused: number;
}

/** Longer than ten looks at a bank that proves nothing. */
const PATIENCE_MS = 20 * 60_000;
const MOST_TURNS = 16;
const CONCLUDED_WITHIN_MS = 120_000;
/** Who is refused so often no longer asks. */
const MOST_DECISIONS = 3;
/** Who resumes so often, and sees the same pause again, calls for help. */
const MOST_FRUITLESS = 2;

export function countActions(actions: Actions): number {
  return Object.values(actions).reduce((sum, count) => sum + count, 0);
}

/** Of the account at the simulated bank, as its holder knows them. */
const beneficiary = { agency: '452', account: '123873' };

/**
 * `boletos conferir-banco` from the day before everything here began; where it wants to know agência and conta, they
 * are told, and it is asked again.
 */
export async function checkBank(
  stage: Stage,
  carteiraId: number,
  did: (what: 'checkBank' | 'define') => void,
): Promise<Said> {
  const since = addDays(saoPauloDate(new Date()), -1);
  const ask = () => boletos(stage.stack, ['conferir-banco', String(carteiraId), '--desde', since, '--json']);
  did('checkBank');
  const said = await ask();
  if (said.code === 0 || !said.err.includes('--agencia')) return said;
  did('define');
  await define(stage, carteiraId, { beneficiary });
  return ask();
}

/**
 * Sees a batch through as a person does who knows nothing but what the product says: does what a pause or a failure
 * names, resumes, has the bank asked again, decides what is left, and at last concludes.
 */
export async function seeThroughByMessages(
  stage: Stage,
  { carteiraId, batchId, signal }: { carteiraId: number; batchId: string; signal: AbortSignal },
): Promise<Ending> {
  const { knex, client, stack } = stage;
  const batch = getBatch(client, batchId);
  const actions: Actions = {};
  const did = (what: keyof Actions) => void (actions[what] = (actions[what] ?? 0) + 1);
  const asked = () => ({ by: OPERATOR, actionId: randomUUID() });
  const decisions = new Map<number, number>();
  const proposed = new Set<string>();
  let reexamined = '';
  let pausedAt = '';
  let fruitless = 0;
  let refused = 0;
  let rest: Rest | 'stuck' = 'stuck';

  /** @returns whether something was done. */
  const followWords = async (words: string): Promise<boolean> => {
    const nextNumber = /--proximo-numero[ =](\d+)/.exec(words)?.[1];
    if (nextNumber && !proposed.has(nextNumber)) {
      proposed.add(nextNumber);
      did('define');
      return (await define(stage, carteiraId, { nextNumber: Number(nextNumber) })).code === 0;
    }
    if (/conferir-banco/.test(words) && !proposed.has('conferir-banco')) {
      proposed.add('conferir-banco');
      return (await checkBank(stage, carteiraId, did)).code === 0;
    }
    return false;
  };

  const decide = async (): Promise<boolean> => {
    let changed = false;
    for (const { receivableId, decision } of await undecided(stage, batchId)) {
      const times = (decisions.get(receivableId) ?? 0) + 1;
      if (times > MOST_DECISIONS) continue;
      decisions.set(receivableId, times);
      did('decide');
      if (await decided(stage, { batchId, receivableId, decision, signal })) changed = true;
      else refused += 1;
    }
    return changed;
  };

  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    rest = await untilItRests(knex, batchId, signal, PATIENCE_MS);
    if (rest === 'concluded' || rest === 'stuck') break;
    const states = await statesOf(knex, batchId);
    if (rest === 'paused') {
      const stands = JSON.stringify(states);
      const isStill = !(await followWords((await boletos(stack, ['comunicacao', batchId])).out)) && stands === pausedAt;
      if (isStill && (fruitless += 1) > MOST_FRUITLESS) break;
      pausedAt = stands;
      if ((await wrongAddress(stage, carteiraId)) && !proposed.has('address')) {
        proposed.add('address');
        did('define');
        await define(stage, carteiraId);
      }
      did('resume');
      await unlessOutdated(batch.resume(asked()));
      continue;
    }
    if (await followWords((await boletos(stack, ['comunicacao', batchId, '--falhas'])).out)) continue;
    const disputed = JSON.stringify([states.unconfirmed ?? 0, states.conflict ?? 0]);
    if (states.unconfirmed || states.conflict) {
      if (disputed !== reexamined) {
        reexamined = disputed;
        did('reexamine');
        await unlessOutdated(batch.reexamine(asked()));
        continue;
      }
      if (await decide()) continue;
    }
    if (states.deferred && !proposed.has('deferred')) {
      proposed.add('deferred');
      did('recommunicate');
      await unlessOutdated(batch.recommunicate({ ...asked(), scope: 'all' }));
      continue;
    }
    // Nothing more that a person could do about what is left.
    break;
  }
  if (rest === 'awaitingAdjustments') {
    await unlessOutdated(batch.conclude(asked()).then(() => batch.result({ withinMs: CONCLUDED_WITHIN_MS })));
    rest = await untilItRests(knex, batchId, signal, PATIENCE_MS);
  }
  return { rest, states: await statesOf(knex, batchId), actions, refused };
}

interface Undecided {
  receivableId: number;
  decision: ResolveAction['decision'];
}

/**
 * What a person would decide of each: of a divergence, the one decision that leads out of it; of an uncertain result,
 * what the bank's own screens show.
 */
async function undecided({ knex, bank }: Stage, batchId: string): Promise<Undecided[]> {
  const { rows } = await knex.raw<{ rows: { receivableId: number; state: string; ourNumber: string | null }[] }>(
    `select i.receivable_id as "receivableId", i.state, b.our_number as "ourNumber"
     from batch_item i left join boleto b on b.id = i.boleto_id
     where i.batch_id = ? and i.state in ('unconfirmed', 'conflict') order by i.ordinal`,
    [batchId],
  );
  const known = new Set((await bank.bank.entries()).map(({ number }) => number));
  return rows.map(({ receivableId, state, ourNumber }) => ({
    receivableId,
    decision: state === 'conflict' ? 'newNumber' : known.has(ourNumber ?? '') ? 'registered' : 'absent',
  }));
}

/** Decides one título; where the batch is busy with what was decided before, once more when it rests. @returns whether it was taken */
export async function decided(
  { knex, client }: Pick<Stage, 'knex' | 'client'>,
  { batchId, receivableId, decision, signal }: Undecided & { batchId: string; signal: AbortSignal },
): Promise<boolean> {
  for (const isLast of [false, true]) {
    const action = { by: OPERATOR, actionId: randomUUID(), receivableId, decision, reasonCode: 'bench' };
    try {
      const { changed } = await getBatch(client, batchId).resolve(action);
      return changed > 0;
    } catch (error) {
      if (!(error instanceof BatchError)) throw error;
      if (isLast) return false;
      await untilItRests(knex, batchId, signal, PATIENCE_MS);
    }
  }
  return false;
}

/** Somebody moved the account to another address than the bank's: on a pause for it, that is seen and mended. */
async function wrongAddress({ knex, bank }: Stage, carteiraId: number): Promise<boolean> {
  const account = await knex('carteira')
    .join('gateway_account', 'gateway_account.id', 'carteira.account_id')
    .where('carteira.id', carteiraId)
    .first<{ base_url: string }>('base_url');
  return !account.base_url.startsWith(bank.origin) && !account.base_url.includes('localhost');
}

async function unlessOutdated(action: Promise<unknown>): Promise<void> {
  await action.catch((error: unknown) => {
    if (!(error instanceof BatchError)) throw error;
  });
}
