import { continueAsNew, proxyActivities, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import type { ReviewActivities } from '../activities';
import {
  findingKinds,
  findingLabels,
  remarkWords,
  reviewStateLabels,
  type ReviewInput,
  type ReviewProgress,
} from '../domain/account/bankReview';

/** Calls at the bank that only read. Each boleto is a row: a killed worker shows in 20 s, and another goes on there. */
const { reviewBank } = proxyActivities<ReviewActivities>({
  startToCloseTimeout: '10 min',
  heartbeatTimeout: '20 s',
  retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '1 min' },
});

const LONG_HISTORY = 1_500;

/** Holds what a bank registered against the record, a minute at a time, until all is compared. */
export async function bankReview(input: ReviewInput): Promise<ReviewProgress> {
  for (;;) {
    const progress = await reviewBank.executeWithOptions(
      { taskQueue: `gateway-${input.gateway}`, summary: 'Conferir com o banco' },
      [input],
    );
    setCurrentDetails(describeReview(input.reviewId, progress));
    if (progress.state === 'done' || progress.state === 'failed') return progress;
    if (progress.waitMs > 0) await sleep(progress.waitMs, { summary: 'O banco é perguntado de novo depois' });
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    if (historyLength > LONG_HISTORY || continueAsNewSuggested) await continueAsNew<typeof bankReview>(input);
  }
}

/** For the Temporal Web UI: counts and codes, never a bank's words. */
function describeReview(reviewId: string, { state, pages, counts, remarks, problem }: ReviewProgress): string {
  const rows = findingKinds.flatMap((kind) => {
    const count = counts.findings[kind] ?? 0;
    return count > 0 ? [`| ${findingLabels[kind]} | ${count} |`] : [];
  });
  return [
    `## ${reviewStateLabels[state]}`,
    `Conferência **${reviewId}** · páginas da lista: ${pages} · boletos na lista: ${counts.listed} · iguais: ${counts.equal} · por consultar: ${counts.pending}`,
    ...(problem === null ? [] : [`> **Atenção.** ${problemWords[problem]}`]),
    ...remarks.map((remark) => `> **Atenção.** ${remarkWords(remark, counts)}`),
    ...(rows.length > 0 ? [['| Achado | Boletos |', '|---|---:|', ...rows].join('\n')] : []),
  ].join('\n\n');
}

const problemWords = {
  bank: 'O banco não responde como devia; a conferência continua por si.',
  config:
    'O banco recusou a configuração da carteira ou as credenciais da conta: teste a conta e peça outra conferência.',
};
