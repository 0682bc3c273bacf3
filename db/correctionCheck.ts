import type { Knex } from 'knex';
import type { GatewayCodec } from '../domain/gateway';
import type { PreviaDefect } from '../domain/previa';
import { checkChanges, columnsOf, planCorrection, type FieldRefusal } from './correctionFields';
import { readCorrectable } from './corrections';
import { defectsOnceChanged } from './dryRun';

export interface CorrectionCheck {
  /** It ended: of its charge no correction is taken. */
  refused: 'closed' | null;
  /** Of the correction itself. */
  refusals: FieldRefusal[];
  /** What the prévia would still refuse once it is corrected; null where its carteira has no gateway to check for. */
  defects: PreviaDefect[] | null;
  addressSource: 'main' | 'billing';
  /** Touched by the correction. */
  touched: string[];
}

/**
 * What a correction would meet, without making it or holding anybody up. Where values are wrong in form, the prévia
 * judges the others.
 * @param changes by the ERP's names, as a person typed them; none = the título as it is
 * @returns null for an unknown título
 */
export async function checkCorrection(
  knex: Knex,
  codecOf: (gateway: string) => GatewayCodec | null,
  receivableId: number,
  changes: Record<string, string>,
): Promise<CorrectionCheck | null> {
  const current = await readCorrectable(knex, receivableId);
  if (!current) return null;
  const touched = Object.keys(changes);
  const checked = touched.length > 0 ? checkChanges(changes) : { values: {}, refusals: [] };
  const plan = planCorrection(current, checked.values);
  const refusals = [...checked.refusals, ...(plan.kind === 'invalid' ? plan.refusals : [])];
  const after = plan.kind === 'change' ? plan.after : checked.values;
  const carteira = await knex('carteira')
    .join('gateway_account', 'gateway_account.id', 'carteira.account_id')
    .where('carteira.id', current.receivable['carteira_id'] as number)
    .whereNotNull('carteira.convenio')
    .first<{ gateway: string; addressSource: 'main' | 'billing' } | undefined>({
      gateway: 'gateway_account.gateway',
      addressSource: 'carteira.address_source',
    });
  const codec = carteira ? codecOf(carteira.gateway) : null;
  const changed = { receivable: columnsOf('receivable', after), customer: columnsOf('customer', after) };
  return {
    refused: plan.kind === 'closed' ? plan.kind : null,
    ...{ refusals, touched },
    defects: codec ? await defectsOnceChanged(knex, codec, receivableId, changed) : null,
    addressSource: carteira?.addressSource ?? 'main',
  };
}
