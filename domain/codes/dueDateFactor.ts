import { addDays, daysBetween, localDate, type LocalDate } from '../kinds/dates';

/** Source: FEBRABAN, Comunicados FB-082/2012 and FB-122/2013; Banco do Brasil, "Especificação de Boleto" (2016), Anexo IV. */
const BASE = localDate('1997-10-07');
/** Factors go from 1000 to 9999 and again. */
const CYCLE = 9000;
// Itaú, "Especificação do Boleto" (2015), Anexo 6: what counts as overdue and as to come, seen from the day of reading.
const DAYS_BACK = 3000;
const DAYS_AHEAD = 5500;

/**
 * Due-date factor, four digits: days since 1997-10-07; after 9999 (2025-02-21) it starts again at 1000.
 * Below 1000 (before 2000-07-03) it was never printed on a boleto.
 * @throws RangeError for 1997-10-07 and before.
 */
export function dueDateFactor(dueDate: LocalDate): string {
  const days = daysBetween(BASE, dueDate);
  if (days < 1) throw new RangeError(`no due-date factor for ${dueDate}`);
  return String(days <= 9999 ? days : ((days - 1000) % CYCLE) + 1000).padStart(4, '0');
}

/**
 * The due date that a factor means for who reads it on `reference`: from 3000 days before to 5500 days after it.
 * @returns null for 0000 (no due date), 0001 to 0999 (not valid), and the 499 factors that mean neither past nor future.
 */
export function dueDateOfFactor(factor: string, reference: LocalDate): LocalDate | null {
  const dueDate = dueDateOfFactorFrom(factor, addDays(reference, -DAYS_BACK));
  return dueDate && daysBetween(reference, dueDate) <= DAYS_AHEAD ? dueDate : null;
}

/** The one due date with this factor in the 9000 days from `first`; null for a factor below 1000. */
export function dueDateOfFactorFrom(factor: string, first: LocalDate): LocalDate | null {
  if (!/^[1-9]\d{3}$/.test(factor)) return null;
  const dueDate = addDays(BASE, Number(factor));
  const cycles = Math.max(0, Math.ceil(daysBetween(dueDate, first) / CYCLE));
  return addDays(dueDate, cycles * CYCLE);
}
