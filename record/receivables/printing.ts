import type { Knex } from 'knex';
import type { ChargeSnapshot } from '../../domain/boleto/charge';
import {
  judgePrint,
  type Beneficiary,
  type PrintableBoleto,
  type PrintRefusal,
} from '../../domain/receivable/printable';
import type { Mismatch } from '../../domain/boleto/registrationCheck';
import type { BoletoState, ItemState } from '../../domain/boleto/states';

/** What may be printed of one título, or why nothing may. */
export type Printing =
  { receivableId: number; boleto: PrintableBoleto } | { receivableId: number; refused: PrintRefusal };

interface Row {
  receivableId: number;
  status: 'A' | 'R' | 'P' | 'C';
  document: string;
  installment: number;
  state: BoletoState | null;
  linhaDigitavel: string | null;
  barcode: string | null;
  pixEmv: string | null;
  ourNumber: string | null;
  bankId: string | null;
  beneficiaryCode: string | null;
  registeredAt: Date | null;
  homologation: boolean | null;
  divergence: Mismatch[] | null;
  beneficiary: Omit<Beneficiary, 'document' | 'street'> & {
    document: string | null;
    street: string;
    number: string;
    complement: string;
  };
  snapshots: ChargeSnapshot[] | null;
}

/**
 * Columns of a Row, for a título `r` with its current boleto `b`. Only a registered boleto brings its codes and what
 * was sent. The beneficiário is the filial of the carteira, whose convênio it is; else that of the título.
 */
const columns = `r.id as "receivableId", r.status, r.document, r.installment, b.state,
  b.linha_digitavel as "linhaDigitavel", b.barcode, b.pix_emv as "pixEmv", b.our_number as "ourNumber",
  b.bank_id as "bankId", b.registered_at as "registeredAt", b.homologation, b.divergence,
  -- A look does not show it; it is the same for all boletos of a convênio.
  coalesce(b.beneficiary_code, case when b.state = 'registered' then (
    select o.beneficiary_code from boleto o
    where o.account_id = b.account_id and o.convenio = b.convenio and o.beneficiary_code is not null limit 1)
  end) as "beneficiaryCode",
  jsonb_build_object('name', f.name, 'document', f.document, 'street', f.street, 'number', f.number,
    'complement', f.complement, 'district', f.district, 'city', f.city, 'uf', f.uf, 'cep', f.cep) as beneficiary,
  case when b.state = 'registered' then (
    select jsonb_agg(sent.snapshot order by sent.known desc, sent.intended_at desc)
    from (select a.snapshot, a.intended_at, coalesce(a.resolution = 'registered', false) as known from attempt a
          where a.boleto_id = b.id order by known desc, a.intended_at desc limit 20) sent)
  end as snapshots
  from receivable r
  join carteira c on c.id = r.carteira_id
  join filial f on f.id = coalesce(c.filial_id, r.filial_id)
  left join boleto b on b.receivable_id = r.id and b.state not in ('superseded', 'cancelled')`;

/** @returns null when there is no such título. */
export async function printingOf(knex: Knex, receivableId: number): Promise<Printing | null> {
  const { rows } = await knex.raw<{ rows: Row[] }>(`select ${columns} where r.id = ?`, [receivableId]);
  return rows[0] ? toPrinting(rows[0]) : null;
}

/** Of an item that did not end as registered, whatever became of its título elsewhere. */
export interface UnprintedItem {
  receivableId: number;
  itemState: ItemState;
}

export interface PrintingPage {
  items: (Printing | UnprintedItem)[];
  /** Ordinal of the last one; null = there are no more. */
  cursor: number | null;
}

/** The next `limit` items of a batch after ordinal `cursor` (0 = from the start), in the order of the batch. */
export async function batchPrintings(
  knex: Knex,
  batchId: string,
  { cursor, limit }: { cursor: number; limit: number },
): Promise<PrintingPage> {
  const { rows: items } = await knex.raw<{
    rows: { ordinal: number; receivableId: number; itemState: ItemState }[];
  }>(
    `select ordinal, receivable_id as "receivableId", state as "itemState" from batch_item
     where batch_id = :batchId and ordinal > :cursor order by ordinal limit :limit`,
    { batchId, cursor, limit },
  );
  const registered = items.filter(({ itemState }) => itemState === 'registered');
  const { rows } = await knex.raw<{ rows: Row[] }>(`select ${columns} where r.id = any(?)`, [
    registered.map(({ receivableId }) => receivableId),
  ]);
  const printings = new Map(rows.map((row) => [row.receivableId, toPrinting(row)]));
  return {
    items: items.map(({ receivableId, itemState }) => printings.get(receivableId) ?? { receivableId, itemState }),
    cursor: items.length < limit ? null : (items.at(-1)?.ordinal ?? null),
  };
}

function toPrinting(row: Row): Printing {
  const { receivableId, status, document, installment } = row;
  const barcode = row.barcode ?? '';
  const judged = judgePrint({
    receivableStatus: status,
    boletoState: row.state,
    barcode,
    divergence: row.divergence,
    snapshots: row.snapshots ?? [],
  });
  if ('refused' in judged) return { receivableId, refused: judged.refused };
  const { street, number, complement, ...beneficiary } = row.beneficiary;
  return {
    receivableId,
    boleto: {
      receivableId,
      linhaDigitavel: row.linhaDigitavel ?? '',
      barcode,
      pixEmv: row.pixEmv,
      ourNumber: row.ourNumber ?? row.bankId ?? '',
      beneficiaryCode: row.beneficiaryCode,
      document,
      installment,
      registeredAt: row.registeredAt as Date,
      homologation: row.homologation ?? false,
      beneficiary: {
        ...beneficiary,
        document: beneficiary.document ?? '',
        street: [street, number, complement].filter((part) => part !== '').join(', '),
      },
      charge: judged.charge,
    },
  };
}
