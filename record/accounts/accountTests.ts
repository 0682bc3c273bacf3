import type { Knex } from 'knex';

/**
 * Takes the account's next test, in all processes together.
 * @returns null when it is the caller's; else how many milliseconds ago the last one began.
 */
export async function beginAccountTest(knex: Knex, accountId: number, everyMs: number): Promise<number | null> {
  const { rowCount } = await knex.raw<{ rowCount: number }>(
    `update gateway_account set tested_at = clock_timestamp()
     where id = :accountId and coalesce(tested_at <= clock_timestamp() - :everyMs * interval '1 millisecond', true)`,
    { accountId, everyMs },
  );
  if (rowCount > 0) return null;
  const { rows } = await knex.raw<{ rows: { sinceMs: number }[] }>(
    `select extract(epoch from clock_timestamp() - tested_at)::float8 * 1000 as "sinceMs"
     from gateway_account where id = ?`,
    [accountId],
  );
  return Math.min(everyMs, Math.max(0, rows[0]?.sinceMs ?? 0));
}

/** That somebody tested the account, and how each step ended. */
export async function noteAccountCheck(
  knex: Knex,
  check: { carteiraId: number; by: string; steps: readonly { step: string; ok: boolean }[] },
): Promise<void> {
  await knex('audit_entry').insert({
    actor: check.by,
    action: 'testar conta de gateway',
    entity: 'carteira',
    entity_id: String(check.carteiraId),
    after: JSON.stringify({ steps: check.steps.map(({ step, ok }) => ({ step, ok })) }),
  });
}
