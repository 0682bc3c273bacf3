import type { Knex } from 'knex';
import { saoPauloDate } from '../../domain/kinds/dates';
import { ruleProblems, type GuardRule, type RuleProblem } from '../../domain/guard/rule';
import { databaseTime } from '../engine/alerts';
import { writeAudit } from '../access/audit';
import { nameOf } from '../access/people';
import { holidaysOfCarteira } from './holidays';

export interface StoredRule extends GuardRule {
  carteiraId: number;
  version: number;
  /** false = Temporal has not been told yet. */
  scheduled: boolean;
  updatedAt: Date;
  updatedBy: string;
  updatedByName: string | null;
}

const columns = `g.carteira_id as "carteiraId", g.days_before as "daysBefore", g.from_hour as "fromHour",
  g.to_hour as "toHour", g.business_days as "businessDays", g.version,
  g.scheduled_version is not distinct from g.version as scheduled, g.updated_at as "updatedAt",
  g.updated_by as "updatedBy", ${nameOf('g.updated_by')} as "updatedByName"`;

export async function readGuardRule(knex: Knex, carteiraId: number): Promise<StoredRule | null> {
  const { rows } = await knex.raw<{ rows: StoredRule[] }>(
    `select ${columns} from guard_rule g where g.carteira_id = ?`,
    [carteiraId],
  );
  return rows[0] ?? null;
}

export async function listGuardRules(knex: Knex): Promise<StoredRule[]> {
  const { rows } = await knex.raw<{ rows: StoredRule[] }>(`select ${columns} from guard_rule g order by g.carteira_id`);
  return rows;
}

export type GuardDefinition =
  | { kind: 'defined'; rule: StoredRule }
  | { kind: 'unknownCarteira' }
  | { kind: 'noAccount' }
  | { kind: 'invalid'; problems: RuleProblem[] };

/** Stores the rule of a carteira; its schedule in Temporal follows, also when Temporal is away now. */
export async function defineGuardRule(
  knex: Knex,
  { carteiraId, rule, by }: { carteiraId: number; rule: GuardRule; by: string },
): Promise<GuardDefinition> {
  const problems = ruleProblems(
    rule,
    saoPauloDate(await databaseTime(knex)),
    await holidaysOfCarteira(knex, carteiraId),
  );
  return knex.transaction(async (trx) => {
    const carteira = await trx('carteira')
      .where({ id: carteiraId })
      .forNoKeyUpdate()
      .first<{ account_id: number | null } | undefined>('account_id');
    if (!carteira) return { kind: 'unknownCarteira' };
    if (problems.length > 0) return { kind: 'invalid', problems };
    if (carteira.account_id === null) return { kind: 'noAccount' };
    const before = await readGuardRule(trx, carteiraId);
    const { daysBefore, fromHour, toHour, businessDays } = rule;
    await trx.raw(
      `insert into guard_rule as g (carteira_id, days_before, from_hour, to_hour, business_days, updated_by)
       values (:carteiraId, :daysBefore, :fromHour, :toHour, :businessDays, :by)
       on conflict (carteira_id) do update set days_before = excluded.days_before, from_hour = excluded.from_hour,
         to_hour = excluded.to_hour, business_days = excluded.business_days, version = g.version + 1,
         updated_at = clock_timestamp(), updated_by = excluded.updated_by`,
      { carteiraId, daysBefore, fromHour, toHour, businessDays, by },
    );
    await writeAudit(trx, {
      ...{ actor: by, action: 'defineGuard', entity: 'carteira', entityId: String(carteiraId) },
      ...(before && { before: ruleOf(before) }),
      after: ruleOf(rule),
    });
    return { kind: 'defined', rule: (await readGuardRule(trx, carteiraId)) as StoredRule };
  });
}

/** @returns whether there was one; its runs stay readable */
export async function removeGuardRule(
  knex: Knex,
  { carteiraId, by }: { carteiraId: number; by: string },
): Promise<boolean> {
  return knex.transaction(async (trx) => {
    const before = await readGuardRule(trx, carteiraId);
    if (!before || (await trx('guard_rule').where({ carteira_id: carteiraId }).delete()) === 0) return false;
    await writeAudit(trx, {
      ...{ actor: by, action: 'removeGuard', entity: 'carteira', entityId: String(carteiraId) },
      before: ruleOf(before),
    });
    return true;
  });
}

/** Temporal has the schedule of this version; a newer one stays to be told. */
export async function markScheduled(knex: Knex, carteiraId: number, version: number): Promise<void> {
  await knex('guard_rule').where({ carteira_id: carteiraId }).update({ scheduled_version: version });
}

function ruleOf({ daysBefore, fromHour, toHour, businessDays }: GuardRule): GuardRule {
  return { daysBefore, fromHour, toHour, businessDays };
}
