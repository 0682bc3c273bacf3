import { streetLine, type Payer } from './charge';
import { plainLetters } from '../kinds/letters';

/** The payer's fields that are free text, in the order in which they are checked. */
export const payerTexts = ['name', 'street', 'district', 'city'] as const;
export type PayerText = (typeof payerTexts)[number];

export interface TextLimit {
  /** In characters as people count them, after `fold`. */
  max: number;
  /** A street shortened before its number still finds the house; a shortened name would be another person's: refused. */
  whenLonger: 'shorten' | 'refuse';
  required: boolean;
}

export type DocumentKind = 'cpf' | 'cnpj' | 'alphanumericCnpj';

/** A form that a text must have, and the same in words: `7 dígitos`. */
export interface Form {
  pattern: RegExp;
  words: string;
}

/**
 * What a gateway takes, declared by its adapter: both what the adapter writes and what the prévia checks follow it, so
 * that they cannot disagree. Pure.
 */
export interface SendingLimits {
  convenio: Form;
  carteira: Form;
  variation: Form;
  /** Whether a nossoNumero is one of the convênio's; null where the bank numbers. */
  ourNumber: ((number: string, convenio: string) => boolean) | null;
  /** seuNumero: most characters, all that it may consist of, and whether it is cut: then two ids may come to the same. */
  ownReference: { max: number; pattern: RegExp; shortened: boolean };
  /** Sigla to the gateway's own code. */
  especies: Readonly<Record<string, number>>;
  /** Those that take neither juros nor multa: what they charge is an offer, not a debt. */
  especiesWithoutCharges: readonly string[];
  amount: { minCents: number; maxCents: number };
  /** Hour in São Paulo from which on a boleto that is due today is no longer taken; null = until midnight. */
  cutOffHour: number | null;
  /** Percentages: how many decimals are written, and the value that each must stay below. */
  percent: { decimals: number; interestBelow: number; fineBelow: number; discountBelow: number };
  /** Discounts with limits of their own, and whether interest can begin later than the day after the vencimento. */
  terms: { discountSteps: number; interestGrace: boolean };
  /** The oldest emissão that is taken, in years; null = any. One after today is taken by nobody. */
  issueDate: { yearsBack: number | null };
  writeOffDays: { min: number; max: number };
  documents: readonly DocumentKind[];
  /** Text as it is sent, for example upper case without accents; what has no such form stays. */
  fold(text: string): string;
  /** What a folded text, or one character of it, looks like. */
  characters: RegExp;
  texts: Readonly<Record<PayerText, TextLimit>>;
}

/** A text of the payer as it is sent: folded and, where that is allowed, shortened. */
export function expressed({ fold, texts }: Pick<SendingLimits, 'fold' | 'texts'>, field: PayerText, payer: Payer) {
  const { max, whenLonger } = texts[field];
  if (field !== 'street') return whenLonger === 'shorten' ? shorten(fold(payer[field]), max) : fold(payer[field]);
  const line = fold(streetLine(payer));
  return whenLonger === 'shorten' ? shortenStreet(line, payer, max, fold) : line;
}

/** The complement goes first, then the end of the street's name: the number finds the house. */
function shortenStreet(line: string, payer: Payer, max: number, fold: SendingLimits['fold']): string {
  if (line.length <= max) return line;
  const number = fold(payer.number ?? '');
  const street = fold(payer.street);
  const room = max - [...number].length - 2;
  if (number === '' || [...street].length <= room || room < SHORTEST_STREET) return shorten(line, max);
  return `${shorten(street, room)}, ${number}`;
}

/** With a longer number (it is free text) the whole line is cut like any other. */
const SHORTEST_STREET = 20;

const typography: [RegExp, string][] = [
  [/[\u2018\u2019\u201A\u201B\u0060\u00B4\u2032]/g, "'"],
  [/[\u201C\u201D\u201E\u00AB\u00BB\u2033]/g, '"'],
  [/[\u2010-\u2015\u2212]/g, '-'],
  // Typed for the ordinal: 2° andar.
  [/\u00B0/g, 'o'],
];

/** Nothing to fold but the case: most of a cadastro, and a fraction of the time. */
const PLAIN = /^[\x20-\x5f\x61-\x7e]*$/;

/** Upper case without accents; typographic variants as their plain form. What has none stays, and is found by the prévia. */
export function foldToUpperCase(text: string): string {
  if (PLAIN.test(text)) return text.toUpperCase().replace(/ {2,}/g, ' ').trim();
  const plain = typography.reduce((result, [variant, simple]) => result.replace(variant, simple), text);
  const bare = plain.normalize('NFKD').replace(/\p{M}/gu, '');
  return bare.replace(LETTER, readLatin).toUpperCase().replace(/\s+/g, ' ').trim();
}

const LETTER = /[^\x00-\x7f]/gu;

/** Only what is of our alphabet: another one is a mistake of the cadastro, which the prévia shows. */
function readLatin(character: string): string {
  return /\p{Script=Latin}/u.test(character) ? (plainLetters(character) ?? character) : character;
}

/** At most `max` characters, never half of one. */
export function shorten(text: string, max: number): string {
  // A character is one or two of the units that `length` counts.
  return text.length <= max ? text : [...text].slice(0, max).join('').trimEnd();
}

/** `2` with two decimals as `2.00`; null for a negative one, or one that needs more decimals. */
export function percentDecimal(percent: number, decimals: number): string | null {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(String(percent));
  const fraction = match?.[2] ?? '';
  return match && fraction.length <= decimals ? `${match[1]}.${fraction.padEnd(decimals, '0')}` : null;
}
