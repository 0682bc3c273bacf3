import { firstTituloOf } from '../cadastro';
import { press } from '../operator';
import { checkBank, seeThroughByMessages, type Actions } from './person';
import {
  communicate,
  heldBack,
  release,
  TITULOS,
  untilRegistered,
  type Outcome,
  type Play,
  type Scenario,
} from './scenario';
import { keepRecord, setBack } from './setBack';

/** Registered before the backup, so that it and the bank both have it; the others are registered since. */
const BEFORE = 1;
/** Títulos that come after the restore. */
const NEW = 5;

const held = heldBack(BEFORE);
/** A live restore strikes between the tenth and the last. */
const [KEPT_AT, STRUCK_AT] = [10, 35];
const slow = { register: { calls: 600, windowMs: 60_000 }, read: { calls: 12_000, windowMs: 60_000 } };

/** One boleto is in the backup, 49 are registered since, and the record goes back; five títulos are new. */
async function registerAndSetBack(play: Play, workers: number): Promise<void> {
  const { stage } = play;
  await communicate(play, 'before');
  await release(play, TITULOS);
  await keepRecord(stage.stack);
  await communicate(play, 'since');
  await stage.workers(0);
  await setBack(stage.stack);
  await release(play);
  await stage.workers(workers);
}

function d1(workers: number, name: string): Scenario {
  return {
    name,
    what: `the record is set back; then the same títulos and new ones; workers: ${workers}`,
    setsBack: true,
    ...{ workers, more: NEW, plan: held },
    async run(play) {
      await registerAndSetBack(play, workers);
      return { ending: await communicate(play, 'again') };
    },
  };
}

const live: Scenario = {
  name: 'D1-live',
  what: 'the record is set back in the middle of a communication, under two workers that go on',
  setsBack: true,
  ...{ workers: 2, more: NEW },
  plan: { limits: slow, ...heldBack(TITULOS) },
  async run(play) {
    const { stage, carteira, signal } = play;
    const batchId = play.batch('struck');
    await press(stage, carteira, batchId);
    await untilRegistered(play, KEPT_AT);
    await keepRecord(stage.stack);
    await untilRegistered(play, STRUCK_AT);
    await setBack(stage.stack);
    const struck = await seeThroughByMessages(stage, { carteiraId: carteira, batchId, signal });
    await release(play);
    const ending = await communicate(play, 'again');
    return { ending, actions: struck.actions, facts: { struck: { rest: struck.rest, states: struck.states } } };
  },
};

const gone: Scenario = {
  name: 'D1-gone',
  what: 'the record is set back to before a communication that is under way',
  setsBack: true,
  ...{ workers: 2, more: NEW },
  plan: { limits: slow, ...heldBack(TITULOS) },
  async run(play) {
    const { stage, carteira } = play;
    await keepRecord(stage.stack);
    await press(stage, carteira, play.batch('gone'));
    await untilRegistered(play, STRUCK_AT);
    await setBack(stage.stack);
    await release(play);
    return { ending: await communicate(play, 'again') };
  },
};

export const setBackScenarios: readonly Scenario[] = [d1(1, 'D1'), d1(2, 'D1-2'), live, gone];

/** What the procedure after a restore says: first the bank is asked, then the next communication. */
export const drill: Scenario = {
  name: 'drill',
  what: 'the record is set back; conferir-banco; then the same títulos and new ones',
  setsBack: true,
  ...{ more: NEW, plan: held },
  async run(play): Promise<Outcome> {
    const { stage, carteira } = play;
    await registerAndSetBack(play, 1);
    const actions: Actions = {};
    const { code, out, err } = await checkBank(
      stage,
      carteira,
      (what) => void (actions[what] = (actions[what] ?? 0) + 1),
    );
    const ending = await communicate(play, 'again');
    const sentAgain = await stage
      .knex('attempt')
      .join('batch_item', { 'batch_item.batch_id': 'attempt.batch_id', 'batch_item.ordinal': 'attempt.ordinal' })
      .where({ 'attempt.batch_id': play.batch('again') })
      .andWhere('receivable_id', '<', firstTituloOf(carteira) + TITULOS)
      .pluck<string[]>('attempt.id');
    return {
      ending,
      sentAgain: sentAgain.length,
      actions,
      facts: { checkBank: { code, said: (out || err).trim().split('\n').at(-1) } },
    };
  },
};
