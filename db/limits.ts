import type { Knex } from 'knex';
import type { RouteClass } from '../domain/gateway';

/** Instants, as milliseconds from now, at which calls of one account may leave; empty = ask again in `waitMs`. */
export interface PermitLease {
  inMs: number[];
  waitMs: number;
  spacingMs: number;
  /** A permit used later than this after its instant, counted from before the lease was asked for, is forfeited. */
  toleranceMs: number;
}

/** Calls are spaced by a little more than the window allows, so that small delays never put one too many in a window. */
export const MARGIN = 0.025;

/** Part of the margin that a late send may use up; permits are never used early. */
const USABLE_MARGIN = 0.8;
/** The rest covers an answer of the database that is late itself; one that is later still is paid for by a gap. */
const LAG_MARGIN = 1 - USABLE_MARGIN;

/** Leases reach this far ahead at most: what a killed worker takes with it is small. */
const HORIZON_MS = 250;

/**
 * Takes up to `wanted` send instants from the allowance that all workers share (GCRA without burst): one row per
 * account and route class holds the instant up to which sends are given away, on the database's clock.
 *
 * @param lagMs how late the caller learns of its lease; what the margin does not cover is left free after it.
 */
export async function leasePermits(
  knex: Knex,
  accountId: number,
  routeClass: RouteClass,
  wanted: number,
  lagMs: number,
): Promise<PermitLease> {
  const { rows } = await knex.raw<{
    rows: { granted: number; firstInMs: number; spacingMs: number; gapMs: number; windowMs: number }[];
  }>(
    `with asked as materialized (
       select tat, calls, window_ms from gateway_limit
       where account_id = :accountId and route_class = :routeClass for update),
     -- The clock is read after the lock was obtained.
     timed as materialized (
       select greatest(tat, clock_timestamp()) as first, clock_timestamp() as now, window_ms,
         window_ms * (1 + :margin::float8) / calls as spacing_ms,
         greatest(0, :lagMs::float8 - window_ms * :margin::float8 * :lagMargin::float8) as gap_ms
       from asked),
     lease as materialized (
       select *, extract(epoch from first - now)::float8 * 1000 as first_in_ms,
         least(:wanted::int, greatest(0, 1 + floor(
           (:horizonMs - extract(epoch from first - now)::float8 * 1000) / spacing_ms)::int)) as granted
       from timed),
     given as (
       update gateway_limit l
       set tat = lease.first + (lease.granted * lease.spacing_ms + lease.gap_ms) * interval '1 millisecond'
       from lease where l.account_id = :accountId and l.route_class = :routeClass and lease.granted > 0)
     select granted, spacing_ms as "spacingMs", first_in_ms as "firstInMs", gap_ms as "gapMs", window_ms as "windowMs"
     from lease`,
    { accountId, routeClass, wanted, lagMs, margin: MARGIN, lagMargin: LAG_MARGIN, horizonMs: HORIZON_MS },
  );
  const lease = rows[0];
  if (!lease) throw new Error(`gateway account ${accountId} has no limit for ${routeClass}`);
  return {
    inMs: Array.from({ length: lease.granted }, (_, index) => lease.firstInMs + index * lease.spacingMs),
    waitMs: Math.max(1, lease.firstInMs - HORIZON_MS),
    spacingMs: lease.spacingMs,
    toleranceMs: lease.windowMs * MARGIN * USABLE_MARGIN + lease.gapMs,
  };
}

/** Nobody sends on this account and route before `forMs` have passed: the gateway asked for it. */
export async function holdPermits(knex: Knex, accountId: number, routeClass: RouteClass, forMs: number): Promise<void> {
  await knex.raw(
    `update gateway_limit set tat = greatest(tat, clock_timestamp() + :forMs * interval '1 millisecond')
     where account_id = :accountId and route_class = :routeClass`,
    { accountId, routeClass, forMs },
  );
}
