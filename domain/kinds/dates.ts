/** A calendar date `YYYY-MM-DD`, without time or zone. */
export type LocalDate = string & { readonly __brand: 'LocalDate' };

const DAY_MS = 86_400_000;

/** What a form left empty has the year 0, which PostgreSQL does not know. */
const FIRST_YEAR = '0001';

/** @returns null when the text is not an existing date in `YYYY-MM-DD` or `dd/mm/aaaa`. */
export function parseLocalDate(text: string): LocalDate | null {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const brazilian = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text);
  const parts = iso ? iso.slice(1) : brazilian ? brazilian.slice(1).reverse() : null;
  if (!parts) return null;
  const date = parts.join('-');
  const [year = 0, month = 0, day = 0] = parts.map(Number);
  return date >= FIRST_YEAR && day >= 1 && day <= daysIn(year, month) ? (date as LocalDate) : null;
}

/** 0 for a month that there is not. */
function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  if (month < 1 || month > 12) return 0;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** @throws RangeError when the text is not an existing calendar date. */
export function localDate(text: string): LocalDate {
  const date = parseLocalDate(text);
  if (!date) throw new RangeError(`not a calendar date: ${text}`);
  return date;
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10) as LocalDate;
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS;
}

// Made once: making a formatter costs a hundred times what using it does.
const saoPauloCalendar = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo' });

/** The civil date in São Paulo at `instant`: the "today" of every due-date rule. */
export function saoPauloDate(instant: Date): LocalDate {
  return saoPauloCalendar.format(instant) as LocalDate;
}

/** The instant at which the clocks of São Paulo show `hour` o'clock on `date`; summer time as the zone database has it. */
export function saoPauloInstant(date: LocalDate, hour: number): Date {
  const asIfUtc = Date.parse(`${date}T${String(hour).padStart(2, '0')}:00:00Z`);
  const offsetAt = (instant: number): number => {
    const shown = new Date(instant).toLocaleString('sv-SE', { timeZone: 'America/Sao_Paulo' });
    return Date.parse(`${shown.replace(' ', 'T')}Z`) - instant;
  };
  // The second pass matters on the day the offset changes.
  return new Date(asIfUtc - offsetAt(asIfUtc - offsetAt(asIfUtc)));
}

/** `2026-03-09` as `09/03/2026`. */
export function formatDate(date: LocalDate): string {
  return date.split('-').reverse().join('/');
}
