import { setFlagsFromString } from 'node:v8';
import { z } from 'zod';
import { openDatabase } from '../../record/database';
import { chargeColumns, snapshotOf, type ChargeRow } from '../../record/engine/charges';
import { createTally } from '../../domain/batch/dryRun';
import { previa } from '../../domain/boleto/previa';
import { bancoDoBrasilCodec } from '../../gateways/bancoDoBrasil/codec';

/*
 * The dry run as it is written in an afternoon, for `previa` to be compared with: the same checks over the same títulos,
 * all of them read into memory first.
 */

// As `boletos` does.
setFlagsFromString('--optimize-for-size');

const { DATABASE_URL, CARTEIRA } = z
  .object({ DATABASE_URL: z.string(), CARTEIRA: z.coerce.number().int() })
  .parse(process.env);

async function main(): Promise<void> {
  const knex = openDatabase(DATABASE_URL, 3);
  const { rows } = await knex.raw<{ rows: ChargeRow[] }>(
    `select ${chargeColumns} from receivable r join customer c on c.id = r.customer_id
       join carteira k on k.id = r.carteira_id
     where r.carteira_id = ? and not r.impresso and r.status in ('A', 'P') and r.released order by r.due_date, r.id`,
    [CARTEIRA],
  );
  const now = new Date();
  const snapshots = rows.map((row, index) =>
    snapshotOf(row, {
      ownReference: bancoDoBrasilCodec.ownReference(row.receivableId, 1),
      ourNumber: bancoDoBrasilCodec.ourNumber(row.convenio, index + 1),
    }),
  );
  const checked = snapshots.map((snapshot) => ({
    snapshot,
    defects: previa(snapshot, bancoDoBrasilCodec.sending, now),
  }));
  const tally = createTally();
  for (const { snapshot, defects } of checked) tally.add({ ...snapshot, defects, leftOut: null, uncertain: false });
  console.log(JSON.stringify(tally.result()));
  await knex.destroy();
}

void main();
