import { formatDate, parseLocalDate, type LocalDate } from '../../domain/kinds/dates';
import { isCnpj, isCpf } from '../../domain/kinds/taxIds';
import { MAX_BARCODE_CENTS, parseCents } from '../../domain/kinds/money';

/** One wrong field, by the ERP's name; empty where no one field is guilty. */
export interface FieldRefusal {
  field: string;
  message: string;
}

/** null = none of its own: what the carteira has. */
export type StoredValue = string | number | boolean | null;

type Checked = { value: StoredValue } | { problem: string };
export interface Field {
  table: 'customer' | 'receivable';
  column: string;
  check(text: string): Checked;
}

const wrong = (problem: string): Checked => ({ problem });
const customer = (column: string, check: Field['check']): Field => ({ table: 'customer', column, check });
const receivable = (column: string, check: Field['check']): Field => ({ table: 'receivable', column, check });

function filled(max: number): Field['check'] {
  return (text) => (text === '' ? wrong('não pode ficar vazio') : optional(max)(text));
}

function optional(max: number): Field['check'] {
  return (text) => (text.length <= max ? { value: text } : wrong(`tem ${text.length} caracteres; o máximo é ${max}`));
}

function oneOf(codes: readonly string[]): Field['check'] {
  return (text) => {
    const code = text.toUpperCase();
    return codes.includes(code) ? { value: code } : wrong(`deve ser um de: ${codes.join(', ')}`);
  };
}

const states = 'AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO'.split(' ');

function checkCep(text: string): Checked {
  const digits = text.replace(/[\s.-]/g, '');
  return /^\d{8}$/.test(digits) ? { value: digits } : wrong('o CEP deve ter 8 dígitos');
}

function checkDocument(text: string): Checked {
  const document = text.replace(/[\s./-]/g, '').toUpperCase();
  if (document.length === 11 && /^\d+$/.test(document))
    return isCpf(document) ? { value: document } : wrong('o CPF tem dígito verificador errado');
  if (document.length === 14 && /^[0-9A-Z]{12}\d{2}$/.test(document))
    return isCnpj(document) ? { value: document } : wrong('o CNPJ tem dígito verificador errado');
  return wrong('deve ser um CPF (11 dígitos) ou um CNPJ (14 caracteres, os dois últimos dígitos)');
}

function checkDate(text: string): Checked {
  const date = parseLocalDate(text);
  if (!date) return wrong('deve ser uma data existente, dd/mm/aaaa ou aaaa-mm-dd');
  return date >= '1990-01-01' && date <= '2199-12-31' ? { value: date } : wrong('deve ser uma data de 1990 a 2199');
}

function checkAmount(text: string): Checked {
  const amount = parseCents(text);
  if (amount === null) return wrong('deve ser um valor como 1.234,56 ou 1234.56');
  if (amount <= 0) return wrong('deve ser maior que zero');
  return amount <= MAX_BARCODE_CENTS ? { value: amount } : wrong('é maior que R$ 99.999.999,99, o máximo de um boleto');
}

/** A term of the título's own; empty = the carteira's again. */
function orTheCarteiras(check: Field['check']): Field['check'] {
  return (text) => (text === '' ? { value: null } : check(text));
}

const checkTermAmount = orTheCarteiras((text) => {
  const amount = parseCents(text);
  if (amount === null || amount < 0) return wrong('deve ser um valor como 1.234,56 ou 1234.56, ou vazio');
  return amount <= MAX_BARCODE_CENTS ? { value: amount } : wrong('é maior que R$ 99.999.999,99, o máximo de um boleto');
});

const checkTermPercent = orTheCarteiras((text) => {
  const percent = /^\d{1,3}([.,]\d{1,4})?$/.test(text) ? Number(text.replace(',', '.')) : -1;
  return percent >= 0 && percent <= 100 ? { value: percent } : wrong('deve ser um percentual de 0 a 100, ou vazio');
});

const checkTermDays = orTheCarteiras((text) =>
  /^\d{1,3}$/.test(text) ? { value: Number(text) } : wrong('deve ser um número de dias, de 0 a 999, ou vazio'),
);

function discountFields(step: '' | '2' | '3'): Record<string, Field> {
  return {
    [`desconto${step}`]: receivable(`discount${step}_percent`, checkTermPercent),
    [`desconto${step}_valor`]: receivable(`discount${step}_cents`, checkTermAmount),
    [`desconto${step}_dias`]: receivable(`discount${step}_days`, checkTermDays),
  };
}

function checkYesOrNo(text: string): Checked {
  return /^[sn]$/i.test(text) ? { value: text.toUpperCase() === 'S' } : wrong('deve ser S ou N');
}

function checkEmail(text: string): Checked {
  return text === '' || (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) && text.length <= 255)
    ? { value: text }
    : wrong('deve ser um e-mail como nome@exemplo.com.br');
}

function checkTelephone(text: string): Checked {
  const digits = text.replace(/[\s().+-]/g, '');
  return /^(\d{10,13})?$/.test(digits) ? { value: digits } : wrong('deve ser um telefone com DDD, de 10 a 13 dígitos');
}

function addressFields(suffix: '' | '_cob'): Record<string, Field> {
  const of = (name: string, check: Field['check']) => customer(suffix === '' ? name : `billing_${name}`, check);
  return {
    [`cep${suffix}`]: of('cep', checkCep),
    [`endereco${suffix}`]: of('street', filled(255)),
    [`numero${suffix}`]: of('number', optional(60)),
    [`complemento${suffix}`]: of('complement', optional(255)),
    [`bairro${suffix}`]: of('district', filled(255)),
    [`cidade${suffix}`]: of('city', filled(255)),
    [`uf${suffix}`]: of('uf', oneOf(states)),
  };
}

const fields: Readonly<Record<string, Field>> = {
  tipo_pessoa: customer('person_type', oneOf(['F', 'J'])),
  cnpj_cpf: customer('document', checkDocument),
  razao: customer('name', filled(255)),
  fantasia: customer('trade_name', optional(255)),
  ...addressFields(''),
  ...addressFields('_cob'),
  email: customer('email', checkEmail),
  whatsapp: customer('whatsapp', checkTelephone),
  data_emissao: receivable('issue_date', checkDate),
  data_vencimento: receivable('due_date', checkDate),
  valor: receivable('amount_cents', checkAmount),
  valor_aberto: receivable('open_amount_cents', checkAmount),
  documento: receivable('document', optional(60)),
  juros: receivable('interest_percent', checkTermPercent),
  juros_valor_dia: receivable('daily_interest_cents', checkTermAmount),
  multa: receivable('fine_percent', checkTermPercent),
  multa_valor: receivable('fine_cents', checkTermAmount),
  carencia_dias: receivable('grace_days', checkTermDays),
  ...discountFields(''),
  ...discountFields('2'),
  ...discountFields('3'),
  baixa_automatica_dias: receivable('write_off_days', checkTermDays),
  liberado: receivable('released', checkYesOrNo),
  status: receivable('status', oneOf(['A', 'R', 'P', 'C'])),
};

/** The ERP names that a correction takes. */
const correctableFields: readonly string[] = Object.keys(fields);

/** Where the record keeps a field. @param name one that can be corrected */
export function columnOf(name: string): Pick<Field, 'table' | 'column'> {
  return fields[name] as Field;
}

/** The ERP's name of a column that can be corrected; of any other the column. */
export function fieldOfColumn(table: Field['table'], column: string): string {
  const found = Object.entries(fields).find(([, field]) => field.table === table && field.column === column);
  return found?.[0] ?? column;
}

export function correctableColumns(table: Field['table']): string[] {
  return Object.values(fields).flatMap((field) => (field.table === table ? [field.column] : []));
}

/** Of those, the ones that a título of this standing takes: no charge data once it ended. */
export function editableFields(status: 'A' | 'R' | 'P' | 'C'): readonly string[] {
  const ended = status === 'R' || status === 'C';
  return correctableFields.filter((name) => !ended || fields[name]?.table === 'customer');
}

/** The form of every value that a person typed; all or nothing. */
export function checkChanges(changes: Record<string, string>): {
  values: Record<string, StoredValue>;
  refusals: FieldRefusal[];
} {
  const values: Record<string, StoredValue> = {};
  const refusals: FieldRefusal[] = [];
  if (Object.keys(changes).length === 0) refusals.push({ field: '', message: 'nenhum campo a corrigir' });
  for (const [name, text] of Object.entries(changes)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const result = !field
      ? wrong(`não é um campo que se corrige; os campos são: ${correctableFields.join(', ')}`)
      : /[\p{Cc}\p{Cs}]/u.test(text)
        ? wrong('tem um caractere de controle, que não pode ser guardado')
        : field.check(text.trim().normalize('NFC'));
    if ('problem' in result) refusals.push({ field: name, message: result.problem });
    else values[name] = result.value;
  }
  return { values, refusals };
}

/** What the fields say against each other, once corrected; asked only of fields that the correction touches. */
function contradictions(
  value: (name: string) => unknown,
  wanted: Record<string, unknown>,
  today: LocalDate,
): FieldRefusal[] {
  const touches = (...names: string[]) => names.find((name) => wanted[name] !== undefined);
  const refusals: FieldRefusal[] = [];
  const refuse = (field: string | undefined, is: boolean, message: string): void => {
    if (field !== undefined && is && !refusals.some((told) => told.field === field)) refusals.push({ field, message });
  };
  const type = value('tipo_pessoa');
  const length = String(value('cnpj_cpf')).length;
  refuse(
    touches('cnpj_cpf', 'tipo_pessoa'),
    (type === 'F' && length === 14) || (type === 'J' && length === 11),
    type === 'F'
      ? 'o documento é um CNPJ e o tipo_pessoa é F: corrija os dois juntos'
      : 'o documento é um CPF e o tipo_pessoa é J: corrija os dois juntos',
  );
  const due = value('data_vencimento') as LocalDate;
  refuse(touches('data_vencimento'), due < today, `o vencimento já passou: hoje é ${formatDate(today)}`);
  refuse(
    touches('data_vencimento', 'data_emissao'),
    (value('data_emissao') as LocalDate) > due,
    'a emissão não pode ser depois do vencimento',
  );
  refuse(
    touches('valor_aberto', 'valor'),
    (value('valor_aberto') as number) > (value('valor') as number),
    'o valor em aberto não pode ser maior que o valor',
  );
  return refusals;
}

/** What a correction is judged by: a título with its customer, as rows of the record. */
export interface Correctable {
  status: 'A' | 'R' | 'P' | 'C';
  today: LocalDate;
  receivable: Record<string, unknown>;
  customer: Record<string, unknown>;
}

export type Plan =
  | { kind: 'invalid'; refusals: FieldRefusal[] }
  | { kind: 'closed'; status: 'R' | 'C' }
  | {
      kind: 'change';
      /** Stored values by the ERP's names, of the fields that get another value. */
      before: Record<string, unknown>;
      after: Record<string, StoredValue>;
    };

/** What these values, already right in form, would change of a título; nothing is written. Pure. */
export function planCorrection(current: Correctable, values: Readonly<Record<string, StoredValue>>): Plan {
  const { status } = current;
  const touchesCharge = Object.keys(values).some((name) => fields[name]?.table === 'receivable');
  if (touchesCharge && (status === 'R' || status === 'C')) return { kind: 'closed', status };
  const stored = (name: string) => storedValue(current, name);
  const wanted = { ...values };
  // A título that nothing was paid of is open with its whole value, also after the value is corrected.
  if (
    wanted['valor'] !== undefined &&
    wanted['valor_aberto'] === undefined &&
    stored('valor') === stored('valor_aberto')
  )
    wanted['valor_aberto'] = wanted['valor'];
  const refusals = contradictions((name) => wanted[name] ?? stored(name), wanted, current.today);
  if (refusals.length > 0) return { kind: 'invalid', refusals };
  const changed = Object.keys(wanted).filter((name) => wanted[name] !== stored(name));
  const pick = (value: (name: string) => unknown) => Object.fromEntries(changed.map((name) => [name, value(name)]));
  return {
    kind: 'change',
    before: pick(stored),
    after: pick((name) => wanted[name]) as Record<string, StoredValue>,
  };
}

/** What the record has in a field, by the ERP's name of it. */
export function storedValue(current: Correctable, name: string): unknown {
  const { table, column } = fields[name] as Field;
  const value = current[table][column];
  // As PostgreSQL writes a numeric: "5.0000".
  return column.endsWith('_percent') && typeof value === 'string' ? Number(value) : value;
}

/** The columns of one table that these values, by the ERP's names, belong to. */
export function columnsOf(table: Field['table'], values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      fields[name]?.table === table ? [[fields[name].column, value]] : [],
    ),
  );
}
