import type { Knex } from 'knex';
import { chargeColumns, snapshotOf, type ChargeRow } from '../../../record/engine/charges';
import type { ChargeSnapshot } from '../../../domain/boleto/charge';
import { toRegistrationBody } from '../../../gateways/bancoDoBrasil/wire';
import { accountOf } from '../cadastro';

/** The first `count` títulos of a carteira, as charges that somebody may register. */
export async function chargesOf(knex: Knex, carteiraId: number, count: number): Promise<ChargeSnapshot[]> {
  const { rows } = await knex.raw<{ rows: ChargeRow[] }>(
    `select ${chargeColumns} from receivable r join customer c on c.id = r.customer_id
       join carteira k on k.id = r.carteira_id
     where r.carteira_id = ? order by r.id limit ?`,
    [carteiraId, count],
  );
  return rows.map((row) => snapshotOf(row, { ownReference: '', ourNumber: null }));
}

/** Registers at the bank as a system does that this product knows nothing of: with the same account, by the same API. */
export async function registerAsOtherSystem(
  origin: string,
  carteiraId: number,
  charges: readonly ChargeSnapshot[],
): Promise<void> {
  const { clientId, clientSecret, appKey } = accountOf(carteiraId);
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const granted = await fetch(`${origin}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials&scope=cobrancas.boletos-requisicao',
  });
  const { access_token: token } = (await granted.json()) as { access_token: string };
  for (const charge of charges) {
    const answer = await fetch(`${origin}/cobrancas/v2/boletos?gw-dev-app-key=${appKey}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: toRegistrationBody(charge),
    });
    if (answer.status !== 201) throw new Error(`the bank refused another system's boleto: ${await answer.text()}`);
  }
}
