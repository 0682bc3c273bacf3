import { localDate, saoPauloInstant } from '../../domain/kinds/dates';
import { alertDay, dueDateAlertInMs } from '../../domain/batch/dueDateAlert';

const HOUR = 3_600_000;
// São Paulo is 3 hours behind UTC: its 08:00 is 11:00Z.
const at = (instant: string) => new Date(instant);

describe('the alert about boletos near their due date', () => {
  test.each([
    // nearest due date, now, raised today, expected
    ['three days before, at 08:00', '2030-02-10', '2030-02-07T11:00:00Z', false, 24 * HOUR],
    ['a minute before 08:00 of the second day before', '2030-02-10', '2030-02-08T10:59:00Z', false, 60_000],
    ['at 08:00 of the second day before', '2030-02-10', '2030-02-08T11:00:00Z', false, 0],
    ['later that day, not yet raised', '2030-02-10', '2030-02-08T20:00:00Z', false, 0],
    ['later that day, raised: next morning', '2030-02-10', '2030-02-08T20:00:00Z', true, 15 * HOUR],
    ['after midnight in UTC it is still the same day here', '2030-02-10', '2030-02-09T01:00:00Z', true, 10 * HOUR],
    ['on the due date, not raised', '2030-02-10', '2030-02-10T15:00:00Z', false, 0],
    ['long after it, raised', '2030-02-10', '2030-03-01T11:00:00Z', true, 24 * HOUR],
  ])('%s', (_case, due, now, raised, expected) => {
    expect(dueDateAlertInMs(localDate(due), at(now), raised)).toBe(expected);
  });

  test('is not planned without an open item', () => {
    expect(dueDateAlertInMs(null, at('2030-02-08T11:00:00Z'), false)).toBeNull();
  });
});

describe('the alert about all títulos of a carteira', () => {
  test.each([
    ['a minute before 08:00 it is still the day before', '2030-02-08T10:59:00Z', '2030-02-07', '2030-02-09'],
    ['from 08:00 on it is about what falls due in two days', '2030-02-08T11:00:00Z', '2030-02-08', '2030-02-10'],
    ['until the next morning', '2030-02-09T02:59:00Z', '2030-02-08', '2030-02-10'],
  ])('%s', (_case, now, day, until) => {
    expect(alertDay(at(now))).toEqual({ day, until });
  });
});

describe('an hour of São Paulo', () => {
  test.each([
    ['2030-02-08', 8, '2030-02-08T11:00:00.000Z'],
    ['2030-02-08', 0, '2030-02-08T03:00:00.000Z'],
    // Summer time, abolished in 2019: the zone database knows, not a constant of ours.
    ['2019-01-09', 8, '2019-01-09T10:00:00.000Z'],
    ['2018-11-04', 8, '2018-11-04T10:00:00.000Z'],
    ['2019-02-17', 8, '2019-02-17T11:00:00.000Z'],
  ])('%s %i h', (date, hour, expected) => {
    expect(saoPauloInstant(localDate(date), hour).toISOString()).toBe(expected);
  });
});
