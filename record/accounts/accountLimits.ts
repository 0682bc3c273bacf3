import type { Knex } from 'knex';
import type { RouteClass } from '../../domain/gateway';
import type { Limit } from '../../domain/manifest';
import { getCarteira } from './carteiras';

export type ChangedLimits = Record<RouteClass, Limit>;

export type LimitsResult =
  | { kind: 'changed'; before: ChangedLimits; after: ChangedLimits }
  | { kind: 'invalid'; message: string }
  | { kind: 'unknownCarteira' }
  | { kind: 'otherFilial' }
  | { kind: 'noAccount' };

/** Changes the allowance of a carteira's account. Workers lease by it from their next call on, also in a running batch. */
export async function changeLimits(
  knex: Knex,
  change: { carteiraId: number; limits: ChangedLimits; by: string; filiais?: readonly number[] | null },
): Promise<LimitsResult> {
  const { carteiraId, limits, by, filiais } = change;
  const message = limitProblem(limits);
  if (message !== null) return { kind: 'invalid', message };
  return knex.transaction(async (trx): Promise<LimitsResult> => {
    const current = await getCarteira(trx, carteiraId);
    if (!current) return { kind: 'unknownCarteira' };
    if (!current.account) return { kind: 'noAccount' };
    const { id } = current.account;
    if (await servesOthers(trx, id, filiais)) return { kind: 'otherFilial' };
    const before = await lockedLimits(trx, id);
    const after = { ...before, ...limits };
    for (const [routeClass, { calls, windowMs }] of Object.entries(limits))
      await trx.raw(
        `insert into gateway_limit (account_id, route_class, calls, window_ms) values (?, ?, ?, ?)
         on conflict (account_id, route_class) do update set calls = excluded.calls, window_ms = excluded.window_ms`,
        [id, routeClass, calls, windowMs],
      );
    await trx('audit_entry').insert({
      actor: by,
      action: 'mudar limites',
      entity: 'carteira',
      entity_id: String(carteiraId),
      before: JSON.stringify({ accountId: id, limits: before }),
      after: JSON.stringify({ accountId: id, limits: after }),
    });
    return { kind: 'changed', before, after };
  });
}

async function lockedLimits(trx: Knex.Transaction, accountId: number): Promise<ChangedLimits> {
  const { rows } = await trx.raw<{ rows: ({ routeClass: RouteClass } & Limit)[] }>(
    `select route_class as "routeClass", calls, window_ms as "windowMs" from gateway_limit
     where account_id = ? order by route_class for update`,
    [accountId],
  );
  return Object.fromEntries(rows.map(({ routeClass, ...limit }) => [routeClass, limit]));
}

/** Whether it also serves carteiras that somebody who sees only these filiais does not see; null: who sees all. */
export async function servesOthers(
  trx: Knex.Transaction,
  accountId: number | null,
  filiais: readonly number[] | null = null,
): Promise<boolean> {
  if (accountId === null || filiais === null) return false;
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `select from carteira where account_id = ? and (filial_id is null or filial_id <> all (?::bigint[])) limit 1`,
    [accountId, [...filiais]],
  );
  return rows.length > 0;
}

/** Limits that were not given stay, or begin as the gateway's own. */
export async function storeLimits(
  trx: Knex.Transaction,
  accountId: number,
  usual: Record<RouteClass, Limit>,
  given: ChangedLimits,
): Promise<void> {
  for (const [routeClass, limit] of Object.entries({ ...usual, ...given }))
    await trx.raw(
      `insert into gateway_limit (account_id, route_class, calls, window_ms)
       values (:accountId, :routeClass, :calls, :windowMs)
       on conflict (account_id, route_class) do ${
         routeClass in given ? 'update set calls = excluded.calls, window_ms = excluded.window_ms' : 'nothing'
       }`,
      { accountId, routeClass, ...limit },
    );
}

export function limitProblem(limits: ChangedLimits): string | null {
  const wrong = Object.values(limits).some(
    ({ calls, windowMs }) => !isWhole(calls, 1, 1_000_000) || !isWhole(windowMs, 1, 86_400_000),
  );
  return wrong ? 'o limite deve ser de 1 a 1000000 chamadas em até 24h' : null;
}

export function isWhole(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}
