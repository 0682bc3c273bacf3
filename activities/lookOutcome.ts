import type { OpenCase } from '../record/engine/looks';
import type { LeasedItem } from '../record/engine/leases';
import type { Outcome } from '../record/engine/outcomes';
import type { Registration } from '../domain/boleto/charge';
import { attemptAtTheBank, type Evidence, type LookVerdict } from '../domain/boleto/evidence';
import { mismatchWords, type Mismatch } from '../domain/boleto/registrationCheck';
import type { BoletoState, ItemState } from '../domain/boleto/states';
import { MISMATCH_CODE } from './registerBoleto';

/** What a look, or the decision to look later, writes. */
export function lookOutcome(
  item: LeasedItem,
  open: OpenCase,
  evidence: Evidence,
  verdict: LookVerdict,
  countsAsTry = false,
): Outcome {
  const [boletoState, itemState] = statesAfter(verdict, open);
  return {
    attemptId: open.attemptId,
    boletoId: open.boletoId,
    batchId: item.batchId,
    ordinal: item.ordinal,
    leaseToken: item.leaseToken,
    kind: evidence.kind === 'refused' ? 'data' : (open.attemptKind ?? 'ambiguous'),
    resolution: verdict.resolution,
    boletoState,
    itemState,
    dueInMs: verdict.dueInMs,
    countsAsTry,
    reconciled: verdict.resolution === 'registered',
    ...oursOf(evidence),
    sentVersion:
      evidence.kind === 'registered'
        ? (attemptAtTheBank(open.attempts, evidence.found)?.receivableVersion ?? null)
        : null,
    homologation: open.homologation,
    bankId: null,
    code: codeFor(evidence),
    message: wordsFor(evidence, verdict),
    field: evidence.kind === 'refused' ? evidence.field : null,
    exchange: null,
  };
}

/**
 * The number turned out to be another título's, which has taken it over: this one gets another as soon as numbers are
 * given again. It never was this one's at the bank, the look shows it.
 */
export function givesNumberBack(outcome: Outcome, owner: number): Outcome {
  return {
    ...outcome,
    resolution: 'conflict',
    boletoState: 'superseded',
    itemState: 'pending',
    dueInMs: 0,
    code: 'numeroDeOutroTitulo',
    message: `No banco, este número é o da cobrança ${owner}, que o assumiu; esta recebe outro.`,
  };
}

/** What was found as it was sent, be its codes right or wrong: they are kept with the boleto. */
function oursOf(evidence: Evidence): { registration: Registration | null; mismatches: Mismatch[] } {
  const ours = evidence.kind === 'registered' || (evidence.kind === 'conflict' && evidence.differences.length === 0);
  if (!ours) return { registration: null, mismatches: [] };
  return { registration: evidence.found.registration, mismatches: [...evidence.mismatches] };
}

function codeFor(evidence: Evidence): string {
  if (evidence.kind === 'refused') return evidence.code;
  if (evidence.kind !== 'conflict') return '';
  return evidence.differences.length === 0 ? MISMATCH_CODE : 'divergencia';
}

function statesAfter(verdict: LookVerdict, open: OpenCase): [BoletoState, ItemState] {
  switch (verdict.resolution) {
    case 'registered':
      return ['registered', 'registered'];
    case 'conflict':
      return ['conflict', 'conflict'];
    case 'refused':
      return ['draft', 'rejected'];
    // Not there, or safe to be sent again: under the same number.
    case 'absent':
    case 'unproven':
      return ['draft', verdict.dueInMs === null ? 'deferred' : 'pending'];
    case null:
      // What was a contradiction stays one until a look settles it.
      if (open.boletoState === 'conflict') return ['conflict', 'conflict'];
      return open.attemptKind === 'inProgress' ? ['inProgress', 'inProgress'] : ['unconfirmed', 'unconfirmed'];
  }
}

function wordsFor(evidence: Evidence, verdict: LookVerdict): string {
  if (evidence.kind === 'refused') return evidence.message;
  if (evidence.kind === 'conflict' && evidence.differences.length === 0)
    return `O banco tem o boleto, mas os códigos que mostra não conferem: ${mismatchWords(evidence.mismatches)}.`;
  if (evidence.kind === 'conflict')
    return `O banco tem outro boleto sob o nosso número (difere: ${evidence.differences.join(', ')}; situação: ${evidence.found.status}).`;
  if (verdict.resolution === 'unproven')
    return 'As consultas não disseram se a chamada chegou; o boleto é enviado de novo com o mesmo número, que o banco só aceita uma vez.';
  if (verdict.resolution === 'absent' && verdict.dueInMs === null)
    return 'Enviado várias vezes sem resposta; as consultas mostram que o banco não o registrou. Comunique de novo quando o banco voltar ao normal.';
  if (verdict.resolution === null && verdict.dueInMs === null)
    return 'As consultas ao banco não provaram se o boleto foi registrado.';
  return '';
}
