import { parseLocalDate } from '../../domain/kinds/dates';
import { clipped, MAX_KEY, readErpKey } from '../../domain/receivable/erpKey';
import { parseCents } from '../../domain/kinds/money';

/** What `--modelo` says of a field, and where the record keeps it. */
export interface FieldInfo {
  /** Column of the table; null = a part of receivable.imported_registration. */
  column: string | null;
  /** How a value is written, in Portuguese. */
  form: string;
  meaning: string;
  /** It holds the ERP's key of a row: its own (`self`), or that of one of another type. */
  keyOf?: 'self' | 'filial' | 'carteira' | 'cliente';
}

/** One field of a line. Plain functions, called for what a line has: a schema asked for all 40 takes five times as long. */
export interface Field {
  info: FieldInfo;
  /** It must be there, though perhaps empty. */
  required: boolean;
  /** @param raw anything that JSON can hold */
  read(raw: unknown): Read;
}

/** Of a contract: no row of ours. */
const MAX_ID = 999_999_999_999;
/** R$ 9.999.999.999,99: more is a mistake in the file. Whether the bank takes the amount is the prévia's question. */
const MAX_CENTS = 999_999_999_999;

type Stored = string | number | boolean | null;
/** A read value, or what is wrong with it. */
export type Read = { value: Stored } | { problem: string };

const problem = (text: string): Read => ({ problem: text });

function field(info: FieldInfo, empty: Read, read: (text: string, raw: unknown) => Read): Field {
  return { info, required: true, read: (raw) => readValue(raw, empty, read) };
}

function optional(required: Field): Field {
  return { ...required, required: false };
}

function readValue(raw: unknown, empty: Read, read: (text: string, raw: unknown) => Read): Read {
  if (raw === null) return empty;
  if (typeof raw !== 'string' && typeof raw !== 'number' && typeof raw !== 'boolean')
    return problem('deve ser um texto ou um número, não uma lista nem um objeto');
  const text = String(raw).trim().normalize('NFC');
  if (text.includes('\0')) return problem('tem um caractere nulo (NUL), que não pode ser guardado');
  if (!text.isWellFormed()) return problem('tem meio caractere (surrogate sem par), que não pode ser guardado');
  return text === '' ? empty : read(text, raw);
}

const notEmpty = problem('não pode vir vazio');
/** What an empty value of an optional field means: the default of a new row. */
const value = (stored: Stored): Read => ({ value: stored });

const keyForm = `número ou texto de 1 a ${MAX_KEY} caracteres`;

/** The ERP's key of a row: digits or text. */
export function key(column: string, meaning: string, keyOf: NonNullable<FieldInfo['keyOf']>) {
  return field({ column, form: keyForm, meaning, keyOf }, notEmpty, readKey);
}

export function optionalKey(column: string, meaning: string, keyOf: NonNullable<FieldInfo['keyOf']>) {
  return optional(field({ column, form: `${keyForm}, ou vazio`, meaning, keyOf }, value(null), readKey));
}

function readKey(text: string, raw: unknown): Read {
  if (typeof raw === 'boolean') return problem('deve ser um texto ou um número');
  // Beyond that a JSON number is another one than the file has.
  if (typeof raw === 'number' && !Number.isSafeInteger(raw))
    return problem('não é um número inteiro que se lê sem perda: escreva a chave entre aspas');
  const read = readErpKey(text);
  return 'key' in read ? { value: read.key } : read;
}

export function optionalId(column: string, meaning: string) {
  return optional(field({ column, form: `número inteiro de 1 a ${MAX_ID}, ou vazio`, meaning }, value(null), readId));
}

function readId(text: string): Read {
  const number = /^\d{1,12}$/.test(text) ? Number(text) : 0;
  return number >= 1 ? { value: number } : problem(`deve ser um número inteiro de 1 a ${MAX_ID}`);
}

export function wholeNumber(column: string, meaning: string, from: number, to: number, empty: number | null) {
  const form = `número inteiro de ${from} a ${to}`;
  return optional(
    field({ column, form, meaning }, value(empty), (text) => {
      const number = /^\d{1,9}$/.test(text) ? Number(text) : -1;
      return number >= from && number <= to ? { value: number } : problem(`deve ser um ${form}`);
    }),
  );
}

interface TextOptions {
  normalise?: (text: string) => string;
  /** Said after the length. */
  form?: string;
  empty?: string | null;
}

/** A text that may be missing or empty: a defect of the cadastro, for the prévia to find. */
export function text(column: string | null, meaning: string, max: number, options: TextOptions = {}) {
  return optional(textField(column, meaning, max, options));
}

/** The field must be there, but may be empty: a defect of the cadastro, for the prévia to find. */
export function presentText(column: string, meaning: string, max: number, options: TextOptions = {}) {
  return textField(column, meaning, max, { form: 'pode vir vazio', ...options });
}

/** A text that must not be empty. */
export function filledText(column: string, meaning: string, max: number) {
  return field({ column, form: `texto de 1 a ${max} caracteres`, meaning }, notEmpty, readText(max, same));
}

function textField(column: string | null, meaning: string, max: number, options: TextOptions) {
  const form = [`texto de até ${max} caracteres`, ...(options.form ? [options.form] : [])].join(', ');
  return field({ column, form, meaning }, value(options.empty ?? ''), readText(max, options.normalise ?? same));
}

const same = (text: string) => text;

function readText(max: number, normalise: (text: string) => string) {
  return (text: string): Read => {
    const normal = normalise(text);
    return normal.length <= max ? { value: normal } : problem(`tem ${normal.length} caracteres; o máximo é ${max}`);
  };
}

/** Without the punctuation of CPF, CNPJ and CEP; every other character stays, for the prévia to find. */
export function withoutPunctuation(text: string): string {
  return text.replace(/[\s./-]/g, '').toUpperCase();
}

export function choice(column: string, meaning: string, codes: Record<string, string>) {
  return choiceField(column, meaning, codes, notEmpty);
}

/** @param stored what the column holds for a code; absent = the code itself. */
export function optionalChoice(
  column: string,
  meaning: string,
  codes: Record<string, string>,
  empty: string,
  stored: Record<string, string> = {},
) {
  return optional(choiceField(column, meaning, codes, value(empty), stored));
}

function choiceField(
  column: string,
  meaning: string,
  codes: Record<string, string>,
  empty: Read,
  stored: Record<string, string> = {},
) {
  const form = Object.entries(codes)
    .map(([code, label]) => (label === code ? code : `${code} (${label})`))
    .join(', ');
  const exact = new Map(Object.keys(codes).map((code) => [code.toLowerCase(), code]));
  return field({ column, form, meaning }, empty, (text) => {
    const code = exact.get(text.toLowerCase());
    return code === undefined
      ? problem(`"${clipped(text)}" não é um destes: ${form}`)
      : { value: stored[code] ?? code };
  });
}

export function yesOrNo(column: string, meaning: string, empty: boolean) {
  return optional(
    field({ column, form: 'S ou N', meaning }, value(empty), (text, raw) => {
      if (typeof raw === 'boolean') return { value: raw };
      if (/^[sn]$/i.test(text)) return { value: text.toUpperCase() === 'S' };
      return problem(`"${clipped(text)}" não é S nem N`);
    }),
  );
}

export function date(column: string, meaning: string) {
  return field({ column, form: 'data dd/mm/aaaa ou aaaa-mm-dd', meaning }, notEmpty, (text) => {
    const day = parseLocalDate(text);
    if (!day) return problem(`"${clipped(text)}" não é uma data existente em dd/mm/aaaa ou aaaa-mm-dd`);
    return day >= '1990-01-01' && day <= '2199-12-31' ? { value: day } : problem('deve ser uma data de 1990 a 2199');
  });
}

export const amountForm = 'valor em reais: 1.234,56 ou 1234.56';

export function amount(column: string, meaning: string) {
  return field({ column, form: amountForm, meaning }, notEmpty, readAmount);
}

/** Empty is the same as absent. */
export function optionalAmount(column: string, meaning: string) {
  return optional(field({ column, form: amountForm, meaning }, value(null), readAmount));
}

/** An amount that is a term of others: what an empty one means is the caller's. */
export function amountOrNone(column: string, meaning: string, empty: 0 | null) {
  return optional(field({ column, form: amountForm, meaning }, value(empty), readAmount));
}

function readAmount(text: string, raw: unknown): Read {
  // In a JSON number the dot is always the decimal point: 1.234 has three decimals, it is not R$ 1.234,00.
  if (isAmbiguous(text)) return problem(ambiguousAmount(text));
  const cents = typeof raw === 'number' && !/^-?\d+(\.\d{1,2})?$/.test(text) ? null : parseCents(text);
  if (cents === null) return problem(`"${clipped(text)}" não é um valor como 1.234,56 ou 1234.56`);
  if (cents < 0) return problem('não pode ser negativo');
  return cents <= MAX_CENTS ? { value: cents } : problem('é maior que R$ 9.999.999.999,99');
}

export function percent(column: string, meaning: string, empty: 0 | null) {
  return optional(
    field({ column, form: 'percentual de 0 a 100, até 4 casas decimais', meaning }, value(empty), (text) => {
      const number = /^\d{1,3}([.,]\d{1,4})?$/.test(text) ? Number(text.replace(',', '.')) : -1;
      return number >= 0 && number <= 100 ? { value: number } : problem('deve ser um percentual de 0 a 100');
    }),
  );
}

/**
 * `19.990`: R$ 19.990,00 to one, R$ 19,99 to another. With a comma for the cents, or two dots, it is clear; a zero in
 * front (`0.990`) begins no thousands.
 */
function isAmbiguous(text: string): boolean {
  return /^-?\d{1,3}\.\d{3}$/.test(text);
}

function ambiguousAmount(text: string): string {
  return `"${text}" não dá para distinguir: escreva ${text},00 ou ${text.replace('.', '')}.00 se são milhares, ${text.replace(/(\.\d\d)\d$/, '$1')} se são centavos`;
}
