import { addDays, saoPauloDate, saoPauloInstant, type LocalDate } from '../kinds/dates';

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

export interface AlertDay {
  /** Begins at 08:00: before that it is still the day before's. */
  day: LocalDate;
  /** Of a título that falls due until then, people are told on that day. */
  until: LocalDate;
}

/**
 * The same rule for all títulos of a carteira, told of together. What is imported in the night and falls due today is
 * told of at once, and again at 08:00 with all that is new by then.
 */
export function alertDay(now: Date): AlertDay {
  const today = saoPauloDate(now);
  const day = now < saoPauloInstant(today, HOUR) ? addDays(today, -1) : today;
  return { day, until: addDays(day, DAYS_AHEAD) };
}
