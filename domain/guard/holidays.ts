import { addDays, type LocalDate } from '../kinds/dates';

/** A day on which banks do not work, and what says so. */
export interface Holiday {
  day: LocalDate;
  name: string;
  source: string;
}

/** What an administrator entered: the holidays of a município, of a state, or of the company. */
export interface EnteredHoliday {
  day: LocalDate;
  name: string;
  /** On the same day of every year from `day` on. */
  yearly: boolean;
}

/** The holiday that falls on a day; null on any other day. */
export type HolidayOn = (day: LocalDate) => Pick<Holiday, 'name' | 'source'> | null;

const FIXED_IN_1949 = 'Lei 662/1949, na redação da Lei 10.607/2002';
/**
 * National holidays close banks by law; the others of this list by the rule of the financial market (Conselho
 * Monetário Nacional), which FEBRABAN's calendar of bank holidays follows. Ash Wednesday (open from noon) and the last
 * business day of the year (no service to the public) are business days by the same rule.
 */
const BANKS = 'Resolução CMN 4.880/2020: não é dia útil do mercado financeiro';

/** Of every year from `since` on: month and day, name, source. */
const fixed: readonly [monthDay: string, name: string, source: string, since: number][] = [
  ['01-01', 'Confraternização Universal', FIXED_IN_1949, 1950],
  ['04-21', 'Tiradentes', FIXED_IN_1949, 1950],
  ['05-01', 'Dia do Trabalho', FIXED_IN_1949, 1950],
  ['09-07', 'Independência do Brasil', FIXED_IN_1949, 1950],
  ['10-12', 'Nossa Senhora Aparecida', 'Lei 6.802/1980', 1980],
  ['11-02', 'Finados', FIXED_IN_1949, 1950],
  ['11-15', 'Proclamação da República', FIXED_IN_1949, 1950],
  ['11-20', 'Dia Nacional de Zumbi e da Consciência Negra', 'Lei 14.759/2023', 2024],
  ['12-25', 'Natal', FIXED_IN_1949, 1950],
];

/** Days from Easter Sunday. */
const movable: readonly [days: number, name: string, source: string][] = [
  [-48, 'Segunda-feira de Carnaval', BANKS],
  [-47, 'Terça-feira de Carnaval', BANKS],
  [-2, 'Sexta-feira da Paixão', `Lei 9.093/1995 e ${BANKS}`],
  [60, 'Corpus Christi', BANKS],
];

/** Easter Sunday of the Gregorian calendar (the anonymous algorithm, in the form of Meeus, Jones and Butcher). */
export function easter(year: number): LocalDate {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const ofCentury = year % 100;
  const correction = Math.floor((8 * century + 13) / 25);
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - epact - (ofCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const sum = epact + weekday - 7 * late + 114;
  const [month, day] = [Math.floor(sum / 31), (sum % 31) + 1];
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}` as LocalDate;
}

/** Days of `year` on which no bank of Brazil works, besides Saturdays and Sundays; by date. */
export function nationalHolidays(year: number): Holiday[] {
  const sunday = easter(year);
  return [
    ...fixed
      .filter(([, , , since]) => year >= since)
      .map(([monthDay, name, source]) => ({ day: `${year}-${monthDay}` as LocalDate, name, source })),
    ...movable.map(([days, name, source]) => ({ day: addDays(sunday, days), name, source })),
  ].sort((one, other) => (one.day < other.day ? -1 : 1));
}

/** National holidays and those that were entered, as one question. */
export function holidaysWith(entered: readonly EnteredHoliday[]): HolidayOn {
  const years = new Map<number, Map<string, Holiday>>();
  const national = (year: number) => {
    const known = years.get(year) ?? new Map(nationalHolidays(year).map((holiday) => [holiday.day as string, holiday]));
    years.set(year, known);
    return known;
  };
  return (day) =>
    national(Number(day.slice(0, 4))).get(day) ??
    entered
      .filter((each) => each.day === day || (each.yearly && each.day < day && each.day.slice(5) === day.slice(5)))
      .map(({ name }) => ({ name, source: 'informado por um administrador' }))[0] ??
    null;
}
