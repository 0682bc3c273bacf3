import type { Knex } from 'knex';
import type { RouteClass } from '../../domain/gateway';
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
