import { setTimeout as sleep } from 'node:timers/promises';
import type { Limit } from '../../domain/manifest';
import { startReview } from '../../client/startReview';
import { openReview, readReview } from '../../record/engine/bankReviews';
import { saoPauloDate } from '../../domain/kinds/dates';
import { useOf } from './allowance';
import { bankAt } from './bank';
import { OPERATOR, openScene, type Scene } from './cadastro';
import type { Bench, BenchContext } from './frame';
import { fillCarteira, startWorker, stopWorker } from './ground';
import { peakMibOf } from './usage';

const BANK = 'banco-do-brasil';
/** Per minute: a turn is then not missed by a process that a busy machine wakes a little late. */
const READS: Limit = { calls: 600, windowMs: 60_000 };
/** Half of the account's reads: activities/reviewBank.ts. */
const SHARE = 0.5;
/** Of another system: each is looked at, beside the pages of the list. */
const FOREIGN = 300;
const LOOK_EVERY_MS = 250;

export const review: Bench = {
  name: 'review',
  title: 'conferir-banco: a memória do worker não cresce com o que o banco tem, e a sua parte das consultas é usada',
  options: {
    small: { default: 10_000, help: 'boletos no banco na primeira conferência' },
    large: { default: 100_000, help: 'e na segunda' },
  },
  async run(context) {
    const stack = await context.startStack({ workers: 0, gateways: [BANK] });
    const scene = await openScene(stack);
    try {
      const small = await measure(context, scene, { carteiraId: 1, boletos: context.option('small') });
      const large = await measure(context, scene, { carteiraId: 2, boletos: context.option('large') });
      return [
        { goal: 'review.memoryRatio', value: round(large.peakMib / small.peakMib), atMost: 1.2 },
        { goal: 'review.used', value: round(Math.min(small.used, large.used)), atLeast: 0.97 },
        { goal: 'review.unequal', value: small.unequal + large.unequal, atMost: 0 },
      ];
    } finally {
      await scene.close();
    }
  },
};

async function measure(
  context: BenchContext,
  scene: Scene,
  { carteiraId, boletos }: { carteiraId: number; boletos: number },
): Promise<{ peakMib: number; used: number; unequal: number }> {
  const { knex, stack, client } = scene;
  const origin = stack.gateways[BANK] ?? '';
  const bank = bankAt(origin);
  const { convenio, accountId, firstId } = await fillCarteira(scene, { carteiraId, boletos, limit: READS, origin });
  await registerInRecord(scene, { accountId, convenio, firstId, boletos });
  // The books of this carteira alone.
  await bank.reset();
  const ofTitulos = { dueDate: '2030-02-10', amountCents: 9_990, payerDocument: '52998224725' };
  await bank.fill({ convenio, count: boletos, firstReference: firstId, ...ofTitulos });
  await bank.fill({ convenio, count: FOREIGN, firstSequence: boletos + 1 });

  const worker = await startWorker(stack);
  try {
    const opened = await openReview(knex, {
      ...{ id: `review-${carteiraId}`, carteiraId, from: saoPauloDate(new Date()), by: OPERATOR },
    });
    if (opened.kind !== 'opened') throw new Error(`the review was not begun: ${opened.kind}`);
    const { reviewId, gateway } = opened;
    await startReview(client, { reviewId, gateway, carteiraId });
    let ended = await readReview(knex, reviewId);
    while (!ended?.finishedAt) {
      await sleep(LOOK_EVERY_MS, undefined, { signal: context.signal });
      ended = await readReview(knex, reviewId);
    }
    const instants = [...(await bank.calls('list')), ...(await bank.calls('read'))];
    const { calls, used } = useOf(instants, { ...READS, calls: READS.calls * SHARE });
    const peakMib = peakMibOf(worker.pid as number);
    const { counts, startedAt, finishedAt, state } = ended;
    const seconds = round((finishedAt.getTime() - startedAt.getTime()) / 1_000);
    context.measure({ boletos, state, pages: ended.pages, calls, seconds, used: round(used), peakMib });
    const right = state === 'done' && counts.findings.foreign === FOREIGN;
    return { peakMib, used, unequal: boletos - counts.equal + (right ? 0 : 1) };
  } finally {
    await stopWorker(worker);
  }
}

/** As a communication leaves them, without one. */
async function registerInRecord(
  { knex }: Scene,
  values: { accountId: number; convenio: string; firstId: number; boletos: number },
): Promise<void> {
  await knex.raw(
    `insert into boleto (receivable_id, account_id, convenio, own_reference, our_number, bank_id, state, linha_digitavel,
       barcode, registered_at)
     select r.id, :accountId, :convenio, r.id::text, n.number, n.number, 'registered', repeat('0', 47), repeat('0', 44),
       clock_timestamp()
     from receivable r,
       lateral (select '000' || :convenio::text || lpad((r.id - :firstId::bigint + 1)::text, 10, '0') as number) n
     where r.id between :firstId::bigint and :firstId::bigint + :boletos::bigint - 1`,
    values,
  );
  await knex('receivable')
    .whereBetween('id', [values.firstId, values.firstId + values.boletos - 1])
    .update({
      impresso: true,
    });
  await knex('numbering_space')
    .insert({ gateway: BANK, convenio: values.convenio, next_number: values.boletos + 1 })
    .onConflict(['gateway', 'convenio'])
    .merge();
  await knex.raw('analyze boleto');
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
