import { getBatch } from '../../../client/batchClient';
import { accountOf, OPERATOR } from '../cadastro';
import { press, untilItRests } from '../operator';
import { define } from './account';
import { seeThroughByMessages } from './person';
import { communicate, heldBack, release, TITULOS, untilRegistered, type Scenario } from './scenario';

const UNRESOLVED = 10;
const HALF = 25;
const REFUSED = 10;
/** Nobody looks for a call without an answer before that: a command, on a machine that is busy, comes in between. */
const LONG_TIMEOUT_SECONDS = 40;

const d4: Scenario = {
  name: 'D4',
  plan: { timeoutSeconds: LONG_TIMEOUT_SECONDS },
  what: `carteira definir with another base URL while ${UNRESOLVED} attempts are unresolved`,
  faults: (account) => [
    { match: { route: 'register', account }, fault: { kind: 'silent', when: 'after' }, times: UNRESOLVED },
  ],
  async run(play) {
    const { stage, carteira, signal } = play;
    const other = await stage.openAddress('D4', [accountOf(carteira)]);
    const batchId = play.batch('moved');
    await press(stage, carteira, batchId);
    await untilRegistered(play, TITULOS - UNRESOLVED);
    const { code } = await define(stage, carteira, { origin: other.origin });
    const ending = await seeThroughByMessages(stage, { carteiraId: carteira, batchId, signal });
    return { ending, elsewhere: [other], facts: { definition: code === 0 ? 'taken' : 'refused' } };
  },
};

const d6: Scenario = {
  name: 'D6',
  what: 'a new base URL and a new client id for the same bank and convênio, between two communications',
  plan: heldBack(HALF),
  accounts: (carteira) => [movedAccount(carteira)],
  async run(play) {
    const { stage, carteira } = play;
    const first = await communicate(play, 'first');
    // The same process under its other name: the bank has moved, and its books with it.
    const origin = stage.bank.origin.replace('127.0.0.1', 'localhost');
    const { code, err } = await define(stage, carteira, { origin, ...movedAccount(carteira) });
    await release(play);
    const ending = await communicate(play, 'second');
    return { ending, actions: first.actions, facts: { definition: code === 0 ? 'taken' : err.trim() } };
  },
};

/** What the bank calls the account after its move. */
function movedAccount(carteira: number) {
  const account = accountOf(carteira);
  return { ...account, clientId: `${account.clientId}-novo`, appKey: `${account.appKey}-nova` };
}

const x1: Scenario = {
  name: 'X1',
  what: `in a live communication another base URL with a wrong secret, then another client id too; ${REFUSED} are sent again`,
  faults: (account) => [
    { match: { route: 'register', account }, fault: { kind: 'dirty', content: 'nul' }, times: REFUSED },
  ],
  async run(play) {
    const { stage, carteira, signal } = play;
    const other = await stage.openAddress('X1', [{ ...accountOf(carteira), clientSecret: 'outro-segredo' }]);
    const batchId = play.batch('live');
    await press(stage, carteira, batchId);
    await untilRegistered(play, TITULOS - REFUSED);
    await untilItRests(stage.knex, batchId, signal);
    const stranger = { origin: other.origin, clientSecret: 'segredo-errado' };
    const taken: number[] = [];
    for (const changes of [stranger, { ...stranger, clientId: 'outro-cliente' }])
      taken.push((await define(stage, carteira, changes)).code);
    await getBatch(stage.client, batchId).recommunicate({ by: OPERATOR, scope: 'all' });
    const ending = await seeThroughByMessages(stage, { carteiraId: carteira, batchId, signal });
    const definitions = taken.map((code) => (code === 0 ? 'taken' : 'refused')).join(' ');
    return { ending, elsewhere: [other], facts: { definitions } };
  },
};

export const addressScenarios: readonly Scenario[] = [d4, d6, x1];
