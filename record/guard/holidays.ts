import type { Knex } from 'knex';
import type { LocalDate } from '../../domain/kinds/dates';
import { holidaysWith, type EnteredHoliday, type HolidayOn } from '../../domain/guard/holidays';
import { writeAudit } from '../access/audit';
import type { Filiais } from '../access/visibility';

export interface HolidayRow extends EnteredHoliday {
  id: number;
  /** null = every filial. */
  filialId: number | null;
}

const columns = 'h.id, h.day, h.name, h.filial_id as "filialId", h.yearly';

/** What was entered, by date: of the viewer's filiais and of all. */
export async function listHolidays(knex: Knex, filiais: Filiais): Promise<HolidayRow[]> {
  const { rows } = await knex.raw<{ rows: HolidayRow[] }>(
    `select ${columns} from holiday h
     where :filiais::bigint[] is null or h.filial_id is null or h.filial_id = any(:filiais::bigint[])
     order by h.day, h.filial_id nulls first`,
    { filiais: filiais && [...filiais] },
  );
  return rows;
}

/** @returns null when that day is one already, or the filial does not exist */
export async function addHoliday(
  knex: Knex,
  { by, ...holiday }: Omit<HolidayRow, 'id'> & { by: string },
): Promise<HolidayRow | null> {
  const { day, name, filialId, yearly } = holiday;
  return knex.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: HolidayRow[] }>(
      `insert into holiday as h (day, name, filial_id, yearly, created_by)
       select :day, :name, :filialId, :yearly, :by
       where :filialId::bigint is null or exists (select from filial where id = :filialId::bigint)
       on conflict do nothing returning ${columns}`,
      { day, name, filialId, yearly, by },
    );
    const [made] = rows;
    if (!made) return null;
    await writeAudit(trx, {
      ...{ actor: by, action: 'addHoliday', entity: 'holiday', entityId: String(made.id) },
      after: { day, name, filialId, yearly },
    });
    return made;
  });
}

/** @param filiais those of the person; a holiday of all is for who sees all. @returns whether it was there */
export async function removeHoliday(
  knex: Knex,
  { id, by, filiais }: { id: number; by: string; filiais: Filiais },
): Promise<boolean> {
  return knex.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: HolidayRow[] }>(
      `delete from holiday h where h.id = :id and (:filiais::bigint[] is null or h.filial_id = any(:filiais::bigint[]))
       returning ${columns}`,
      { id, filiais: filiais && [...filiais] },
    );
    const [gone] = rows;
    if (!gone) return false;
    const { id: _id, ...before } = gone;
    await writeAudit(trx, { actor: by, action: 'removeHoliday', entity: 'holiday', entityId: String(id), before });
    return true;
  });
}

/** The holidays of each carteira: the national ones, those of all and those of its filial. */
export async function holidaysOfCarteira(knex: Knex, carteiraId: number): Promise<HolidayOn> {
  const { rows } = await knex.raw<{ rows: { day: LocalDate; name: string; yearly: boolean }[] }>(
    `select h.day, h.name, h.yearly from holiday h join carteira c on c.id = ?
     where h.filial_id is null or h.filial_id = c.filial_id order by h.day`,
    [carteiraId],
  );
  return holidaysWith(rows);
}
