import fc from 'fast-check';
import { addDays, daysBetween, localDate } from '../../domain/kinds/dates';
import { dueDateFactor, dueDateOfFactor } from '../../domain/codes/dueDateFactor';

test.each([
  ['1997-10-08', '0001'],
  ['2000-07-03', '1000'],
  ['2000-07-04', '1001'],
  ['2008-02-01', '3769'],
  ['2010-11-17', '4789'],
  ['2025-02-21', '9999'],
  ['2025-02-22', '1000'],
  ['2025-02-23', '1001'],
  ['2025-03-12', '1018'],
  ['2049-10-13', '9999'],
  ['2049-10-14', '1000'],
])('the due-date factor of %s is %s', (date, factor) => expect(dueDateFactor(localDate(date))).toBe(factor));

test('the day from which it counts and those before it have none', () => {
  expect(() => dueDateFactor(localDate('1997-10-07'))).toThrow(RangeError);
  expect(() => dueDateFactor(localDate('1990-01-01'))).toThrow(RangeError);
});

test('every day from 1997 to 2049 has the factor of the day before and one, and only 2025-02-22 begins again', () => {
  let before = 0;
  const wrong: string[] = [];
  for (let day = localDate('1997-10-08'); day <= '2049-10-13'; day = addDays(day, 1)) {
    const expected = day === '2025-02-22' ? 1000 : before + 1;
    if (dueDateFactor(day) !== String(expected).padStart(4, '0')) wrong.push(day);
    before = expected;
  }
  expect(wrong).toEqual([]);
  expect(before).toBe(9999);
});

const firstDay = localDate('2000-07-03');
const days = fc.nat(daysBetween(firstDay, localDate('2049-10-13'))).map((each) => addDays(firstDay, each));

test('a factor read from 3000 days after its due date to 5500 days before it means that date', () => {
  fc.assert(
    fc.property(days, fc.integer({ min: -5500, max: 3000 }), (dueDate, later) => {
      return dueDateOfFactor(dueDateFactor(dueDate), addDays(dueDate, later)) === dueDate;
    }),
    { numRuns: 3_000 },
  );
});

test('and outside of that never', () => {
  fc.assert(
    fc.property(days, fc.integer({ min: -9000, max: 9000 }), (dueDate, later) => {
      fc.pre(later < -5500 || later > 3000);
      return dueDateOfFactor(dueDateFactor(dueDate), addDays(dueDate, later)) !== dueDate;
    }),
    { numRuns: 3_000 },
  );
});

test('499 factors mean no date: neither past nor to come', () => {
  const factors = Array.from({ length: 9000 }, (_, index) => String(1000 + index));
  const none = factors.filter((factor) => dueDateOfFactor(factor, localDate('2026-11-24')) === null);
  expect(none).toHaveLength(499);
});

test.each(['0000', '0001', '0999', '', '12', '10000', '１０００'])('%s is no factor of a due date', (factor) => {
  expect(dueDateOfFactor(factor, localDate('2026-11-24'))).toBeNull();
});
