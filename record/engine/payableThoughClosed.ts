import type { Knex } from 'knex';
import type { ClosedCount } from '../../domain/account/carteiraAlerts';
import type { LocalDate } from '../../domain/kinds/dates';
import { closeDone } from '../receivables/bankWork';
import { byCarteira } from './toRegister';
import { carteiraIsSeen, receivableIsSeen, type Filiais } from '../access/visibility';

/** Cancelled, or received. */
export type ClosedStatus = 'C' | 'R';

/** A boleto that the bank has as payable, of a título that is cancelled or paid. */
export interface PayableBoleto {
  id: number;
  /** The ERP's key where it is not the id itself. */
  erpKey: string | null;
  customerName: string;
  filialId: number;
  carteiraId: number;
  carteira: string;
  status: ClosedStatus;
  dueDate: LocalDate;
  amountCents: number;
  ourNumber: string | null;
  since: Date;
}

/** SQL of `boleto b` with its `bank_work w`: to be written off at the bank because nothing is owed. */
export const payableWork = `bank_work w
  join boleto b on b.id = w.boleto_id and b.state = 'registered' and w.kind = 'cancel' and w.closed_at is null
    and jsonb_exists(w.fields, 'status')`;

/** In order of ID da cobrança, after the one that the previous page ended with. */
export async function payableThoughClosed(
  knex: Knex,
  page: {
    filiais: Filiais;
    carteiraId?: number | undefined;
    status?: ClosedStatus | undefined;
    after?: number | undefined;
    limit: number;
  },
): Promise<PayableBoleto[]> {
  const { rows } = await knex.raw<{ rows: PayableBoleto[] }>(
    `select r.id, r.erp_key as "erpKey", p.name as "customerName", r.filial_id as "filialId", r.carteira_id as "carteiraId",
       c.description as carteira, r.status, r.due_date as "dueDate", r.amount_cents as "amountCents",
       coalesce(b.our_number, b.bank_id) as "ourNumber", w.opened_at as since
     from ${payableWork}
     join receivable r on r.id = b.receivable_id
     join customer p on p.id = r.customer_id
     join carteira c on c.id = r.carteira_id
     where b.receivable_id > :after and ${receivableIsSeen} and ${carteiraIsSeen}
       and (:carteiraId::bigint is null or r.carteira_id = :carteiraId::bigint)
       and (:status::text is null or r.status = :status::text)
     order by b.receivable_id limit :limit`,
    {
      filiais: page.filiais === null ? null : [...page.filiais],
      carteiraId: page.carteiraId ?? null,
      status: page.status ?? null,
      ...{ after: page.after ?? 0, limit: page.limit },
    },
  );
  return rows;
}

/** Of every carteira that has some, by filial. */
export async function countPayableThoughClosed(knex: Knex): Promise<Map<number, ClosedCount[]>> {
  const { rows } = await knex.raw<{ rows: (ClosedCount & { carteiraId: number })[] }>(
    `select r.carteira_id as "carteiraId", r.filial_id as "filialId",
       count(*) filter (where r.status = 'C') as cancelled, count(*) filter (where r.status = 'R') as received
     from ${payableWork} join receivable r on r.id = b.receivable_id
     group by r.carteira_id, r.filial_id order by r.carteira_id, r.filial_id`,
  );
  return byCarteira(rows);
}

/**
 * A person looked at the bank: these boletos cannot be paid any more, being written off there, or paid. Their record
 * says cancelled from now on; the título keeps its status, and Impresso stays Sim, so that nothing is sent by itself.
 * @returns how many; one that is not payable though closed is left alone
 */
export async function confirmNotPayable(
  knex: Knex,
  { receivableIds, by, reason }: { receivableIds: readonly number[]; by: string; reason: string | null },
): Promise<number> {
  return knex.transaction(async (trx) => {
    // As imports and corrections lock them: none of these becomes open again meanwhile.
    await trx.raw(`select from receivable where id = any(?) order by id for update`, [[...receivableIds]]);
    const { rows } = await trx.raw<{ rows: { workId: number; receivableId: number; ourNumber: string | null }[] }>(
      `update boleto set state = 'cancelled' from (
         select b.id as boleto_id, w.id as work_id from ${payableWork} where b.receivable_id = any(?)) found
       where boleto.id = found.boleto_id
       returning found.work_id as "workId", boleto.receivable_id as "receivableId",
         coalesce(boleto.our_number, boleto.bank_id) as "ourNumber"`,
      [[...receivableIds]],
    );
    await closeDone(
      trx,
      rows.map(({ workId }) => workId),
      by,
    );
    if (rows.length > 0)
      await trx('audit_entry').insert(
        rows.map(({ receivableId, ourNumber }) => ({
          ...{ actor: by, action: 'notPayable', entity: 'receivable', entity_id: String(receivableId), reason },
          before: JSON.stringify({ boleto: 'registered', ourNumber }),
          after: JSON.stringify({ boleto: 'cancelled' }),
        })),
      );
    return rows.length;
  });
}
