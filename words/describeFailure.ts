import type { Explain } from '../domain/catalogue/catalogue';
import { fixers } from '../domain/catalogue/entry';
import type { CatalogueEntry, Fixer } from '../domain/catalogue/entry';
import type { FailureKind } from '../domain/boleto/failure';
import { failureStates, type ItemState } from '../domain/boleto/states';
import { fieldName } from './fieldNames';
import { whoFixes } from './whoFixes';

/** One failure, or several with the same cause, as the record has it. */
export interface Failure {
  state: ItemState;
  failureKind: string | null;
  /** null where nothing was ever meant for a bank. */
  gateway: string | null;
  providerCode: string | null;
  providerMessage: string | null;
  httpStatus: number | null;
  field: string | null;
}

/** What the operator reads about a failure. All texts are Portuguese. */
export interface FailureDescription {
  /** One sentence. */
  cause: string;
  /** false: the catalogue lacks it, and the bank's words are all there is to say. */
  known: boolean;
  /** Where the person works who can do something about it (`fixers` of the catalogue). */
  whoFixes: string;
  /** By the ERP's name; null when no one field is guilty. */
  fieldName: string | null;
  /** One sentence. */
  advice: string;
}

/**
 * @param explain by the tables of the gateways
 * @param address which of the customer's two addresses the carteira sends
 * @returns null for what has not failed.
 */
export function describeFailure(
  explain: Explain,
  failure: Failure,
  address: 'main' | 'billing' = 'main',
): FailureDescription | null {
  const { state, failureKind, gateway, providerCode, providerMessage, httpStatus, field } = failure;
  if (failureKind === null && !(failureStates as readonly ItemState[]).includes(state)) return null;
  const kind = failureKind as FailureKind | null;
  const facts = { gateway: gateway ?? '', code: providerCode ?? '', message: providerMessage ?? '', httpStatus };
  const silent = facts.code === '' && facts.message === '';
  const found = explain(facts);
  const entry = found.known && sameRemedy(found.entry.kind, kind) ? found.entry : null;
  const guilty = field ?? entry?.field ?? null;
  return {
    ...wordsFor(entry, found.known || silent, kind),
    known: found.known || silent,
    whoFixes: fixers[fixerOf(failure, entry)],
    fieldName: guilty === null ? null : fieldName(guilty, address),
  };
}

/** A refusal of ours names its field, which says better than the row who can mend it. */
function fixerOf(failure: Failure, entry: CatalogueEntry | null): Fixer {
  if (!entry || (entry.fixer === 'charge' && entry.field === null && failure.field !== null)) return whoFixes(failure);
  return entry.fixer;
}

/**
 * A refusal read in a 5xx, say, is no refusal: whoever followed its advice would correct what may be registered.
 * Where the row is about another kind of end than the one judged, the kind speaks.
 */
function sameRemedy(row: FailureKind, judged: FailureKind | null): boolean {
  return judged === null || judged === row || remedies[judged] === remedies[row];
}

const remedies: Record<FailureKind, 'wait' | 'look' | 'account' | 'correct' | 'compare'> = {
  transient: 'wait',
  quota: 'wait',
  state: 'wait',
  inProgress: 'look',
  ambiguous: 'look',
  duplicate: 'look',
  auth: 'account',
  config: 'account',
  data: 'correct',
  mismatch: 'compare',
};

function wordsFor(
  entry: CatalogueEntry | null,
  known: boolean,
  kind: FailureKind | null,
): Pick<FailureDescription, 'cause' | 'advice'> {
  if (entry) return { cause: entry.cause, advice: entry.advice };
  const { cause, advice, unknown } = byKind[remedies[kind ?? 'ambiguous']];
  return known ? { cause, advice } : { cause: UNKNOWN, advice: unknown };
}

const UNKNOWN = 'Erro não catalogado: veja as palavras do banco.';

/** What is certain from the kind of an end alone, and what to do about one whose words nobody has explained yet. */
const byKind = {
  wait: {
    cause: 'O banco não pôde atender agora, e não registrou o boleto.',
    advice: 'Nada a fazer: o sistema tenta de novo.',
    unknown: 'Nada a fazer por enquanto: o sistema tenta de novo; se durar, mostre ao banco as suas palavras.',
  },
  look: {
    cause: 'Não se sabe se o banco registrou o boleto.',
    advice: 'O sistema consulta o banco sozinho; se as consultas não provarem nada, use Reexaminar ou Resolver.',
    unknown: 'O sistema consulta o banco sozinho; se as consultas não provarem nada, use Reexaminar ou Resolver.',
  },
  account: {
    cause: 'O banco recusou a conta ou o contrato, não o boleto.',
    advice: 'Confira a conta e a carteira com o banco, corrija na carteira e retome.',
    unknown: 'Confira a conta e a carteira com o banco, corrija na carteira e retome.',
  },
  correct: {
    cause: 'O banco recusou os dados deste boleto.',
    advice: 'Corrija o que o banco aponta e refaça a comunicação.',
    unknown: 'Corrija o que as palavras do banco apontam; se não ajudarem, pergunte ao banco.',
  },
  compare: {
    cause: 'O banco registrou o boleto, mas os códigos da resposta não conferem com ele.',
    advice: 'Consulte de novo em Reexaminar; se continuar, mostre ao banco e decida em Resolver.',
    unknown: 'Consulte de novo em Reexaminar; se continuar, mostre ao banco e decida em Resolver.',
  },
} as const;
