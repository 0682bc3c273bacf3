import type { Knex } from 'knex';
import type { LedgerEntry } from '../../gateways/simulator/ledger';
import type { BoletoState } from '../../domain/boleto/states';

/**
 * - duplicate: the bank registered a título, a number or a reference once more
 * - lost: registered at the bank and not in the record, or in the record and not at the bank
 * - differs: both have it, with other data
 * - broken: the record contradicts itself, whatever the bank says
 */
export type FindingKind = 'duplicate' | 'lost' | 'differs' | 'broken';

export interface Finding {
  kind: FindingKind;
  /** Convênio/nosso número, or batch/ordinal: where to look. */
  where: string;
  what: string;
}

/** What is due for longer than this, nobody moves on. A killed worker's items, and a backoff, take a minute or two. */
const FORGOTTEN_AFTER_SECONDS = 180;

/** Compares the bank's ledger with the record, line by line, and the record with its own rules. */
export async function audit(knex: Knex, entries: readonly LedgerEntry[]): Promise<Finding[]> {
  const rows = await readBoletos(knex);
  return [...compare(entries, rows), ...(await brokenRules(knex))];
}

export function countByKind(findings: readonly Finding[]): Record<FindingKind, number> {
  const counts = { duplicate: 0, lost: 0, differs: 0, broken: 0 };
  for (const { kind } of findings) counts[kind] += 1;
  return counts;
}

/** Whether a finding is about this convênio or this batch. */
export function isOf({ where }: Finding, convenio: string, batchId: string): boolean {
  return where.startsWith(`${convenio}/`) || where === batchId || where.startsWith(`${batchId}/`);
}

interface BoletoRow {
  receivableId: number;
  convenio: string;
  ourNumber: string;
  ownReference: string;
  state: BoletoState;
  linhaDigitavel: string | null;
  barcode: string | null;
  /** Of what the attempt sent that is known to be registered; null where there is none. */
  amountCents: number | null;
  dueDate: string | null;
  payerDocument: string | null;
}

async function readBoletos(knex: Knex): Promise<BoletoRow[]> {
  const { rows } = await knex.raw<{ rows: BoletoRow[] }>(
    `select b.receivable_id as "receivableId", b.convenio, b.our_number as "ourNumber",
       b.own_reference as "ownReference", b.state, b.linha_digitavel as "linhaDigitavel", b.barcode,
       (sent.snapshot->>'amountCents')::bigint as "amountCents", sent.snapshot->>'dueDate' as "dueDate",
       sent.snapshot#>>'{payer,document}' as "payerDocument"
     from boleto b left join lateral (
       select a.snapshot from attempt a where a.boleto_id = b.id and a.resolution = 'registered'
       order by a.intended_at desc limit 1) sent on true`,
  );
  return rows;
}

function compare(entries: readonly LedgerEntry[], rows: readonly BoletoRow[]): Finding[] {
  const findings: Finding[] = [];
  const boletos = new Map(rows.map((row) => [`${row.convenio}/${row.ourNumber}`, row]));
  const receivableOf = new Map(rows.map((row) => [`${row.convenio}/${row.ownReference}`, row.receivableId]));
  const seen = new Set<string>();
  const inLedger = new Set<string>();
  for (const entry of entries) {
    const where = `${entry.convenio}/${entry.number}`;
    const find = (kind: FindingKind, what: string) => findings.push({ kind, where, what });
    inLedger.add(where);

    const receivableId = receivableOf.get(`${entry.convenio}/${entry.ownReference}`);
    const identities = [
      `number ${where}`,
      `reference ${entry.convenio}/${entry.ownReference}`,
      ...(receivableId === undefined ? [] : [`título ${receivableId}`]),
    ];
    const again = identities.filter((identity) => seen.has(identity));
    identities.forEach((identity) => seen.add(identity));
    if (again.length > 0) {
      find('duplicate', `registered once more: ${again.join(', ')}`);
      continue;
    }

    const boleto = boletos.get(where);
    if (!boleto) find('lost', 'at the bank; the record does not have this number');
    else if (boleto.state !== 'registered') find('lost', `at the bank; in the record it is ${boleto.state}`);
    else for (const difference of differences(entry, boleto)) find('differs', difference);
  }
  for (const [where, { state }] of boletos)
    if (state === 'registered' && !inLedger.has(where))
      findings.push({ kind: 'lost', where, what: 'registered in the record; the bank does not have it' });
  return findings;
}

function differences(entry: LedgerEntry, boleto: BoletoRow): string[] {
  // By whatever name the bank has them.
  const { codigoLinhaDigitavel, textoCodigoBarrasTituloCobranca, linhaDigitavel, codigoBarras } = entry.boleto;
  const pairs: [string, unknown, unknown][] = [
    ['seuNumero', entry.ownReference, boleto.ownReference],
    ['value', entry.amountCents, boleto.amountCents],
    ['due date', entry.dueDate, boleto.dueDate],
    ["payer's document", entry.payerDocument, boleto.payerDocument],
    ['linha digitável', codigoLinhaDigitavel ?? linhaDigitavel, boleto.linhaDigitavel],
    ['barcode', textoCodigoBarrasTituloCobranca ?? codigoBarras, boleto.barcode],
  ];
  return pairs
    .filter(([, bank, record]) => bank !== record)
    .map(([field, bank, record]) => `${field}: ${String(bank)} at the bank, ${String(record)} in the record`);
}

/** Each query returns what must not be there; its name is what is wrong then. */
const rules: Readonly<Record<string, string>> = {
  'due, and nobody moves it on': `
    select i.batch_id || '/' || i.ordinal as "where" from batch_item i join batch b on b.id = i.batch_id
    where i.due_at < clock_timestamp() - interval '${FORGOTTEN_AFTER_SECONDS} seconds' and not b.paused`,
  'neither due nor ended, and no person can act on it': `
    select batch_id || '/' || ordinal as "where" from batch_item
    where due_at is null and closed_at is null and state in ('pending', 'sending', 'inProgress', 'registered')`,
  'unresolved call in a batch that ended': `
    select a.batch_id || '/' || a.ordinal as "where" from attempt a join batch b on b.id = a.batch_id
    where a.resolution is null and b.phase = 'concluded'`,
  'not ended, in a batch that ended': `
    select i.batch_id || '/' || i.ordinal as "where" from batch_item i join batch b on b.id = i.batch_id
    where b.phase = 'concluded' and (i.closed_at is null or i.state in ('sending', 'inProgress', 'unconfirmed'))`,
  'registered, and the título is not Impresso': `
    select b.convenio || '/' || b.our_number as "where" from boleto b join receivable r on r.id = b.receivable_id
    where b.state = 'registered' and not r.impresso`,
  'Impresso, and no boleto is registered': `
    select coalesce(c.convenio, '') || '/título ' || r.id as "where" from receivable r join carteira c on c.id = r.carteira_id
    where r.impresso and r.imported_registration is null and exists (select from batch_item where receivable_id = r.id)
      and not exists (select from boleto where receivable_id = r.id and state = 'registered')`,
  'item and boleto do not agree on registered': `
    select i.batch_id || '/' || i.ordinal as "where" from batch_item i left join boleto b on b.id = i.boleto_id
    where i.state = 'registered' and b.state is distinct from 'registered'
      or b.state = 'registered' and i.state not in ('registered', 'skipped') and i.closed_at is null`,
  'registered, with a call that nobody knows the end of': `
    select b.convenio || '/' || b.our_number as "where" from boleto b
    where b.state = 'registered' and exists (select from attempt where boleto_id = b.id and resolution is null)`,
  'selected, and not an item of the batch': `
    select b.id as "where" from batch b
    where b.selected is distinct from (select count(*) from batch_item where batch_id = b.id) and b.selected is not null`,
};

async function brokenRules(knex: Knex): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [what, query] of Object.entries(rules)) {
    const { rows } = await knex.raw<{ rows: { where: string }[] }>(query);
    findings.push(...rows.map(({ where }): Finding => ({ kind: 'broken', where, what })));
  }
  return findings;
}
