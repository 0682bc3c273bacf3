import { addDays, saoPauloDate, saoPauloInstant, type LocalDate } from './dates';

/** Two days leave a whole day to correct and register, and the due date itself in reserve. */
const DAYS_AHEAD = 2;
/** When people are at work to read it. */
const HOUR = 8;

/**
 * Milliseconds until the alert about boletos that near their due date unregistered: 0 = now, once a day from
 * 08:00 (São Paulo) two days before the nearest due date on; null when no item is open.
 */
export function dueDateAlertInMs(nearestDueDate: LocalDate | null, now: Date, raisedToday: boolean): number | null {
  if (nearestDueDate === null) return null;
  const first = saoPauloInstant(addDays(nearestDueDate, -DAYS_AHEAD), HOUR).getTime();
  if (now.getTime() < first) return first - now.getTime();
  if (!raisedToday) return 0;
  return saoPauloInstant(addDays(saoPauloDate(now), 1), HOUR).getTime() - now.getTime();
}
