import type { Knex } from 'knex';
import { carteirasWithoutAlert, raiseCarteiraAlert } from '../record/accounts/carteiraAlerts';
import { countPayableThoughClosed } from '../record/engine/payableThoughClosed';
import { countPixGivenUp } from '../record/engine/pixFetch';
import { countToRegister } from '../record/engine/toRegister';
import { dueSoonWords, payableWords, withoutPixWords } from '../domain/account/carteiraAlerts';
import { saoPauloDate } from '../domain/kinds/dates';
import { alertDay } from '../domain/batch/dueDateAlert';

/**
 * What nobody communicates is forgotten by nobody: of each carteira, once a day, the títulos that near their due date
 * or passed it without a registered boleto, whether a batch has them or not; and the boletos that can still be paid
 * though their título is cancelled or paid.
 * And boletos whose Pix the bank did not give, however often it was asked.
 * @returns ids of carteiras that got an alert
 */
export async function alertCarteiras(knex: Knex, now: Date): Promise<number[]> {
  const { day, until } = alertDay(now);
  const alerted = new Set<number>();

  const quiet = await carteirasWithoutAlert(knex, 'dueDate', day);
  const due = await countToRegister(knex, { today: saoPauloDate(now), until, carteiraIds: quiet });
  for (const [carteiraId, counts] of due)
    if (await raiseCarteiraAlert(knex, { carteiraId, kind: 'dueDate', day, counts, message: dueSoonWords(counts) }))
      alerted.add(carteiraId);

  const payable = await countPayableThoughClosed(knex);
  for (const carteiraId of await carteirasWithoutAlert(knex, 'payableThoughClosed', day)) {
    const counts = payable.get(carteiraId);
    if (!counts) continue;
    const alert = { carteiraId, kind: 'payableThoughClosed', day, counts, message: payableWords(counts) } as const;
    if (await raiseCarteiraAlert(knex, alert)) alerted.add(carteiraId);
  }

  const withoutPix = await countPixGivenUp(knex);
  for (const carteiraId of await carteirasWithoutAlert(knex, 'withoutPix', day)) {
    const counts = withoutPix.get(carteiraId);
    if (!counts) continue;
    const alert = { carteiraId, kind: 'withoutPix', day, counts, message: withoutPixWords(counts) } as const;
    if (await raiseCarteiraAlert(knex, alert)) alerted.add(carteiraId);
  }
  return [...alerted];
}
