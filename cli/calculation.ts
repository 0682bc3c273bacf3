import { z } from 'zod';
import {
  formatArrecadacaoLine,
  isArrecadacaoBarcode,
  toArrecadacaoBarcode,
  toArrecadacaoLine,
} from '../domain/codes/arrecadacao';
import { bankLayouts } from '../domain/codes/layouts/banks';
import { layoutFields, type BankLayout, type LayoutFields } from '../domain/codes/layouts/layout';
import { buildBarcode, formatLine, isBarcode, toBarcode, toLinhaDigitavel } from '../domain/codes/barcode';
import { modulo10, modulo11, modulo11Variants, type Modulo11Variant } from '../domain/codes/checkDigits';
import { localDate, parseLocalDate, type LocalDate } from '../domain/kinds/dates';
import { isCnpj, isCpf } from '../domain/kinds/taxIds';
import { dueDateFactor, dueDateOfFactor, dueDateOfFactorFrom } from '../domain/codes/dueDateFactor';
import { MAX_BARCODE_CENTS, parseCents, type Cents } from '../domain/kinds/money';
import { readPaymentCode } from '../domain/codes/paymentCode';
import { readPix } from '../domain/codes/pix';

/** One line of `boletos calcular`. */
export type Calculation = { id: string | number | null } & (
  { result: unknown } | { unsupported: true } | { error: string }
);

/** Without `data_referencia` a factor means a date from here to 2034-08-22. */
const FIRST_WITHOUT_REFERENCE = localDate('2010-01-01');

const requestSchema = z.object({
  id: z.union([z.string(), z.number()]),
  kind: z.string(),
  bank: z.string().optional(),
  input: z.record(z.string(), z.unknown()),
});
type Input = z.infer<typeof requestSchema>['input'];

/** Answers one line; whatever is wrong with it is said in the answer, in Portuguese. */
export function calculate(line: string): Calculation {
  let id: Calculation['id'] = null;
  try {
    const json = parseJson(line);
    id = idOf(json);
    const request = requestSchema.safeParse(json);
    if (!request.success) {
      const field = request.error.issues[0]?.path[0];
      return { id, error: field ? `${String(field)}: ausente ou de outro tipo` : 'a linha não é um objeto JSON' };
    }
    const { kind, bank, input } = request.data;
    if (kind === 'boleto' || kind === 'nosso_numero_dv') {
      if (bank === undefined) return { id, error: 'falta bank' };
      const layout = bankLayouts.get(bank);
      if (!layout) return { id, unsupported: true };
      return { id, result: kind === 'boleto' ? boleto(layout, input) : ourNumberDigit(layout, input) };
    }
    const compute = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    return compute ? { id, result: compute(input) } : { id, error: `kind desconhecido: ${kind.slice(0, 40)}` };
  } catch (error) {
    // What a layout refuses; anything else is ours to mend, and must be seen.
    if (error instanceof RangeError) return { id, error: error.message };
    throw error;
  }
}

const kinds: Readonly<Record<string, (input: Input) => unknown>> = {
  conversao: convert,
  conferir: (input) => ({ valido: readPaymentCode(judged(input, 'codigo')).kind !== 'wrong' }),
  fator_vencimento: factor,
  modulo10: (input) => String(modulo10(number(input))),
  modulo11: (input) => modulo11(variant(input), number(input), optionalText(input, 'dez') ?? undefined),
  cpf: (input) => ({ valido: isCpf(unmasked(judged(input, 'documento'))) }),
  cnpj: (input) => ({ valido: isCnpj(unmasked(judged(input, 'documento'))) }),
  pix: (input) => ({ valido: readPix(judged(input, 'brcode')) !== null }),
};

/** Without value or due date there is no barcode, but the campo livre is known. */
function boleto(layout: BankLayout, input: Input): Record<string, string> {
  const freeField = layout.freeField(fieldsOf(input));
  const [value, dueDate] = [amount(input), date(input, 'data_vencimento')];
  if (value === null || dueDate === null) return { campo_livre: freeField };
  if (dueDate < '2000-07-03') throw new RangeError('data_vencimento: antes de 03/07/2000 não há código de barras');
  const barcode = buildBarcode({ bank: layout.code, dueDate, amountCents: value, freeField });
  return {
    codigo_de_barras: barcode,
    linha_digitavel: formatLine(toLinhaDigitavel(barcode)),
    campo_livre: freeField,
  };
}

function ourNumberDigit(layout: BankLayout, input: Input): { dv: string } {
  return { dv: layout.ourNumberDigit(fieldsOf(input)) };
}

/** Check digits decide, and nothing else: a value that advances over the due-date factor converts, too. */
function convert(input: Input): Record<string, string> {
  const line = optionalText(input, 'linha_digitavel');
  if (line !== null) {
    const digits = unmasked(line);
    const barcode = toBarcode(digits) ?? toArrecadacaoBarcode(digits);
    if (barcode === null) throw new RangeError('linha_digitavel: tamanho ou dígito verificador errado');
    return { codigo_de_barras: barcode };
  }
  const barcode = unmasked(text(input, 'codigo_de_barras'));
  if (isBarcode(barcode)) return { linha_digitavel: formatLine(toLinhaDigitavel(barcode)) };
  if (isArrecadacaoBarcode(barcode)) return { linha_digitavel: formatArrecadacaoLine(toArrecadacaoLine(barcode)) };
  throw new RangeError('codigo_de_barras: tamanho ou dígito verificador errado');
}

/** A date gives its factor; a factor gives its date, or null where it means none. */
function factor(input: Input): string | LocalDate | null {
  const dueDate = date(input, 'data_vencimento');
  if (dueDate !== null) {
    if (dueDate < '1997-10-08') throw new RangeError('data_vencimento: antes de 08/10/1997 não há fator');
    return dueDateFactor(dueDate);
  }
  const written = text(input, 'fator');
  if (!/^\d{1,4}$/.test(written)) throw new RangeError('fator: esperados quatro dígitos');
  const reference = date(input, 'data_referencia');
  const padded = written.padStart(4, '0');
  return reference ? dueDateOfFactor(padded, reference) : dueDateOfFactorFrom(padded, FIRST_WITHOUT_REFERENCE);
}

function variant(input: Input): Modulo11Variant {
  const name = text(input, 'variante');
  const found = modulo11Variants.find((each) => each === name);
  if (!found) throw new RangeError(`variante desconhecida; use uma de: ${modulo11Variants.join(', ')}`);
  return found;
}

function number(input: Input): string {
  const digits = text(input, 'numero');
  if (!/^\d+$/.test(digits)) throw new RangeError('numero: só dígitos');
  return digits;
}

/** @returns null when there is none */
function amount(input: Input): Cents | null {
  const written = optionalText(input, 'valor');
  if (written === null) return null;
  const value = parseCents(written);
  if (value === null || value < 0) throw new RangeError('valor: esperado como 1234.56 ou 1.234,56');
  if (value > MAX_BARCODE_CENTS) throw new RangeError('valor: acima de R$ 99.999.999,99 não cabe no código de barras');
  return value;
}

/** @returns null when there is none */
function date(input: Input, field: string): LocalDate | null {
  const written = optionalText(input, field);
  if (written === null) return null;
  const value = parseLocalDate(written);
  if (!value || value < '1900' || value > '3000')
    throw new RangeError(`${field}: não é uma data de 1900 a 2999 (aaaa-mm-dd ou dd/mm/aaaa)`);
  return value;
}

function fieldsOf(input: Input): LayoutFields {
  return Object.fromEntries(
    layoutFields.flatMap((field) => {
      const value = typeof input[field] === 'boolean' ? String(input[field]) : optionalText(input, field);
      return value === null ? [] : [[field, value]];
    }),
  );
}

function text(input: Input, field: string): string {
  const value = optionalText(input, field);
  if (value === null) throw new RangeError(`falta ${field}`);
  return value;
}

/** What is to be judged may be empty: then it is not valid. */
function judged(input: Input, field: string): string {
  return input[field] === '' ? '' : text(input, field);
}

/** @returns null when it is absent, null or empty */
function optionalText(input: Input, field: string): string | null {
  const value = Object.hasOwn(input, field) ? input[field] : null;
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new RangeError(`${field}: esperado um texto`);
  return value.trim() === '' ? null : value.trim();
}

function unmasked(written: string): string {
  return written.replace(/[\s./-]/g, '').toUpperCase();
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new RangeError('a linha não é JSON');
  }
}

function idOf(json: unknown): Calculation['id'] {
  const id = typeof json === 'object' && json !== null && 'id' in json ? json.id : null;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}
