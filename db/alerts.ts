import type { Knex } from 'knex';
import { formatDate, type LocalDate } from '../domain/dates';

const DUE_DATE_ALERT = 'dueDate';

export async function dueDateAlertRaised(knex: Knex, batchId: string, day: LocalDate): Promise<boolean> {
  const alert = await knex('alert')
    .where({ batch_id: batchId, kind: DUE_DATE_ALERT, day })
    .first<{ id: number } | undefined>('id');
  return alert !== undefined;
}

/** One a day. Ids, counts and dates only: people are named nowhere. */
export async function raiseDueDateAlert(
  knex: Knex,
  alert: { batchId: string; day: LocalDate; open: number; nearestDueDate: LocalDate },
): Promise<void> {
  const what = alert.open === 1 ? '1 cobrança sem boleto registrado' : `${alert.open} cobranças sem boleto registrado`;
  const when = alert.nearestDueDate < alert.day ? 'a mais antiga venceu em' : 'a mais próxima vence em';
  await knex('alert')
    .insert({
      batch_id: alert.batchId,
      kind: DUE_DATE_ALERT,
      day: alert.day,
      message: `${what}: ${when} ${formatDate(alert.nearestDueDate)}.`,
    })
    .onConflict(['batch_id', 'kind', 'day', 'receivable_id'])
    .ignore();
}

/** The record's clock: workers' clocks may disagree about what day it is. */
export async function databaseTime(knex: Knex): Promise<Date> {
  const { rows } = await knex.raw<{ rows: { now: Date }[] }>('select clock_timestamp() as now');
  return (rows[0] as { now: Date }).now;
}
