import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createReviewBank } from '../../activities/reviewBank';
import { listFindings, openReview, readReview, type Finding, type Review } from '../../record/engine/bankReviews';
import type { ReviewProgress } from '../../domain/account/bankReview';
import { localDate, saoPauloDate, type LocalDate } from '../../domain/kinds/dates';
import type { BankScene } from './bankScene';
import type { TestWorker } from './testWorker';

export const today = (): LocalDate => saoPauloDate(new Date());

/** The carteira says where the bank's lists are found: the simulator's agency and account. */
export async function giveAgency(scene: Pick<BankScene, 'knex' | 'carteira'>): Promise<void> {
  await scene.knex('carteira').where({ id: scene.carteira.id }).update({ agency: '452', bank_account: '123873' });
}

let reviews = 0;

/** Asks for a review and returns its id, before anybody works on it. */
export async function askReview(
  { knex, carteira }: Pick<BankScene, 'knex' | 'carteira'>,
  period: { from?: string; to?: string } = {},
): Promise<string> {
  reviews += 1;
  const opened = await openReview(knex, {
    ...{ id: `conferencia-${reviews}`, carteiraId: carteira.id, by: 'operador.1' },
    from: localDate(period.from ?? today()),
    ...(period.to ? { to: localDate(period.to) } : {}),
  });
  if (opened.kind !== 'opened') throw new Error(`the review was not begun: ${opened.kind}`);
  return opened.reviewId;
}

/** Works on a review as its workflow does, until it ends. */
export async function conduct(
  { knex, worker }: Pick<BankScene, 'knex'> & { worker: TestWorker },
  reviewId: string,
  options: { share?: number; budgetMs?: number } = {},
): Promise<{ review: Review; findings: Finding[] }> {
  const reviewBank = createReviewBank({ knex, lineOf: () => worker.line, share: 1, ...options });
  for (;;) {
    const input = { reviewId, gateway: 'banco-do-brasil' };
    const { state, waitMs }: ReviewProgress = await new MockActivityEnvironment().run(reviewBank, input);
    if (state === 'done' || state === 'failed') break;
    await sleep(waitMs);
  }
  const review = (await readReview(knex, reviewId)) as Review;
  return { review, findings: await listFindings(knex, { reviewId, limit: 1_000, filiais: null }) };
}
