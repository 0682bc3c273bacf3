import type { Cents } from '../../../domain/kinds/money';
import { convenioOf } from '../cadastro';
import { chargesOf, registerAsOtherSystem } from './otherSystem';
import { communicate, TITULOS, type Play, type Scenario } from './scenario';

const EARLIER = 25;
const USED = 40;
const CROSSTALK_EVERY = 5;

/** Far from those that a new numbering begins with. */
function earlierNumber(carteira: number, index: number): string {
  return `000${convenioOf(carteira)}9${String(index + 1).padStart(9, '0')}`;
}

const d3: Scenario = {
  name: 'D3',
  what: `${EARLIER} of ${TITULOS} títulos have the nosso número and the linha of an earlier system, Impresso N`,
  plan: {
    fields: (index) =>
      index < EARLIER
        ? { nn_boleto: `9${String(index + 1).padStart(9, '0')}`, linha_digitavel: '0'.repeat(47), impresso: 'N' }
        : {},
  },
  async run(play) {
    const { stage, carteira } = play;
    const charges = await chargesOf(stage.knex, carteira, EARLIER);
    const earlier = charges.map((charge, index) => ({
      ...charge,
      ...{ ourNumber: earlierNumber(carteira, index), ownReference: `ANT-${charge.receivableId}` },
    }));
    await registerAsOtherSystem(stage.bank.origin, carteira, earlier);
    const planted = new Map(earlier.map(({ ourNumber, receivableId }) => [ourNumber, receivableId]));
    return { ending: await communicate(play, 'imported'), planted };
  },
};

/** The next numbers of the convênio are those of a system that nobody told about. */
async function useNumbers({ stage, carteira }: Play): Promise<void> {
  const charges = await chargesOf(stage.knex, carteira, USED);
  const others = charges.map((charge, index) => ({
    ...charge,
    amountCents: (charge.amountCents + 1) as Cents,
    ourNumber: `000${convenioOf(carteira)}${String(index + 1).padStart(10, '0')}`,
    ownReference: `OUTRO-${index + 1}`,
  }));
  await registerAsOtherSystem(stage.bank.origin, carteira, others);
}

function d7(workers: number, name: string): Scenario {
  return {
    name,
    what: `the next ${USED} numbers of the convênio are another system's; workers: ${workers}`,
    workers,
    async run(play) {
      await useNumbers(play);
      return { ending: await communicate(play, 'used') };
    },
  };
}

const d8: Scenario = {
  name: 'D8',
  what: "success whose number is another boleto's, while ours was registered too",
  faults: (account) => [
    { match: { route: 'register', account, every: CROSSTALK_EVERY }, fault: { kind: 'crosstalk' } },
  ],
  async run(play) {
    return { ending: await communicate(play, 'crossed') };
  },
};

export const numberScenarios: readonly Scenario[] = [d3, d7(1, 'D7'), d7(2, 'D7-2'), d8];
