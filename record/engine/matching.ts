import type { BatchFilters } from '../../domain/batch/filters';

/** Parts of a statement over `receivable r`, `customer c`, its current `boleto b` and its live `batch_item live`. */
interface Matched {
  from: string;
  where: string;
  /** A LeftOutReason; null for what a communication takes. */
  reason: string;
  values: Record<string, unknown>;
}

/** Of `receivable r`: an earlier system gave it a boleto, or anything else by which it could be paid. */
export const gotEarlierBoleto = `exists (
  select from jsonb_each_text(r.imported_registration) part where trim(part.value) <> '')`;

/** The same, and nobody said to register it all the same. A decision is about that very boleto: another one asks anew. */
export const hasEarlierBoleto = `(r.imported_registration is distinct from r.ignored_registration and ${gotEarlierBoleto})`;

/** What the filters match of a carteira, whether a communication takes it or leaves it out: one meaning for both. */
export function matchedReceivables(carteiraId: number, filters: BatchFilters): Matched {
  const conditions = matchingFilters(filters);
  return {
    from: `receivable r
       join customer c on c.id = r.customer_id
       left join boleto b on b.receivable_id = r.id and b.state not in ('superseded', 'cancelled')
       left join batch_item live on live.receivable_id = r.id and live.closed_at is null`,
    where: `r.carteira_id = :carteiraId and not r.impresso ${conditions.sql}`,
    reason: `case
           when b.state = 'registered' then 'alreadyRegistered'
           when live.batch_id is not null then 'inOtherBatch'
           when r.status = 'R' then 'paid'
           when r.status = 'C' then 'cancelled'
           when not r.released then 'notReleased'
           when ${hasEarlierBoleto} then 'earlierBoleto'
         end`,
    values: { carteiraId, ...conditions.values },
  };
}

const ACCENTED = 'áàâãäéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ';
const PLAIN = 'aaaaaeeeeiiiiooooouuuucnaaaaaeeeeiiiiooooouuuucn';

/** "São Paulo" is found as "SAO PAULO". Spelt out, because lower() of a database in the C locale knows ASCII only. */
export function folded(expression: string): string {
  return `lower(translate(trim(${expression}), '${ACCENTED}', '${PLAIN}'))`;
}

/**
 * Conditions on `receivable r` and `customer c`. The amount is the open one, which is what the boleto will say;
 * city, district and CEP are those of the cadastro's main address, also where the carteira sends the billing address.
 */
function matchingFilters(filters: BatchFilters): { sql: string; values: Record<string, unknown> } {
  const conditions: Record<keyof BatchFilters, string> = {
    dueFrom: 'r.due_date >= :dueFrom',
    dueTo: 'r.due_date <= :dueTo',
    issuedFrom: 'r.issue_date >= :issuedFrom',
    issuedTo: 'r.issue_date <= :issuedTo',
    amountFromCents: 'r.open_amount_cents >= :amountFromCents',
    amountToCents: 'r.open_amount_cents <= :amountToCents',
    filialIds: 'r.filial_id = any(:filialIds)',
    customerIds: 'r.customer_id = any(:customerIds)',
    contractId: 'r.contract_id = :contractId',
    contractKind: 'r.contract_kind = :contractKind',
    personType: 'c.person_type = :personType',
    chargeType: `${folded('r.charge_type')} = ${folded(':chargeType::text')}`,
    lote: 'trim(r.lote) = :lote',
    city: `${folded('c.city')} = ${folded(':city::text')}`,
    district: `${folded('c.district')} = ${folded(':district::text')}`,
    cep: `starts_with(regexp_replace(c.cep, '\\D', '', 'g'), :cep::text)`,
  };
  const given = (Object.keys(conditions) as (keyof BatchFilters)[]).filter((name) => filters[name] !== undefined);
  return {
    sql: given.map((name) => `and ${conditions[name]}`).join(' '),
    values: Object.fromEntries(given.map((name) => [name, filters[name]])),
  };
}
