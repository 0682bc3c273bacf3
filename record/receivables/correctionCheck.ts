import type { Knex } from 'knex';
import type { PreviaDefect } from '../../domain/boleto/previa';
import { SAME_AS_REFUSED, type StillWrong } from '../../domain/receivable/stillWrong';
import { checkChanges, columnsOf, planCorrection, type FieldRefusal } from './correctionFields';
import { readCorrectable } from './corrections';
import type { CodecOf } from '../engine/dryRun';
import { foresee } from '../engine/verdicts';

export interface CorrectionCheck {
  /** It ended: of its charge no correction is taken. */
  refused: 'closed' | null;
  /** Of the correction itself. */
  refusals: FieldRefusal[];
  /** What the prévia would still refuse once it is corrected; null where its carteira has no gateway to check for. */
  defects: PreviaDefect[] | null;
  /** What the bank blamed, and would be sent again as it was. */
  asRefused: StillWrong | null;
  addressSource: 'main' | 'billing';
  /** Touched by the correction. */
  touched: string[];
}

/** Which of the customer's two addresses the carteira of a título sends. */
export async function addressSourceOf(knex: Knex, receivableId: number): Promise<'main' | 'billing'> {
  const carteira = await knex('carteira')
    .join('receivable', 'receivable.carteira_id', 'carteira.id')
    .where('receivable.id', receivableId)
    .first<{ addressSource: 'main' | 'billing' } | undefined>({ addressSource: 'carteira.address_source' });
  return carteira?.addressSource ?? 'main';
}

/**
 * What a correction would meet, without making it or holding anybody up. Where values are wrong in form, the prévia
 * judges the others.
 * @param changes by the ERP's names, as a person typed them; none = the título as it is
 * @returns null for an unknown título
 */
export async function checkCorrection(
  knex: Knex,
  codecOf: CodecOf,
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
  const changed = { receivable: columnsOf('receivable', after), customer: columnsOf('customer', after) };
  const asked = (await foresee(knex, codecOf, [{ receivableId, ...changed }])).get(receivableId);
  return {
    refused: plan.kind === 'closed' ? plan.kind : null,
    ...{ refusals, touched },
    defects: asked?.defects ?? null,
    // Of one that nobody corrected yet the refusal itself tells it.
    asRefused: touched.length === 0 ? null : (asked?.wrong.find(({ code }) => code === SAME_AS_REFUSED) ?? null),
    addressSource: await addressSourceOf(knex, receivableId),
  };
}
