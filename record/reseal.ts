import type { Knex } from 'knex';
import { accountPlace, webhookPlace, type SealedPlace } from '../domain/account/sealedPlaces';

interface Resealer {
  reseal(sealed: Buffer, place: SealedPlace): Buffer | null;
}

/**
 * Seals anew what an earlier version sealed without saying where it belongs. Run at each start of what has the key;
 * safe in several processes at once. A token is not: it goes with its account's version, and another is got.
 * @returns how many are sealed anew; what another key sealed is left, and told where it is needed
 */
export async function resealOld(knex: Knex, box: Resealer): Promise<number> {
  let count = 0;
  const renew = async (table: string, row: object, column: string, sealed: Buffer | null, place: SealedPlace) => {
    const renewed = sealed && resealed(box, sealed, place);
    // Unless somebody wrote another one meanwhile.
    if (renewed)
      count += await knex(table)
        .where({ ...row, [column]: sealed })
        .update({ [column]: renewed });
  };
  for (const { id, credentials, ...account } of await accounts(knex))
    await renew('gateway_account', { id }, 'credentials', credentials, accountPlace(account));
  for (const { id, ...webhook } of await knex('webhook').select<WebhookSecrets[]>('id', 'secret', 'previous_secret'))
    for (const column of ['secret', 'previous_secret'] as const)
      await renew('webhook', { id }, column, webhook[column], webhookPlace(id));
  return count;
}

interface WebhookSecrets {
  id: string;
  secret: Buffer;
  previous_secret: Buffer | null;
}

async function accounts(knex: Knex) {
  const { rows } = await knex.raw<{
    rows: (Parameters<typeof accountPlace>[0] & { id: number; credentials: Buffer })[];
  }>(
    `select id, gateway, base_url as "baseUrl", auth_url as "authUrl", credential_fingerprint as fingerprint, credentials
     from gateway_account`,
  );
  return rows;
}

function resealed(box: Resealer, sealed: Buffer, place: SealedPlace): Buffer | null {
  try {
    return box.reseal(sealed, place);
  } catch {
    return null;
  }
}
