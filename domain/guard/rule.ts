import { addDays, saoPauloDate, saoPauloInstant, type LocalDate } from '../kinds/dates';
import type { HolidayOn } from './holidays';

/** A carteira that communicates by itself `daysBefore` days before each due date. */
export interface GuardRule {
  /** 0 = on the due date itself. */
  daysBefore: number;
  /** Hours of São Paulo: sends from the first on, and nothing any more from the second on. */
  fromHour: number;
  toHour: number;
  /** Not on Saturdays, Sundays and bank holidays: what would fall on one is communicated before. */
  businessDays: boolean;
}

export const MOST_DAYS_BEFORE = 60;
/** Longer without a business day, and the holidays that were entered are wrong. */
const LOOKS_AHEAD_DAYS = 60;
const HOUR_MS = 3_600_000;

export interface RuleProblem {
  field: keyof GuardRule;
  message: string;
}

/** Why no guard can keep this rule; empty when one can. */
export function ruleProblems(rule: GuardRule, today: LocalDate, holidayOn: HolidayOn): RuleProblem[] {
  const whole = (value: number, from: number, to: number) => Number.isInteger(value) && value >= from && value <= to;
  const problems: RuleProblem[] = [];
  if (!whole(rule.daysBefore, 0, MOST_DAYS_BEFORE))
    problems.push({ field: 'daysBefore', message: `deve ser de 0 a ${MOST_DAYS_BEFORE}` });
  if (!whole(rule.fromHour, 0, 23)) problems.push({ field: 'fromHour', message: 'deve ser de 0 a 23' });
  if (!whole(rule.toHour, 1, 24)) problems.push({ field: 'toHour', message: 'deve ser de 1 a 24' });
  if (problems.length > 0) return problems;
  if (rule.toHour <= rule.fromHour)
    problems.push({
      field: 'toHour',
      message: `não sobra hora nenhuma: deve ser depois das ${rule.fromHour} h, no mesmo dia (o horário não passa da meia-noite)`,
    });
  if (nextRunDay(rule, today, holidayOn) === null)
    problems.push({
      field: 'businessDays',
      message: `não há dia útil nos próximos ${LOOKS_AHEAD_DAYS} dias: confira os feriados informados`,
    });
  return problems;
}

function isBusinessDay(day: LocalDate, holidayOn: HolidayOn): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && holidayOn(day) === null;
}

export function runsOn({ businessDays }: GuardRule, day: LocalDate, holidayOn: HolidayOn): boolean {
  return !businessDays || isBusinessDay(day, holidayOn);
}

/** The first day after `day` on which the guard runs; null when none comes in 60 days. */
export function nextRunDay(rule: GuardRule, day: LocalDate, holidayOn: HolidayOn): LocalDate | null {
  for (let ahead = 1; ahead <= LOOKS_AHEAD_DAYS; ahead += 1)
    if (runsOn(rule, addDays(day, ahead), holidayOn)) return addDays(day, ahead);
  return null;
}

/** The last day up to `day` on which the guard runs; null when there was none for 60 days. */
export function lastRunDay(rule: GuardRule, day: LocalDate, holidayOn: HolidayOn): LocalDate | null {
  for (let back = 0; back <= LOOKS_AHEAD_DAYS; back += 1)
    if (runsOn(rule, addDays(day, -back), holidayOn)) return addDays(day, -back);
  return null;
}

/**
 * The due dates that the run of `day` communicates: all that could wait for the next run no longer, those of today
 * included. A título is so registered on the last run that is at least `daysBefore` days before its due date; one that
 * came into the record later, on the first run after that. What is past due is nobody's here: no bank takes it.
 */
export function dueDates(
  rule: GuardRule,
  day: LocalDate,
  holidayOn: HolidayOn,
): { dueFrom: LocalDate; dueTo: LocalDate } {
  const next = nextRunDay(rule, day, holidayOn) ?? addDays(day, LOOKS_AHEAD_DAYS);
  return { dueFrom: day, dueTo: addDays(next, rule.daysBefore - 1) };
}

export interface Hours {
  from: Date;
  /** Nothing is sent from here on. */
  to: Date;
  /** Until here a person's batch under way is waited for; after it the guard works beside it. */
  patience: Date;
}

export function hoursOf({ fromHour, toHour }: GuardRule, day: LocalDate): Hours {
  const [from, to] = [saoPauloInstant(day, fromHour), saoPauloInstant(day, toHour)];
  const half = (to.getTime() - from.getTime()) / 2;
  return { from, to, patience: new Date(to.getTime() - Math.min(HOUR_MS, half)) };
}

/** The next full hour at which the guard looks whether there is something to do; null when no day comes in 60. */
export function nextRunAt(rule: GuardRule, now: Date, holidayOn: HolidayOn): Date | null {
  const today = saoPauloDate(now);
  if (runsOn(rule, today, holidayOn)) {
    for (let hour = rule.fromHour; hour < rule.toHour; hour += 1) {
      const at = saoPauloInstant(today, hour);
      if (at > now) return at;
    }
  }
  const next = nextRunDay(rule, today, holidayOn);
  return next && saoPauloInstant(next, rule.fromHour);
}
