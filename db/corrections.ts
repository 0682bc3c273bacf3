import { cnpj, cpf } from 'cpf-cnpj-validator';
import type { Knex } from 'knex';
import { formatDate, parseLocalDate, type LocalDate } from '../domain/dates';
import { MAX_BARCODE_CENTS, parseCents } from '../domain/money';

export interface CorrectionRequest {
  receivableId: number;
  /** By the ERP's field names, as a person typed them. */
  changes: Record<string, string>;
  /** Opaque login id. */
  by: string;
  reason?: string | null;
}

export interface FieldRefusal {
  field: string;
  message: string;
}

export type CorrectionResult =
  | {
      kind: 'corrected';
      /** ERP names of the fields that now have another value; empty when all had it already. */
      changed: string[];
      version: number;
      /** Other títulos of the same customer whose next registration is changed by this too. */
      alsoAffected: number;
      /** A call for this título has no certain end yet: nothing else is sent until it has. */
      waits: boolean;
      /** Live batches that hold an affected título, with one of its ids: whom to tell. */
      batches: { batchId: string; receivableId: number }[];
    }
  | { kind: 'unknownReceivable' }
  /** Nothing was changed: one message for each wrong field. */
  | { kind: 'invalid'; refusals: FieldRefusal[] }
  /** The bank has it: it is altered or written off there. */
  | { kind: 'registered' }
  /** Received or cancelled: its charge data stay. */
  | { kind: 'closed'; status: 'R' | 'C' };

type Checked = { value: string | number | boolean } | { problem: string };
interface Field {
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
    return cpf.isValid(document) ? { value: document } : wrong('o CPF tem dígito verificador errado');
  if (document.length === 14 && /^[0-9A-Z]{12}\d{2}$/.test(document))
    return cnpj.isValid(document) ? { value: document } : wrong('o CNPJ tem dígito verificador errado');
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
  liberado: receivable('released', checkYesOrNo),
  status: receivable('status', oneOf(['A', 'R', 'P', 'C'])),
};

/** The ERP names that a correction takes. */
export const correctableFields: readonly string[] = Object.keys(fields);

/** Of those, the ones that a título of this standing takes: none once the bank has it, no charge data once it ended. */
export function editableFields(status: 'A' | 'R' | 'P' | 'C', registered: boolean): readonly string[] {
  if (registered) return [];
  const ended = status === 'R' || status === 'C';
  return correctableFields.filter((name) => !ended || fields[name]?.table === 'customer');
}

interface Current {
  customerId: number;
  status: 'A' | 'R' | 'P' | 'C';
  registered: boolean;
  today: LocalDate;
  receivable: Record<string, unknown>;
  customer: Record<string, unknown>;
}

/**
 * Corrects a título, its customer or its charge data, all or nothing. The form of every value is checked here;
 * what only the bank can judge is judged by the bank.
 */
export async function correctReceivable(knex: Knex, request: CorrectionRequest): Promise<CorrectionResult> {
  const checked = checkChanges(request.changes);
  if (checked.refusals.length > 0) return { kind: 'invalid', refusals: checked.refusals };
  const wanted = checked.values;
  return knex.transaction(async (trx): Promise<CorrectionResult> => {
    const current = await lock(trx, request.receivableId);
    if (!current) return { kind: 'unknownReceivable' };
    if (current.registered) return { kind: 'registered' };
    const touchesCharge = Object.keys(wanted).some((name) => fields[name]?.table === 'receivable');
    if (touchesCharge && (current.status === 'R' || current.status === 'C'))
      return { kind: 'closed', status: current.status };

    const stored = (name: string): unknown => {
      const { table, column } = fields[name] as Field;
      return current[table][column];
    };
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
    const versions = await versionsOf(trx, current.customerId);
    await write(trx, request, current, wanted, changed);
    const grown = [...(await versionsOf(trx, current.customerId))].filter(
      ([id, version]) => versions.get(id) !== version,
    );
    if (changed.length > 0)
      await trx('audit_entry').insert({
        actor: request.by,
        action: 'corrigir',
        entity: 'receivable',
        entity_id: String(request.receivableId),
        before: JSON.stringify(Object.fromEntries(changed.map((name) => [name, stored(name)]))),
        after: JSON.stringify(Object.fromEntries(changed.map((name) => [name, wanted[name]]))),
        reason: request.reason ?? null,
      });
    const now = await trx.raw<{ rows: { version: number; waits: boolean }[] }>(
      `select r.version, exists (select from boleto b join attempt a on a.boleto_id = b.id
         where b.receivable_id = r.id and a.resolution is null) as waits
       from receivable r where r.id = ?`,
      [request.receivableId],
    );
    const { version, waits } = now.rows[0] as { version: number; waits: boolean };
    const affected = grown.map(([id]) => id);
    return {
      kind: 'corrected',
      changed,
      version,
      alsoAffected: affected.filter((id) => id !== request.receivableId).length,
      waits,
      batches: await liveBatches(trx, affected),
    };
  });
}

function checkChanges(changes: Record<string, string>): {
  values: Record<string, string | number | boolean>;
  refusals: FieldRefusal[];
} {
  const values: Record<string, string | number | boolean> = {};
  const refusals: FieldRefusal[] = [];
  if (Object.keys(changes).length === 0) refusals.push({ field: '', message: 'nenhum campo a corrigir' });
  for (const [name, text] of Object.entries(changes)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const result = !field
      ? wrong(`não é um campo que se corrige; os campos são: ${correctableFields.join(', ')}`)
      : /[\p{Cc}\p{Cs}]/u.test(text)
        ? wrong('tem um caractere de controle, que não pode ser guardado')
        : field.check(text.trim());
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

/**
 * Locks the título and, in the order of ids, the open títulos of its customer: the trigger of a customer touches them
 * all, and slices and imports lock in the same order.
 */
async function lock(trx: Knex.Transaction, receivableId: number): Promise<Current | null> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `select from receivable where id = :id or (status in ('A', 'P') and customer_id =
       (select customer_id from receivable where id = :id)) order by id for update`,
    { id: receivableId },
  );
  if (rowCount === 0) return null;
  // Read by a statement of its own: one that had waited for the lock would show the customer as it was before.
  const { rows } = await trx.raw<{ rows: Omit<Current, 'receivable' | 'customer'>[] }>(
    `select customer_id as "customerId", status, (clock_timestamp() at time zone 'America/Sao_Paulo')::date as today,
       exists (select from boleto b where b.receivable_id = r.id and b.state = 'registered') as registered
     from receivable r where id = ?`,
    [receivableId],
  );
  const head = rows[0] as Omit<Current, 'receivable' | 'customer'>;
  const [receivableRow] = (await trx('receivable').where({ id: receivableId })) as Record<string, unknown>[];
  const [customerRow] = (await trx('customer').where({ id: head.customerId }).forUpdate()) as Record<string, unknown>[];
  return { ...head, receivable: receivableRow ?? {}, customer: customerRow ?? {} };
}

async function write(
  trx: Knex.Transaction,
  request: CorrectionRequest,
  current: Current,
  wanted: Record<string, string | number | boolean>,
  changed: string[],
): Promise<void> {
  const columnsOf = (table: Field['table']): Record<string, unknown> =>
    Object.fromEntries(
      changed.flatMap((name) => (fields[name]?.table === table ? [[fields[name].column, wanted[name]]] : [])),
    );
  const ofCustomer = columnsOf('customer');
  if (Object.keys(ofCustomer).length > 0) await trx('customer').where({ id: current.customerId }).update(ofCustomer);
  if (changed.length > 0)
    await trx('receivable')
      .where({ id: request.receivableId })
      .update({ ...columnsOf('receivable'), corrected_at: trx.raw('clock_timestamp()') });
}

async function versionsOf(trx: Knex.Transaction, customerId: number): Promise<Map<number, number>> {
  const { rows } = await trx.raw<{ rows: { id: number; version: number }[] }>(
    `select id, version from receivable where customer_id = ?`,
    [customerId],
  );
  return new Map(rows.map(({ id, version }) => [id, version]));
}

async function liveBatches(
  trx: Knex.Transaction,
  receivableIds: number[],
): Promise<{ batchId: string; receivableId: number }[]> {
  const { rows } = await trx.raw<{ rows: { batchId: string; receivableId: number }[] }>(
    `select batch_id as "batchId", min(receivable_id) as "receivableId" from batch_item
     where receivable_id = any(?) and closed_at is null group by batch_id order by batch_id`,
    [receivableIds],
  );
  return rows;
}
