import type { Knex } from 'knex';
import { reviewBankWork } from '../receivables/bankWork';

/**
 * What a list or a look of the bank shows of registered boletos ends the work that is open for them there: altered as
 * somebody wanted, or written off. What a person said to have altered, and the bank shows otherwise, is open again.
 * @param rows JSON of `{number, convenio, amount_cents, due_date, alive}` each, as a review has them
 */
export async function noteShown(
  trx: Knex.Transaction,
  { gateway, accountId, rows }: { gateway: string; accountId: number; rows: string },
  by: string,
): Promise<void> {
  const { rows: found } = await trx.raw<{ rows: { id: number; boletoId: number; shown: object; alive: boolean }[] }>(
    `select b.receivable_id as id, b.id as "boletoId", l.alive,
       jsonb_build_object('dueDate', l.due_date, 'amountCents', l.amount_cents) as shown
     from jsonb_to_recordset(:rows::jsonb) as l(number text, convenio text, amount_cents bigint, due_date date, alive boolean)
     -- Without convênio two accounts may have the same number.
     join gateway_account g on g.gateway = :gateway and (l.convenio <> '' or g.id = :accountId)
     join boleto b on b.account_id = g.id and b.convenio = l.convenio and b.our_number = l.number and b.state = 'registered'
     join receivable r on r.id = b.receivable_id
     left join bank_work w on w.boleto_id = b.id and w.closed_at is null
     where case when not l.alive then w.kind = 'cancel'
       when w.kind = 'alter' and (r.due_date, r.open_amount_cents) = (l.due_date, l.amount_cents)
         and (jsonb_exists(w.fields, 'data_vencimento') or jsonb_exists(w.fields, 'valor_aberto')) then true
       else (b.bank_terms->>'dueDate')::date <> l.due_date or (b.bank_terms->>'amountCents')::bigint <> l.amount_cents end
     order by b.receivable_id`,
    { rows, gateway, accountId },
  );
  if (found.length === 0) return;
  const ids = found.map(({ id }) => id);
  await trx.raw(`select from receivable where id = any(?) order by id for update`, [ids]);
  await trx.raw(
    `update boleto b set
       bank_terms = case when s.alive then coalesce(b.bank_terms, '{}') || s.shown else b.bank_terms end,
       state = case when s.alive then b.state else 'cancelled' end
     from jsonb_to_recordset(:found::jsonb) as s("boletoId" bigint, shown jsonb, alive boolean)
     where b.id = s."boletoId" and b.state = 'registered'`,
    { found: JSON.stringify(found) },
  );
  await reviewBankWork(trx, { sql: `select unnest(:ids::bigint[])`, values: { ids } }, { origin: 'bank', by });
}
