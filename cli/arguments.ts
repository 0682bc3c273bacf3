import { InvalidArgumentError } from 'commander';
import { parseLocalDate, type LocalDate } from '../domain/kinds/dates';
import { parseCents, type Cents } from '../domain/kinds/money';
import { BATCH_ID } from '../domain/batch/names';

/* Parsers of option values for commander: the message follows the option's name. */

export function parseId(text: string): number {
  const id = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(id) || id === 0)
    throw new InvalidArgumentError(`"${text}" não é um ID (número inteiro maior que zero)`);
  return id;
}

/** `1,2,3`; the option may also be repeated. */
export function parseIds(text: string, earlier: number[] = []): number[] {
  return [...earlier, ...text.split(',').map((part) => parseId(part.trim()))];
}

export function parseDate(text: string): LocalDate {
  const date = parseLocalDate(text);
  if (!date) throw new InvalidArgumentError(`"${text}" não é uma data que existe (use dd/mm/aaaa ou aaaa-mm-dd)`);
  return date;
}

export function parseAmount(text: string): Cents {
  const amount = parseCents(text.replace(/^R\$\s*/, ''));
  if (amount === null || amount < 0)
    throw new InvalidArgumentError(`"${text}" não é um valor (use 1.234,56 ou 1234.56)`);
  return amount;
}

/** Free text of a person: it goes to the record's audit entry, never to Temporal. */
export function parseReason(text: string): string {
  const reason = text.normalize('NFC').trim();
  if (reason === '' || reason.length > 500) throw new InvalidArgumentError('escreva o motivo, em até 500 caracteres');
  return reason;
}

export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d+$/.test(text) || seconds < 1 || seconds > 86_400)
    throw new InvalidArgumentError(`"${text}" não é um tempo em segundos (1 a 86400)`);
  return seconds;
}

export function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > 1_000)
    throw new InvalidArgumentError(`"${text}" não é uma quantidade (1 a 1000)`);
  return limit;
}

export function parseBatchId(text: string): string {
  if (!BATCH_ID.test(text))
    throw new InvalidArgumentError(`"${text}" não é o número de uma comunicação (veja com: boletos comunicacoes)`);
  return text;
}
