import type { Knex } from 'knex';
import type { LocalDate } from '../../domain/kinds/dates';

export type CarteiraAlertKind = 'dueDate' | 'payableThoughClosed' | 'withoutPix';

/** Carteiras that can be communicated and had no alert of this kind on this day. */
export async function carteirasWithoutAlert(knex: Knex, kind: CarteiraAlertKind, day: LocalDate): Promise<number[]> {
  const { rows } = await knex.raw<{ rows: { id: number }[] }>(
    `select c.id from carteira c where c.account_id is not null and not exists (
       select from alert a where a.carteira_id = c.id and a.kind = :kind and a.day = :day::date) order by c.id`,
    { kind, day },
  );
  return rows.map(({ id }) => id);
}

/**
 * Once a day. Ids, counts and dates only: people are named nowhere.
 * @param alert.counts of each filial, which webhooks are told apart
 * @returns false when somebody was faster
 */
export async function raiseCarteiraAlert(
  knex: Knex,
  alert: {
    carteiraId: number;
    kind: CarteiraAlertKind;
    day: LocalDate;
    counts: readonly { filialId: number }[];
    message: string;
  },
): Promise<boolean> {
  const { rowCount } = await knex.raw<{ rowCount: number }>(
    `insert into alert (carteira_id, kind, day, counts, message)
     values (:carteiraId, :kind, :day, :counts::jsonb, :message) on conflict on constraint alert_once_a_day do nothing`,
    { ...alert, counts: JSON.stringify(alert.counts) },
  );
  return rowCount > 0;
}
