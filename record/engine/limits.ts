import type { Knex } from 'knex';
import type { Quota, RouteClass } from '../../domain/gateway';
import { plannedOnce } from '../database';

/** Instants, in milliseconds of the record's clock, at which calls of one account may leave; empty = ask again. */
export interface PermitLease {
  /** What the record's clock said. */
  now: number;
  /** Of the account: a call with an earlier one has lost its turn. */
  accountVersion: number;
  instants: number[];
  /** When there is nothing to give: how long until there is. */
  waitMs: number;
  /** There is nothing because the quota is used up. */
  usedUp?: true;
  spacingMs: number;
  /** A permit used later than this after its instant is forfeited, else a window could hold one call too many. */
  toleranceMs: number;
}

/** Calls are spaced by a little more than the window allows, so that small delays never put one too many in a window. */
export const MARGIN = 0.02;

/**
 * Part of the margin that a late send may use up; permits are never used early. The rest is for clocks: ours shows
 * whole milliseconds, and no two run alike.
 */
const USABLE_MARGIN = 0.9;

/** Leases reach this far ahead at most: what a killed worker takes with it is small. */
const HORIZON_MS = 250;

/**
 * Takes up to `wanted` send instants from the allowance that all workers share (GCRA without burst): one row per
 * account and route class holds the instant up to which sends are given away, on the database's clock. Nothing else
 * is remembered, so that an allowance that was changed holds from the next lease on.
 *
 * @param leadMs how long the answer takes to arrive: no instant is given that would be past by then.
 */
export async function leasePermits(
  knex: Knex,
  accountId: number,
  routeClass: RouteClass,
  wanted: number,
  leadMs: number,
): Promise<PermitLease> {
  const statement = knex.raw<{
    rows: (Pick<PermitLease, 'now' | 'accountVersion' | 'spacingMs'> & {
      granted: number;
      firstInMs: number;
      windowMs: number;
    })[];
  }>(
    `with asked as materialized (
       select tat, held_until, window_ms, window_ms * (1 + :margin::float8) / calls as spacing_ms from gateway_limit
       where account_id = :accountId and route_class = :routeClass for update),
     -- The clock is read after the lock was obtained.
     timed as materialized (select *, clock_timestamp() as now from asked),
     -- The allowance as it is now never gives further away than this: what is came from a slower one.
     bounded as materialized (
       select *, least(tat, now + (:horizonMs + spacing_ms) * interval '1 millisecond') as given_until from timed),
     begun as materialized (
       select *, greatest(given_until, held_until, now + :leadMs::float8 * interval '1 millisecond') as first
       from bounded),
     lease as materialized (
       select *, extract(epoch from first - now)::float8 * 1000 as first_in_ms,
         least(:wanted::int, greatest(0, 1 + floor(
           (:horizonMs - extract(epoch from first - now)::float8 * 1000) / spacing_ms)::int)) as granted
       from begun),
     given as (
       update gateway_limit l set tat = case when lease.granted = 0 then lease.given_until
         else lease.first + lease.granted * lease.spacing_ms * interval '1 millisecond' end
       from lease where l.account_id = :accountId and l.route_class = :routeClass
         and (lease.granted > 0 or l.tat > lease.given_until))
     select extract(epoch from now)::float8 * 1000 as now, granted, spacing_ms as "spacingMs",
       first_in_ms as "firstInMs", window_ms as "windowMs",
       (select version from gateway_account where id = :accountId) as "accountVersion"
     from lease`,
    { accountId, routeClass, wanted, leadMs: Math.min(leadMs, HORIZON_MS), margin: MARGIN, horizonMs: HORIZON_MS },
  );
  const { rows } = await statement.options(plannedOnce('leasePermits'));
  const lease = rows[0];
  if (!lease) throw new Error(`gateway account ${accountId} has no limit for ${routeClass}`);
  const first = lease.now + lease.firstInMs;
  return {
    now: lease.now,
    accountVersion: lease.accountVersion,
    instants: Array.from({ length: lease.granted }, (_, index) => first + index * lease.spacingMs),
    waitMs: Math.max(1, lease.firstInMs - HORIZON_MS),
    spacingMs: lease.spacingMs,
    toleranceMs: lease.windowMs * MARGIN * USABLE_MARGIN,
  };
}

/**
 * The same where a quota counts besides the pace: turns that it does not cover are not given, and those that are given
 * are counted, be they used or not. A part of the quota comes free when the hour or day that it was used in is over.
 */
export async function leaseWithinQuota(
  knex: Knex,
  accountId: number,
  routeClass: RouteClass,
  wanted: number,
  leadMs: number,
  quota: Quota,
): Promise<PermitLease> {
  return knex.transaction(async (trx) => {
    const left = await readQuota(trx, accountId, routeClass, quota);
    if (left.calls <= 0) {
      const none = await leasePermits(trx, accountId, routeClass, 0, leadMs);
      return { ...none, instants: [], waitMs: Math.max(1, left.freeInMs), usedUp: true };
    }
    const lease = await leasePermits(trx, accountId, routeClass, Math.min(wanted, left.calls), leadMs);
    await countQuota(trx, accountId, routeClass, left.slot, lease.instants.length);
    return lease;
  });
}

/** The bank says that nothing is left of it: somebody else used some. */
export async function useUpQuota(knex: Knex, accountId: number, routeClass: RouteClass, quota: Quota): Promise<void> {
  await knex.transaction(async (trx) => {
    const { slot, calls } = await readQuota(trx, accountId, routeClass, quota);
    await countQuota(trx, accountId, routeClass, slot, calls);
  });
}

/** Slots that a rolling window is counted in: a call comes free up to one of them too late, and never too early. */
const SLOTS = 24;

/** What is left, under the lock of its allowance: all workers count one after the other. */
async function readQuota(
  trx: Knex.Transaction,
  accountId: number,
  routeClass: RouteClass,
  { calls, per }: Quota,
): Promise<{ slot: Date; calls: number; freeInMs: number }> {
  await trx.raw(`select from gateway_limit where account_id = ? and route_class = ? for update`, [
    accountId,
    routeClass,
  ]);
  const { rows } = await trx.raw<{ rows: { slot: Date; used: number; freeInMs: number }[] }>(
    `with timed as (select clock_timestamp() as now),
     slots as (
       select now, case when :slotMs::float8 is null
           then date_trunc('day', now at time zone :zone) at time zone :zone
           else to_timestamp(floor(extract(epoch from now) * 1000 / :slotMs) * :slotMs / 1000) end as slot,
         case when :slotMs::float8 is null then null else :windowMs * interval '1 millisecond' end as span from timed),
     counted as (
       select s.*, coalesce(sum(q.calls), 0)::int as used, min(q.slot) as first from slots s
       left join gateway_quota_use q on q.account_id = :accountId and q.route_class = :routeClass and q.calls > 0
         and case when s.span is null then q.slot = s.slot else q.slot > s.slot - s.span - s.span / ${SLOTS} end
       group by s.now, s.slot, s.span)
     select slot, used, extract(epoch from case when span is null
         then (date_trunc('day', now at time zone :zone) + interval '1 day') at time zone :zone
         else coalesce(first, slot) + span + span / ${SLOTS} end - now)::float8 * 1000 as "freeInMs"
     from counted`,
    {
      ...{ accountId, routeClass, zone: 'America/Sao_Paulo' },
      ...(per === 'day' ? { slotMs: null, windowMs: 0 } : { slotMs: per / SLOTS, windowMs: per }),
    },
  );
  const { slot, used, freeInMs } = rows[0] as (typeof rows)[number];
  return { slot, calls: Math.max(0, calls - used), freeInMs };
}

async function countQuota(
  trx: Knex.Transaction,
  accountId: number,
  routeClass: RouteClass,
  slot: Date,
  calls: number,
): Promise<void> {
  if (calls === 0) return;
  await trx.raw(
    `with old as (
       delete from gateway_quota_use where account_id = :accountId and slot < :slot::timestamptz - interval '40 days')
     insert into gateway_quota_use as u (account_id, route_class, slot, calls)
     values (:accountId, :routeClass, :slot, :calls)
     on conflict (account_id, route_class, slot) do update set calls = u.calls + excluded.calls`,
    { accountId, routeClass, slot, calls },
  );
}

/** Nobody sends on this account and route before `forMs` have passed: the gateway asked for it. */
export async function holdPermits(knex: Knex, accountId: number, routeClass: RouteClass, forMs: number): Promise<void> {
  await knex.raw(
    `update gateway_limit
     set held_until = greatest(held_until, clock_timestamp() + :forMs * interval '1 millisecond')
     where account_id = :accountId and route_class = :routeClass`,
    { accountId, routeClass, forMs },
  );
}

/** Registrations that the account of a carteira may ask of its bank; null where there is no account. */
export async function readAllowance(
  knex: Knex,
  carteiraId: number,
): Promise<{ calls: number; windowMs: number } | null> {
  const { rows } = await knex.raw<{ rows: { calls: number; windowMs: number }[] }>(
    `select l.calls, l.window_ms as "windowMs" from carteira c
     join gateway_limit l on l.account_id = c.account_id and l.route_class = 'register' where c.id = ?`,
    [carteiraId],
  );
  return rows[0] ?? null;
}
