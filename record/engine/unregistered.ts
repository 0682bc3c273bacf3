import type { Knex } from 'knex';

export interface Unregistered {
  /** Open títulos of the batch that no bank has. */
  count: number;
  /** Of these, those that fell due before today. */
  pastDue: number;
}

/** What a batch leaves to do, whatever was registered of it since by another. */
export async function unregisteredOf(knex: Knex, batchId: string): Promise<Unregistered> {
  const { rows } = await knex.raw<{ rows: Unregistered[] }>(
    `select count(*) as count,
       count(*) filter (where r.due_date < (clock_timestamp() at time zone 'America/Sao_Paulo')::date) as "pastDue"
     from batch_item i join receivable r on r.id = i.receivable_id
     where i.batch_id = ? and i.state <> 'registered' and r.status in ('A', 'P') and not r.impresso
       and not exists (select from boleto b where b.receivable_id = r.id and b.state = 'registered')`,
    [batchId],
  );
  return rows[0] as Unregistered;
}
