import fc from 'fast-check';
import { addDays, localDate, type LocalDate } from '../../../domain/kinds/dates';
import { holidaysWith } from '../../../domain/guard/holidays';
import {
  dueDates,
  hoursOf,
  nextRunAt,
  nextRunDay,
  ruleProblems,
  runsOn,
  type GuardRule,
} from '../../../domain/guard/rule';

const rule = (changes: Partial<GuardRule> = {}): GuardRule => ({
  ...{ daysBefore: 3, fromHour: 8, toHour: 18, businessDays: true },
  ...changes,
});
const holidayOn = holidaysWith([{ day: localDate('2030-03-19'), name: 'São José', yearly: true }]);

// March 2030: the 1st is a Friday, Carnaval is the 4th and 5th, the 19th (Tuesday) was entered.
test.each<[day: string, rule: Partial<GuardRule>, from: string, to: string, why: string]>([
  ['2030-03-11', {}, '2030-03-11', '2030-03-14', 'a Tuesday comes next: only what is due three days from now'],
  ['2030-03-15', {}, '2030-03-15', '2030-03-20', 'a Friday takes what Saturday and Sunday would have, up to Monday'],
  ['2030-03-01', {}, '2030-03-01', '2030-03-08', 'before Carnaval: the next day is Ash Wednesday'],
  ['2030-03-18', {}, '2030-03-18', '2030-03-22', 'before a holiday that an administrator entered'],
  ['2030-03-15', { businessDays: false }, '2030-03-15', '2030-03-18', 'every day: no day takes another one’s'],
  ['2030-03-15', { daysBefore: 0 }, '2030-03-15', '2030-03-17', 'on the due date itself, and before a weekend'],
])('the run of %s %o takes due dates from %s to %s: %s', (day, changes, dueFrom, dueTo) => {
  expect(dueDates(rule(changes), localDate(day), holidayOn)).toEqual({ dueFrom, dueTo });
});

test('whatever the rule, each due date is taken by a run at least n days before it, and by no earlier one than needed', () => {
  const start = localDate('2030-01-01');
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 60 }),
      fc.boolean(),
      fc.integer({ min: 100, max: 700 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 800 }), { maxLength: 30 }),
      (daysBefore, businessDays, due, entered) => {
        const closed = holidaysWith(entered.map((days) => ({ day: addDays(start, days), name: 'F', yearly: false })));
        const r = rule({ daysBefore, businessDays });
        const dueDate = addDays(start, due);
        const runs: LocalDate[] = [];
        for (let day = addDays(dueDate, -95); day <= dueDate; day = addDays(day, 1))
          if (runsOn(r, day, closed)) runs.push(day);
        const first = runs.find((day) => dueDates(r, day, closed).dueTo >= dueDate)!;
        const next = nextRunDay(r, first, closed)!;
        return first <= addDays(dueDate, -daysBefore) && next > addDays(dueDate, -daysBefore);
      },
    ),
  );
});

test.each<[changes: Partial<GuardRule>, field: string, words: RegExp]>([
  [{ fromHour: 18, toHour: 18 }, 'toHour', /não sobra hora nenhuma/],
  [{ fromHour: 22, toHour: 6 }, 'toHour', /não passa da meia-noite/],
  [{ daysBefore: 61 }, 'daysBefore', /de 0 a 60/],
  [{ daysBefore: 1.5 }, 'daysBefore', /de 0 a 60/],
  [{ fromHour: -1 }, 'fromHour', /de 0 a 23/],
  [{ toHour: 25 }, 'toHour', /de 1 a 24/],
])('a rule that no guard could keep is refused: %o', (changes, field, words) => {
  const problems = ruleProblems(rule(changes), localDate('2030-03-11'), holidayOn);
  expect(problems).toEqual([{ field, message: expect.stringMatching(words) as string }]);
});

test('hours on business days, where holidays were entered for every one of them, are refused', () => {
  const today = localDate('2030-03-11');
  const always = holidaysWith(
    Array.from({ length: 61 }, (_, days) => ({ day: addDays(today, days), name: 'F', yearly: false })),
  );
  expect(ruleProblems(rule(), today, always)).toEqual([
    { field: 'businessDays', message: expect.stringMatching(/não há dia útil/) as string },
  ]);
  expect(ruleProblems(rule({ businessDays: false }), today, always)).toEqual([]);
});

test('the next run is the next full hour of the hours, or the first one of the next day that is a business day', () => {
  const next = (iso: string, changes: Partial<GuardRule> = {}) => nextRunAt(rule(changes), new Date(iso), holidayOn);
  expect(next('2030-03-11T05:00:00-03:00')).toEqual(new Date('2030-03-11T08:00:00-03:00'));
  expect(next('2030-03-11T08:00:00-03:00')).toEqual(new Date('2030-03-11T09:00:00-03:00'));
  expect(next('2030-03-11T17:30:00-03:00')).toEqual(new Date('2030-03-12T08:00:00-03:00'));
  expect(next('2030-03-01T17:30:00-03:00')).toEqual(new Date('2030-03-06T08:00:00-03:00'));
  expect(next('2030-03-11T23:30:00-03:00', { toHour: 24 })).toEqual(new Date('2030-03-12T08:00:00-03:00'));
});

test('hours up to midnight end with the day', () => {
  expect(hoursOf(rule({ toHour: 24 }), localDate('2030-03-11')).to).toEqual(new Date('2030-03-12T00:00:00-03:00'));
});
