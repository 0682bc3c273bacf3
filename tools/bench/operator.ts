import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { getBatch } from '../../client/batchClient';
import { BatchError } from '../../client/batchError';
import { startBatch } from '../../client/startBatch';
import type { BatchPhase } from '../../domain/batch/phases';
import type { ItemState } from '../../domain/boleto/states';
import { OPERATOR, type Scene } from './cadastro';

/** Where a batch stands when nothing moves by itself any more. */
export type Rest = 'concluded' | 'awaitingAdjustments' | 'paused';

export interface Ending {
  /** `stuck`: it did not come to rest in time, or the workflow did not end with the record. */
  rest: Rest | 'stuck';
  /** Where it rested first, before anybody did anything about it. */
  firstRest: Rest | 'stuck';
  firstStates: States;
  states: States;
  /** What a person had to do, in order. */
  actions: string[];
}

export type States = Partial<Record<ItemState, number>>;

const LOOKS_EVERY_MS = 300;
/** Longer than the waits of an item that is looked for twice, between kills. */
const PATIENCE_MS = 8 * 60_000;
const MOST_ACTIONS = 12;
/** Refused by the batch itself: what was to be done is no longer what it needs. */
const outdated: readonly string[] = ['acao_recusada', 'comunicacao_encerrada'];

/** Presses the button for all open títulos of a carteira; Temporal may be away for a while. */
export async function press({ client }: Pick<Scene, 'client'>, carteiraId: number, batchId: string): Promise<void> {
  await patiently(async () => {
    try {
      await startBatch(client, { batchId, carteiraId, filters: {}, by: OPERATOR });
    } catch (error) {
      // An earlier try was stored, and only its answer was lost.
      if (!(error instanceof BatchError && error.code === 'comunicacao_ja_iniciada')) throw error;
    }
  });
}

/** Does what a person would do until the batch is concluded: resume, ask again about the uncertain, send the rest again. */
export async function seeThrough(
  { knex, client }: Pick<Scene, 'knex' | 'client'>,
  batchId: string,
  signal: AbortSignal,
): Promise<Ending> {
  const batch = getBatch(client, batchId);
  const actions: string[] = [];
  let rest = await untilItRests(knex, batchId, signal);
  const firstRest = rest;
  const firstStates = await statesOf(knex, batchId);
  let states = firstStates;
  for (; rest === 'paused' || rest === 'awaitingAdjustments';) {
    const action = rest === 'paused' ? 'resume' : states.unconfirmed || states.conflict ? 'reexamine' : 'recommunicate';
    if (actions.length >= MOST_ACTIONS) break;
    actions.push(action);
    const asked = { by: OPERATOR, actionId: randomUUID() };
    await patiently(() =>
      action === 'recommunicate' ? batch.recommunicate({ ...asked, scope: 'all' }) : batch[action](asked),
    ).catch((error: unknown) => {
      if (!(error instanceof BatchError && outdated.includes(error.code))) throw error;
    });
    rest = await untilItRests(knex, batchId, signal);
    states = await statesOf(knex, batchId);
  }
  if (rest === 'concluded')
    rest = await patiently(() => batch.result()).then(
      () => 'concluded' as const,
      () => 'stuck' as const,
    );
  return { rest, firstRest, firstStates, states, actions };
}

/** Read from the record, which is right also while Temporal is away. */
export async function untilItRests(
  knex: Knex,
  batchId: string,
  signal: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<Rest | 'stuck'> {
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    const { rows } = await patiently(() =>
      knex.raw<{ rows: { phase: BatchPhase; paused: boolean; due: boolean }[] }>(
        `select phase, paused,
           exists (select from batch_item i where i.batch_id = b.id and i.due_at is not null) as due
         from batch b where id = ?`,
        [batchId],
      ),
    );
    const [batch] = rows;
    if (batch?.phase === 'concluded') return 'concluded';
    if (batch?.phase === 'awaitingAdjustments' && !batch.due) return 'awaitingAdjustments';
    if (batch?.phase === 'paused' && batch.paused) return 'paused';
    await sleep(LOOKS_EVERY_MS, undefined, { signal });
  }
  return 'stuck';
}

export async function statesOf(knex: Knex, batchId: string): Promise<States> {
  const rows = await patiently(() =>
    knex('batch_item')
      .where({ batch_id: batchId })
      .groupBy('state')
      .select<{ state: ItemState; count: number }[]>('state', knex.raw('count(*)::int as count')),
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

const AWAY_AT_MOST_MS = 120_000;

/** Services are killed under our feet: everything is asked again until they are back. A refusal is an answer. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const until = performance.now() + AWAY_AT_MOST_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof BatchError && outdated.includes(error.code)) throw error;
      if (performance.now() > until) throw error;
      await sleep(LOOKS_EVERY_MS);
    }
  }
}
