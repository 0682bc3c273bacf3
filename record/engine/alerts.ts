import type { Knex } from 'knex';
import { formatDate, saoPauloDate, type LocalDate } from '../../domain/kinds/dates';
import { dueDateAlertInMs } from '../../domain/batch/dueDateAlert';
import { openItems } from './analysis';

const DUE_DATE_ALERT = 'dueDate';

export async function dueDateAlertRaised(knex: Knex, batchId: string, day: LocalDate): Promise<boolean> {
  const alert = await knex('alert')
    .where({ batch_id: batchId, kind: DUE_DATE_ALERT, day })
    .first<{ id: number } | undefined>('id');
  return alert !== undefined;
}

/**
 * One a day, for who watches the batch; others are told by carteira (record/accounts/carteiraAlerts.ts). Ids, counts and dates only:
 * people are named nowhere.
 */
export async function raiseDueDateAlert(
  knex: Knex,
  alert: { batchId: string; day: LocalDate; open: number; nearestDueDate: LocalDate },
): Promise<void> {
  await knex('alert')
    .insert({
      batch_id: alert.batchId,
      kind: DUE_DATE_ALERT,
      day: alert.day,
      message: dueDateWords(alert),
    })
    .onConflict(knex.raw('on constraint alert_once_a_day'))
    .ignore();
}

function dueDateWords({
  day,
  open,
  nearestDueDate,
}: {
  day: LocalDate;
  open: number;
  nearestDueDate: LocalDate;
}): string {
  const what = open === 1 ? '1 cobrança sem boleto registrado' : `${open} cobranças sem boleto registrado`;
  const when = nearestDueDate < day ? 'a mais antiga venceu em' : 'a mais próxima vence em';
  return `${what}: ${when} ${formatDate(nearestDueDate)}.`;
}

export interface BatchAlert {
  kind: string;
  day: LocalDate;
  message: string;
}

/** Newest first, at most 20. One about due dates says how it stands now, and is gone when nothing nears its own any more. */
export async function readAlerts(knex: Knex, batchId: string): Promise<BatchAlert[]> {
  const alerts = await knex('alert')
    .where({ batch_id: batchId })
    .orderBy('at', 'desc')
    .limit(20)
    .select<BatchAlert[]>('kind', 'day', 'message');
  const latest = alerts.find(({ kind }) => kind === DUE_DATE_ALERT);
  if (!latest) return alerts;
  const now = await databaseTime(knex);
  const { open, nearestDueDate } = await openItems(knex, batchId);
  const others = alerts.filter(({ kind }) => kind !== DUE_DATE_ALERT);
  if (nearestDueDate === null || dueDateAlertInMs(nearestDueDate, now, false) !== 0) return others;
  return alerts.map((alert) =>
    alert === latest ? { ...latest, message: dueDateWords({ day: saoPauloDate(now), open, nearestDueDate }) } : alert,
  );
}

/** The record's clock: workers' clocks may disagree about what day it is. */
export async function databaseTime(knex: Knex): Promise<Date> {
  const { rows } = await knex.raw<{ rows: { now: Date }[] }>('select clock_timestamp() as now');
  return (rows[0] as { now: Date }).now;
}
