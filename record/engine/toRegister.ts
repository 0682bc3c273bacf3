import type { Knex } from 'knex';
import type { DueCount } from '../../domain/account/carteiraAlerts';
import type { LocalDate } from '../../domain/kinds/dates';
import { hasEarlierBoleto } from './matching';
import { carteiraIsSeen, receivableIsSeen, type Filiais } from '../access/visibility';

/**
 * SQL over `receivable r`: a communication would have to register it. With the words of the index
 * `receivable_to_register`, which has these alone. A boleto is looked up for each of them, mostly few: as an anti-join,
 * all boletos there are would be read.
 */
const isToRegister = `r.status in ('A', 'P') and r.released and not r.impresso
  and (select b.state from boleto b where b.receivable_id = r.id and b.state = 'registered' limit 1) is null
  and not ${hasEarlierBoleto}`;

/**
 * Of each carteira that can be communicated, by filial: what falls due from `today` until `until`, and what did before.
 * @param of.carteiraIds absent = all
 */
export async function countToRegister(
  knex: Knex,
  of: { today: LocalDate; until: LocalDate; filiais?: Filiais; carteiraIds?: readonly number[] },
): Promise<Map<number, DueCount[]>> {
  const { rows } = await knex.raw<{ rows: (DueCount & { carteiraId: number })[] }>(
    `select r.carteira_id as "carteiraId", r.filial_id as "filialId",
       count(*) filter (where r.due_date >= :today::date) as near,
       min(r.due_date) filter (where r.due_date >= :today::date) as "nearestDueDate",
       count(*) filter (where r.due_date < :today::date) as overdue,
       min(r.due_date) filter (where r.due_date < :today::date) as "oldestDueDate"
     from carteira c join receivable r on r.carteira_id = c.id and r.due_date <= :until::date
     where c.account_id is not null and (:carteiraIds::bigint[] is null or c.id = any(:carteiraIds::bigint[]))
       and ${carteiraIsSeen} and ${isToRegister} and ${receivableIsSeen}
     group by r.carteira_id, r.filial_id order by r.carteira_id, r.filial_id`,
    {
      ...{ today: of.today, until: of.until },
      carteiraIds: of.carteiraIds ? [...of.carteiraIds] : null,
      filiais: of.filiais ? [...of.filiais] : null,
    },
  );
  return byCarteira(rows);
}

/** Rows of carteiras, without what they are found by. */
export function byCarteira<Row extends { carteiraId: number }>(
  rows: readonly Row[],
): Map<number, Omit<Row, 'carteiraId'>[]> {
  const found = new Map<number, Omit<Row, 'carteiraId'>[]>();
  for (const { carteiraId, ...row } of rows) found.set(carteiraId, [...(found.get(carteiraId) ?? []), row]);
  return found;
}
