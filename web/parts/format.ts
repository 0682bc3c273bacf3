import type { Limit } from '../../contract/account';
import { formatReais, type Cents } from '../../domain/kinds/money';
import { saoPauloDate } from '../../domain/kinds/dates';

/** `1.234,56`, as a field of a form holds it. */
export const amount = (amountCents: number) => formatReais(amountCents as Cents).replace('R$ ', '');
/** With a space that no line ends at. */
export const reais = (amountCents: number) => `R$\u00a0${amount(amountCents)}`;
/** `2026-03-09` as `09/03/2026`. */
export const date = (day: string | null | undefined) => (day ? day.slice(0, 10).split('-').reverse().join('/') : '—');

/** The banks' days and hours, wherever the browser is. */
const saoPaulo = { timeZone: 'America/Sao_Paulo' } as const;
const instantFormat = new Intl.DateTimeFormat('pt-BR', { ...saoPaulo, dateStyle: 'short', timeStyle: 'medium' });
const timeFormat = new Intl.DateTimeFormat('pt-BR', { ...saoPaulo, timeStyle: 'short' });
const numberFormat = new Intl.NumberFormat('pt-BR');

export const instant = (iso: string | null | undefined) => (iso ? instantFormat.format(new Date(iso)) : '—');
export const number = (value: number) => numberFormat.format(value);

export function counted(count: number, one: string, many: string): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** The time alone when it is today. */
export function whenAbout(iso: string): string {
  const at = new Date(iso);
  return saoPauloDate(at) === saoPauloDate(new Date()) ? timeFormat.format(at) : instantFormat.format(at);
}

export function allowanceText({ calls, windowMs }: Limit): string {
  const windows: Record<number, string> = { 1_000: 'segundo', 60_000: 'minuto', 3_600_000: 'hora', 86_400_000: 'dia' };
  const window = windows[windowMs] ?? `${number(windowMs / 1_000)} s`;
  return `${counted(calls, 'chamada', 'chamadas')} por ${window}`;
}
