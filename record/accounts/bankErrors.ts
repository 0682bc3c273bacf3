import type { Knex } from 'knex';
import { maskedWords, sameWords } from './bankWords';
import { receivableIsSeen, type Filiais } from '../access/visibility';

/** One error as banks told it in calls that may register, whatever títulos it was about. */
export interface BankError {
  gateway: string;
  /** Empty where the bank gave none. */
  code: string;
  httpStatus: number | null;
  /** The words of the last of them, without long numbers and addresses that could be somebody's. */
  example: string;
  count: number;
  firstSeen: Date;
  lastSeen: Date;
}

/**
 * Every error in the record, over all batches, most frequent first; words that differ in numbers only are one.
 * @param filiais only errors about títulos of these; null = all
 */
export async function bankErrors(knex: Knex, filiais: Filiais = null): Promise<BankError[]> {
  const { rows } = await knex.raw<{ rows: BankError[] }>(
    `select g.gateway, coalesce(a.provider_code, '') as code, a.http_status as "httpStatus",
       ${maskedWords(`(array_agg(coalesce(a.provider_message, '') order by a.finished_at desc))[1]`)} as example,
       count(*) as count, min(a.finished_at) as "firstSeen", max(a.finished_at) as "lastSeen"
     from attempt a
     join boleto b on b.id = a.boleto_id
     join gateway_account g on g.id = b.account_id
     join receivable r on r.id = b.receivable_id and ${receivableIsSeen}
     where a.kind <> 'registered' and a.finished_at is not null and num_nulls(a.provider_code, a.provider_message) < 2
     group by g.gateway, coalesce(a.provider_code, ''), a.http_status, ${sameWords(`coalesce(a.provider_message, '')`)}
     order by count(*) desc, max(a.finished_at) desc, code, example`,
    { filiais: filiais === null ? null : [...filiais] },
  );
  return rows;
}
