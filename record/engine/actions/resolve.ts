import type { Knex } from 'knex';
import { resolvedIds, type ActionResult, type ResolveAction } from '../../../domain/batch/batch';
import { attemptAtTheBank, provesUnpayable, type SentAttempt } from '../../../domain/boleto/evidence';
import type { FoundBoleto } from '../../../domain/gateway';
import type { ItemRefusal, Refusal } from '../../../domain/batch/refusals';
import type { BoletoState } from '../../../domain/boleto/states';
import { closeItem, registerFound } from '../adoption';
import { giveUp } from '../givenUp';
import { readBehind } from '../numbering';
import { endedReason, lockItems, type ChosenItem } from './chosenItems';
import { once } from './once';

/** The boleto that the decision is about, with the attempt that left it uncertain. */
interface Dispute {
  boletoId: number;
  accountId: number;
  gateway: string;
  convenio: string;
  boletoState: BoletoState;
  ownReference: string;
  attemptId: string;
  unresolved: boolean;
  /** The call may still be on its way to the bank. */
  underWay: boolean;
  /** Looks at this attempt that found nothing, at a time when that counts. */
  absences: number;
  /** The título as it is now. */
  receivableVersion: number;
  /** All attempts of the boleto, newest first. */
  attempts: SentAttempt[];
  /** Of the carteira: what it registers is worth nothing. */
  homologation: boolean;
}

/** What the banks allow, by the name of the gateway. */
export interface ResolvePolicy {
  /** The bank takes each number of ours once: sent again under the same one, it is registered once or refused. */
  sameNumberIsSafe(gateway: string): boolean;
}

/** Looks that found nothing, after which a number counts as not registered. */
const ABSENCES = 2;

/** What is decided, and by whom. */
interface Decision extends Pick<ResolveAction, 'decision' | 'reasonCode'> {
  batchId: string;
  by: string;
}

/**
 * A person's decision about títulos whose result is uncertain or in conflict, the same for each; also while the rest of
 * the batch is communicated. What may send again wants a look as proof, whoever decides.
 * - registered: the bank has it; the boleto is taken over as the last look showed it
 * - absent: the bank does not have it; it is sent again with the same number
 * - newNumber: the number is given up, and looked for from now on; the next call takes another
 */
export async function resolve(
  knex: Knex,
  action: ResolveAction & { batchId: string },
  policy: ResolvePolicy,
): Promise<ActionResult | Refusal> {
  const { batchId, receivableId, receivableIds, decision, reasonCode } = action;
  const details = { ...(receivableIds ? { receivableIds } : { receivableId }), decision };
  return once(knex, { ...action, kind: 'resolve', details }, async (trx, by) => {
    const named = [...new Set(resolvedIds(action))];
    const items = new Map((await lockItems(trx, batchId, named)).map((item) => [item.receivableId, item]));
    const working = await isCommunicating(trx, batchId);
    const result: ActionResult = { changed: 0, refused: [] };
    for (const id of inOrder(named, items)) {
      const item = items.get(id);
      const reason = item
        ? ((working ? underWay(item) : null) ??
          (await resolveOne(trx, item, { batchId, decision, reasonCode, by }, policy)))
        : 'foraDaComunicacao';
      if (reason === null) result.changed += 1;
      else result.refused.push({ receivableId: id, reason });
    }
    return result;
  });
}

async function isCommunicating(trx: Knex.Transaction, batchId: string): Promise<boolean> {
  return (await trx('batch').where({ id: batchId, phase: 'communicating' }).first('id')) !== undefined;
}

/** What the machine is about to send or to look for it may hold in its hands at this moment. */
function underWay(item: ChosenItem): ItemRefusal | null {
  return endedReason(item) ?? (item.due || item.state === 'sending' ? 'emAndamento' : null);
}

/** By ordinal, as everybody locks them; what the batch does not have comes first. */
function inOrder(named: readonly number[], items: ReadonlyMap<number, ChosenItem>): number[] {
  return [...named].sort((a, b) => (items.get(a)?.ordinal ?? 0) - (items.get(b)?.ordinal ?? 0));
}

/** @returns why this título is left alone; null = it is decided. */
async function resolveOne(
  trx: Knex.Transaction,
  item: ChosenItem,
  { batchId, decision, reasonCode, by }: Decision,
  policy: ResolvePolicy,
): Promise<ItemRefusal | null> {
  const ended = endedReason(item);
  if (ended) return ended;
  const dispute = await readDispute(trx, item.receivableId);
  if (!dispute || !isDisputed(item, dispute)) return 'semResultadoIncerto';
  if (dispute.underWay) return 'chamadaEmAndamento';
  const found = await lastFound(trx, dispute.boletoId);

  if (decision === 'registered') {
    if (!found) return 'semComprovante';
    if (!found.alive) return 'inativoNoBanco';
    if (found.mismatches) return 'codigosDivergentes';
    if (await belongsToAnother(trx, dispute, found)) return 'deOutroTitulo';
    await adopt(trx, batchId, item, dispute, found, by);
  } else {
    const isProven = found ? provesUnpayable(found, dispute.ownReference) : dispute.absences >= ABSENCES;
    const isSafe = decision === 'absent' && policy.sameNumberIsSafe(dispute.gateway);
    if (!isProven && !isSafe) return 'semProva';
    // What stands under our number is another título's of ours, or there are more such numbers: any may be this one's.
    if (decision === 'newNumber' && (await readBehind(trx, dispute)) !== null) return 'numeracaoAtrasada';
    await giveBack(trx, batchId, item, dispute, decision, by);
  }
  await trx('audit_entry').insert({
    actor: by,
    action: 'resolve',
    entity: 'receivable',
    entity_id: String(item.receivableId),
    before: JSON.stringify({ item: item.state, boleto: dispute.boletoState, unresolved: dispute.unresolved }),
    after: JSON.stringify({ batchId, decision, attemptId: dispute.attemptId }),
    reason: reasonCode,
  });
  return null;
}

function isDisputed(item: ChosenItem, dispute: Dispute): boolean {
  if (item.state === 'conflict' || dispute.boletoState === 'conflict') return true;
  return item.state === 'unconfirmed' && dispute.unresolved;
}

async function readDispute(trx: Knex.Transaction, receivableId: number): Promise<Dispute | null> {
  const { rows } = await trx.raw<{ rows: Dispute[] }>(
    `select b.id as "boletoId", b.account_id as "accountId", g.gateway, b.convenio, b.state as "boletoState",
       b.own_reference as "ownReference", a.id as "attemptId", a.resolution is null as unresolved,
       a.resolution is null and a.deadline > clock_timestamp() as "underWay",
       (select count(*)::int from look l where l.attempt_id = a.id and l.evidence = 'absent') as absences,
       r.version as "receivableVersion", c.homologation,
       (select jsonb_agg(jsonb_build_object('snapshot', s.snapshot, 'receivableVersion', s.receivable_version,
          'kind', s.kind) order by s.intended_at desc) from attempt s where s.boleto_id = b.id) as attempts
     from boleto b
     join gateway_account g on g.id = b.account_id
     join receivable r on r.id = b.receivable_id
     join carteira c on c.id = r.carteira_id
     join attempt a on a.boleto_id = b.id and (a.resolution is null or a.resolution = 'conflict')
     where b.receivable_id = ? and b.state not in ('superseded', 'cancelled')
     order by a.resolution is null desc, a.intended_at desc limit 1
     for update of b, a`,
    [receivableId],
  );
  return rows[0] ?? null;
}

async function lastFound(
  trx: Knex.Transaction,
  boletoId: number,
): Promise<(FoundBoleto & { mismatches: string[] | null }) | null> {
  const look = await trx('look')
    .where({ boleto_id: boletoId })
    .whereIn('answer', ['found', 'notFound'])
    .orderBy('started_at', 'desc')
    .first<{ found: FoundBoleto | null; mismatches: string[] | null } | undefined>('found', 'mismatches');
  return look?.found ? { ...look.found, mismatches: look.mismatches } : null;
}

/** Its reference is not ours, or its number at the bank already stands for another boleto of this account. */
async function belongsToAnother(trx: Knex.Transaction, dispute: Dispute, found: FoundBoleto): Promise<boolean> {
  if (found.ownReference !== null && found.ownReference !== dispute.ownReference) return true;
  const other = await trx('boleto')
    .where({ account_id: dispute.accountId, bank_id: found.registration.bankId })
    .whereNot({ id: dispute.boletoId })
    .first<{ id: number } | undefined>('id');
  return other !== undefined;
}

async function adopt(
  trx: Knex.Transaction,
  batchId: string,
  item: ChosenItem,
  dispute: Dispute,
  found: FoundBoleto,
  by: string,
): Promise<void> {
  const { boletoId, homologation, attempts, receivableVersion } = dispute;
  await trx('attempt')
    .where({ id: dispute.attemptId })
    .update({ resolution: 'registered', resolved_at: trx.raw('clock_timestamp()'), resolved_by: by });
  // A person may accept what no attempt sent: then it is not what the título says.
  const older = attemptAtTheBank(attempts, found)?.receivableVersion !== receivableVersion;
  await registerFound(trx, { found, boletoId, receivableId: item.receivableId, older, homologation, mismatches: [] });
  await closeItem(trx, { batchId, ordinal: item.ordinal }, boletoId);
}

/** Of what the bank does not have, no code stays behind. */
const withoutCodes = { linha_digitavel: null, barcode: null, pix_emv: null, pix_txid: null, divergence: null };

async function giveBack(
  trx: Knex.Transaction,
  batchId: string,
  item: ChosenItem,
  dispute: Dispute,
  decision: 'absent' | 'newNumber',
  by: string,
): Promise<void> {
  const now = trx.raw('clock_timestamp()');
  // An attempt that a look already called a conflict keeps that: it is what the bank showed.
  if (dispute.unresolved) {
    const absent = dispute.absences >= ABSENCES ? 'absent' : 'unproven';
    await trx('attempt')
      .where({ id: dispute.attemptId })
      .update({ resolution: decision === 'absent' ? absent : 'conflict', resolved_at: now, resolved_by: by });
  }
  if (decision === 'newNumber') await giveUp(trx, [dispute.boletoId]);
  else
    await trx('boleto')
      .where({ id: dispute.boletoId })
      .update({ ...withoutCodes, state: 'draft' });
  await trx('batch_item')
    .where({ batch_id: batchId, ordinal: item.ordinal })
    .update({
      state: 'pending',
      ...(decision === 'newNumber' ? { boleto_id: null } : {}),
      due_at: now,
      tries: 0,
      lease_token: null,
      failure_kind: null,
      provider_code: null,
      provider_message: null,
      field: null,
      updated_at: now,
    });
}
