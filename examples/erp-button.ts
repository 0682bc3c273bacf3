import { connect, phaseLabels, startBatch, type BatchReport, type CauseCount } from '../client';

/** What the button "Comunicação com Gateway" of an ERP does; `correct` is its screen Contas a Receber. */
export async function pressButton(
  carteiraId: number,
  by: string,
  correct: (causes: CauseCount[]) => Promise<number[]>,
): Promise<BatchReport> {
  const client = await connect();
  try {
    const batch = await startBatch(client, { carteiraId, filters: {}, by });
    for await (const { phase, counts } of batch.follow()) console.log(phaseLabels[phase], counts?.byState);
    const { phase, causes } = await batch.progress();
    if (phase !== 'awaitingAdjustments') return await batch.result();
    for (const receivableId of await correct(causes)) await batch.corrected(receivableId);
    await batch.recommunicate({ by, scope: 'corrected' });
    for await (const { phase, counts } of batch.follow()) console.log(phaseLabels[phase], counts?.byState);
    if (await batch.running()) await batch.conclude({ by });
    return await batch.result();
  } finally {
    await client.connection.close();
  }
}
