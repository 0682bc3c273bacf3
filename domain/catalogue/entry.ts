import type { FailureKind } from '../boleto/failure';

/** Where the person who must act works; nobody = it passes by itself. */
export const fixers = {
  customer: 'cadastro do cliente',
  charge: 'cobrança',
  carteira: 'carteira',
  bank: 'banco',
  nobody: 'ninguém: passa sozinho',
} as const;
export type Fixer = keyof typeof fixers;

/** One published error of a gateway, or one check of ours: what it means, and what a person does about it. */
export interface CatalogueEntry {
  /** The gateway's own codes, exactly; empty when only the text or the status tells. */
  codes: readonly string[];
  /** Matched against the gateway's words, without accents and case; where present it has to match, too. */
  text?: string;
  /**
   * The gateway's words for it, whole: under a code that no row has, an error that begins with them is this one. Codes
   * change between the generations of a contract, words hardly.
   */
  texts?: readonly string[];
  /** HTTP status; where present it has to be this one. */
  status?: number;
  kind: FailureKind;
  /** Plain Portuguese, one sentence: what is wrong. */
  cause: string;
  fixer: Fixer;
  /** In domain words (`payer.cep`, `dueDate`, `rules.finePercent` …); null when no one field is guilty. */
  field: string | null;
  /** Plain Portuguese, one sentence: what to do. */
  advice: string;
  /** Where it is published (document, section); "presumido" when it is not. */
  source: string;
}
