import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultRule } from '../../../gateways/simulator/faults';
import { firstTituloOf, type CarteiraPlan } from '../cadastro';
import { press } from '../operator';
import { seeThroughByMessages, type Actions, type Ending } from './person';
import type { Address, Stage } from './stage';

/** Of every scenario. */
export const TITULOS = 50;
const LOOKS_EVERY_MS = 50;

export interface Play {
  stage: Stage;
  carteira: number;
  /** Id of this scenario's communications, before the first hyphen of their own. */
  batch: (name: string) => string;
  signal: AbortSignal;
}

export interface Outcome {
  ending: Ending;
  /** Whose título it is, by nosso número, where an earlier system registered it. */
  planted?: ReadonlyMap<string, number>;
  /** Where boletos of this carteira may have gone besides the bank. */
  elsewhere?: readonly Address[];
  /** Actions besides those that the ending counts. */
  actions?: Actions;
  /** Calls for títulos that the bank had already, after it was asked what it has. */
  sentAgain?: number;
  /** Told beside the counts. */
  facts?: Record<string, unknown>;
}

/** One door beside the machinery: somebody goes through it, and then does what the product says. */
export interface Scenario {
  /** As in shared cases: D1, X1; a variant has more letters. */
  name: string;
  what: string;
  /** It sets the whole record back: nothing else may be at work. */
  setsBack?: true;
  /** How many workers it wants; default 1. */
  workers?: number;
  plan?: Omit<CarteiraPlan, 'id' | 'titulos'>;
  /** What goes wrong at the bank. @param account client id that each rule is limited to */
  faults?: (account: string) => FaultRule[];
  /** Accounts that the bank knows besides the carteira's own. */
  accounts?: (carteira: number) => object[];
  /** Títulos besides the 50. */
  more?: number;
  run(play: Play): Promise<Outcome>;
}

/** Communicates all that can be communicated, and sees it through. */
export async function communicate(play: Play, name: string): Promise<Ending> {
  const { stage, carteira, signal } = play;
  const batchId = play.batch(name);
  await press(stage, carteira, batchId);
  return seeThroughByMessages(stage, { carteiraId: carteira, batchId, signal });
}

/** The first `count` títulos, or all, are to be communicated from now on. */
export async function release({ stage, carteira }: Play, count = Infinity): Promise<void> {
  await stage
    .knex('receivable')
    .where({ carteira_id: carteira })
    .andWhere('id', '<', firstTituloOf(carteira) + Math.min(count, 1_000))
    .update({ released: true });
}

/** All but the first `from` of a carteira's títulos wait for `release`. */
export function heldBack(from: number): NonNullable<Scenario['plan']> {
  return { fields: (index) => ({ liberado: index < from ? 'S' : 'N' }) };
}

export async function untilTrue(condition: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await condition())) await sleep(LOOKS_EVERY_MS, undefined, { signal });
}

/** Waits until the record knows so many of the carteira's boletos as registered. */
export function untilRegistered({ stage, carteira, signal }: Play, count: number): Promise<void> {
  return untilTrue(async () => {
    const rows = await stage
      .knex('boleto')
      .join('receivable', 'receivable.id', 'boleto.receivable_id')
      .where({ 'receivable.carteira_id': carteira, 'boleto.state': 'registered' })
      .count<{ count: string | number }[]>('* as count');
    return Number(rows[0]?.count ?? 0) >= count;
  }, signal);
}
