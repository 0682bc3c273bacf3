import { randomUUID } from 'node:crypto';
import { getBatch } from '../../../client/batchClient';
import { OPERATOR, convenioOf } from '../cadastro';
import { press, untilItRests } from '../operator';
import { decided, seeThroughByMessages } from './person';
import { communicate, TITULOS, untilTrue, type Play, type Scenario } from './scenario';

const DECIDED_AFTER_MS = 14_000;
const LOST_CALLS = 0.11;

/** All that the bank has of this carteira. */
async function ownEntries({ stage, carteira }: Play) {
  return (await stage.bank.bank.entries()).filter(({ convenio }) => convenio === convenioOf(carteira));
}

const d2: Scenario = {
  name: 'D2',
  what: 'the bank registers and is silent; paused; novo-numero 14 s later',
  faults: (account) => [
    { match: { route: 'register', account }, fault: { kind: 'silent', when: 'after' }, times: TITULOS },
  ],
  async run(play) {
    const { stage, carteira, signal } = play;
    const batchId = play.batch('silent');
    await press(stage, carteira, batchId);
    await untilTrue(async () => (await ownEntries(play)).length === TITULOS, signal);
    await getBatch(stage.client, batchId).pause({ by: OPERATOR, actionId: randomUUID() });
    await untilItRests(stage.knex, batchId, signal);
    const last = Math.max(...(await ownEntries(play)).map(({ at }) => at));
    await untilTrue(() => Promise.resolve(Date.now() - last >= DECIDED_AFTER_MS), signal);
    const ids = await stage.knex('receivable').where({ carteira_id: carteira }).orderBy('id').pluck<number[]>('id');
    let accepted = 0;
    for (const id of ids)
      if (await decided(stage, { batchId, receivableId: id, decision: 'newNumber', signal })) accepted += 1;
    const ending = await seeThroughByMessages(stage, { carteiraId: carteira, batchId, signal });
    return { ending, facts: { novoNumeroAccepted: accepted, novoNumeroRefused: TITULOS - accepted } };
  },
};

const d5: Scenario = {
  name: 'D5',
  what: 'not-found has an empty body, and 11% of the calls do not arrive',
  faults: (account) => [
    { match: { route: 'register', account, probability: LOST_CALLS }, fault: { kind: 'drop', when: 'before' } },
    { match: { route: 'read', account, probability: LOST_CALLS }, fault: { kind: 'drop', when: 'before' } },
    { match: { route: 'read', account, unknown: true }, fault: { kind: 'empty', status: 404 } },
  ],
  async run(play) {
    return { ending: await communicate(play, 'empty') };
  },
};

export const silenceScenarios: readonly Scenario[] = [d2, d5];
