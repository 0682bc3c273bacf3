import type { Knex } from 'knex';
import { gotEarlierBoleto, hasEarlierBoleto } from './matching';

/** The boleto that an earlier system gave a título, as the ERP brought it. */
export interface EarlierBoleto {
  /** Of this very boleto: another one that an import brings has another. */
  key: string;
  ourNumber: string | null;
  linhaDigitavel: string | null;
  chargeId: string | null;
  link: string | null;
  pixTxid: string | null;
  /** A person said to register the título all the same. */
  ignored: boolean;
}

/**
 * SQL over `receivable r` and its current `boleto b`: an EarlierBoleto, or null where none is to be decided about: the
 * título was communicated by that system (Impresso), or is registered by us.
 */
export const earlierBoletoColumn = `case
    when ${gotEarlierBoleto} and not r.impresso and b.state is distinct from 'registered'
    then jsonb_build_object('key', md5(r.imported_registration::text),
      'ourNumber', r.imported_registration->>'nn_boleto', 'linhaDigitavel', r.imported_registration->>'linha_digitavel',
      'chargeId', r.imported_registration->>'id_cobranca', 'link', r.imported_registration->>'gateway_link',
      'pixTxid', r.imported_registration->>'pix_txid', 'ignored', not ${hasEarlierBoleto}) end`;

export interface EarlierBoletoDecision {
  receivableId: number;
  /** `ignorar`: registered all the same; `manter`: left out, as before anybody decided. */
  decision: 'ignorar' | 'manter';
  /** The words of who decides. */
  reason: string;
  /** Opaque login id. */
  by: string;
  /** Of the boleto that was read; absent = whichever it is by now. */
  key?: string;
}

export type EarlierBoletoResult =
  | { kind: 'decided'; earlierBoleto: EarlierBoleto }
  | { kind: 'unknownReceivable' }
  /** It has none, or none that counts: registered by us, or communicated before. */
  | { kind: 'nothingToDecide' }
  /** An import brought another one meanwhile. */
  | { kind: 'changedSince' };

/** Whether a título that an earlier system gave a boleto is communicated. */
export async function decideEarlierBoleto(
  knex: Knex,
  { receivableId, decision, reason, by, key }: EarlierBoletoDecision,
): Promise<EarlierBoletoResult> {
  return knex.transaction(async (trx): Promise<EarlierBoletoResult> => {
    if (!(await trx('receivable').where({ id: receivableId }).forUpdate().first('id')))
      return { kind: 'unknownReceivable' };
    const before = await readEarlierBoleto(trx, receivableId);
    if (!before) return { kind: 'nothingToDecide' };
    if (key !== undefined && key !== before.key) return { kind: 'changedSince' };
    await trx('receivable')
      .where({ id: receivableId })
      .update({ ignored_registration: decision === 'ignorar' ? trx.ref('imported_registration') : null });
    const ignored = decision === 'ignorar';
    await trx('audit_entry').insert({
      actor: by,
      action: 'decidirBoletoAnterior',
      entity: 'receivable',
      entity_id: String(receivableId),
      before: JSON.stringify({ decision: before.ignored ? 'ignorar' : 'manter' }),
      after: JSON.stringify({
        decision,
        ...(before.ourNumber ? { ourNumber: before.ourNumber } : {}),
        ...(before.linhaDigitavel ? { linhaDigitavel: before.linhaDigitavel } : {}),
      }),
      reason,
    });
    return { kind: 'decided', earlierBoleto: { ...before, ignored } };
  });
}

async function readEarlierBoleto(trx: Knex.Transaction, receivableId: number): Promise<EarlierBoleto | null> {
  const { rows } = await trx.raw<{ rows: { earlier: EarlierBoleto | null }[] }>(
    `select ${earlierBoletoColumn} as earlier from receivable r
     left join boleto b on b.receivable_id = r.id and b.state not in ('superseded', 'cancelled')
     where r.id = ?`,
    [receivableId],
  );
  return rows[0]?.earlier ?? null;
}
