import { addDays, formatDate } from '../domain/kinds/dates';
import { discountSteps, fineDate, streetLine, type ChargeSnapshot, type Payer } from '../domain/boleto/charge';
import { plainLetters } from '../domain/kinds/letters';
import { formatReais, type Cents } from '../domain/kinds/money';
import type { Beneficiary, PrintableBoleto } from '../domain/receivable/printable';

/** What the standard fonts of a PDF have beyond Latin-1. */
const ALSO = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');

/** For a sign that no letters stand for: seen, and not taken for a letter that was lost. */
const NO_LETTER = '·';

/**
 * Text that the fonts can show, each letter in one character: what they lack is written as it is read, as the bank is
 * told too (`Ł` is `L`); a sign that nobody reads is a dot, never nothing.
 */
export function showable(text: string): string {
  return [
    ...text
      .normalize('NFC')
      .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
      .trim(),
  ]
    .map(showableCharacter)
    .join('');
}

/** Whether the fonts have every character, and it can be shown without a change. */
export function isAllShowable(text: string): boolean {
  return [...text].every(isShowable);
}

function showableCharacter(character: string): string {
  if (isShowable(character)) return character;
  // An accent that no letter takes.
  if (/^\p{M}$/u.test(character)) return '';
  const nearest = [...character.normalize('NFKD').replace(/\p{M}/gu, '')];
  if (nearest.length > 0 && nearest.every(isShowable)) return nearest.join('');
  return plainLetters(character) ?? NO_LETTER;
}

function isShowable(character: string): boolean {
  return /^[\x20-\x7e\xa0-\xff]$/.test(character) || ALSO.has(character);
}

/** `AAABC.CCCCX DDDDD.DDDDDY EEEEE.EEEEEZ K UUUUVVVVVVVVVV`; a line of another length as it is. */
export function maskedLine(line: string): string {
  const fields = /^(\d{5})(\d{5})(\d{5})(\d{6})(\d{5})(\d{6})(\d)(\d{14})$/.exec(line);
  if (!fields) return line;
  const [, a, b, c, d, e, f, digit, rest] = fields;
  return `${a}.${b} ${c}.${d} ${e}.${f} ${digit} ${rest}`;
}

/** CPF and CNPJ with their punctuation; anything else as it is. */
export function maskedDocument(document: string): string {
  const cpf = /^(\d{3})(\d{3})(\d{3})(\d{2})$/.exec(document);
  if (cpf) return `${cpf[1]}.${cpf[2]}.${cpf[3]}-${cpf[4]}`;
  const cnpj = /^([0-9A-Z]{2})([0-9A-Z]{3})([0-9A-Z]{3})([0-9A-Z]{4})(\d{2})$/.exec(document);
  return cnpj ? `${cnpj[1]}.${cnpj[2]}.${cnpj[3]}/${cnpj[4]}-${cnpj[5]}` : document;
}

/** Name with document, and the address in one line or none. */
export function personLines(person: Beneficiary | Payer): string[] {
  const kind = person.document.length === 11 ? 'CPF' : 'CNPJ';
  const named = person.document === '' ? person.name : `${person.name} – ${kind} ${maskedDocument(person.document)}`;
  const city = [person.city, person.uf].filter(Boolean).join('/');
  const cep = person.cep.replace(/^(\d{5})(\d{3})$/, '$1-$2');
  const address = [streetLine(person), person.district, city, cep && `CEP ${cep}`].filter(Boolean).join(' – ');
  return [named, address].filter(Boolean);
}

/** What the bank's cashier and the payer are told, from the rules that were registered. */
export function instructions({ rules, writeOffDays, dueDate }: ChargeSnapshot): string[] {
  const lines = discountSteps(rules).map(
    (step) => `Conceder desconto de ${priced(step.percent, step.amountCents)} até ${formatDate(step.until)}.`,
  );
  const { finePercent, fineCents, interestPercentPerMonth, interestCentsPerDay, graceDays } = rules;
  const after = graceDays
    ? `A partir de ${formatDate(fineDate(dueDate, rules))} (carência de ${dayCount(graceDays)})`
    : 'Após o vencimento';
  if (finePercent || fineCents) lines.push(`${after}, cobrar multa de ${priced(finePercent, fineCents)}.`);
  if (interestPercentPerMonth)
    lines.push(`${after}, cobrar juros de mora de ${percentage(interestPercentPerMonth)} ao mês.`);
  if (interestCentsPerDay)
    lines.push(`${after}, cobrar juros de mora de ${formatReais(interestCentsPerDay)} por dia de atraso.`);
  if (writeOffDays === 0) lines.push('Não receber após o vencimento.');
  else if (writeOffDays !== null)
    lines.push(
      `Não receber após ${dayCount(writeOffDays)} do vencimento (${formatDate(addDays(dueDate, writeOffDays))}).`,
    );
  return lines;
}

function priced(percent: number | undefined, amount: Cents | undefined): string {
  return amount ? formatReais(amount) : percentage(percent ?? 0);
}

function percentage(value: number): string {
  return `${String(value).replace('.', ',')}%`;
}

function dayCount(days: number): string {
  return `${days} ${days === 1 ? 'dia' : 'dias'}`;
}

/** What the payer knows the charge by; empty when the título says nothing. */
export function subject({ document, installment }: PrintableBoleto): string {
  return document === '' ? '' : `Documento ${document}, parcela ${installment}`;
}
