import type { CallKey, Mislisting, Misprint, Route } from './faults';
import type { Ledger, LedgerEntry } from './ledger';

export interface BankRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  /** path and query, as received. */
  target: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** SHA-256 of the client's certificate; null where it showed none that is known. */
  certificate: string | null;
  /** Wall-clock milliseconds at which the call was received. */
  receivedAt: number;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: string | Buffer;
}

/** One credential pair that the bank knows. */
export interface SimulatedAccount {
  clientId: string;
  clientSecret: string;
  appKey: string;
  /** What the application may do; absent = all that is asked for. */
  scopes?: string[];
  /** Of the beneficiary, as lists are asked for; absent = those that an answer to a registration shows. */
  agency?: string;
  bankAccount?: string;
}

/** Boletos that come into the books without a call: registered elsewhere, or before the record was set back. */
export interface Invented {
  convenio: string;
  count: number;
  /** Client id; absent = the first account. */
  account?: string;
  /** Of the convênio's numbers; absent = 1. They follow each other. */
  firstSequence?: number;
  /** seuNumero of the first, counted on; absent = references of another system. */
  firstReference?: number;
  amountCents?: number;
  /** `YYYY-MM-DD` */
  dueDate?: string;
  /** absent = today. */
  registeredOn?: string;
  payerDocument?: string;
}

/** What is true only at the bank. */
export interface BankFacts {
  /** Documents that the tax authority holds as irregular. */
  irregularDocuments: string[];
  /** CEPs, 8 digits, that look right and do not exist. */
  missingCeps: string[];
  /** Convênios that exist; empty = every one of the right form. */
  convenios: string[];
  closedConvenios: string[];
  /** In which JSON type it takes documents; absent = in either. As numbers, those with letters cannot be said. */
  documentForm?: 'text' | 'number';
}

export interface BankSettings {
  accounts: SimulatedAccount[];
  facts: BankFacts;
  readCacheMs: number;
  tokenSeconds: number;
  /** Registers under numbers of its own, whatever number was asked for. */
  renumbers: boolean;
  /** Rows a page of its lists. */
  listRows: number;
  /** How long after its registration a boleto cannot be cancelled. */
  cancelLockMs: number;
  /** How long after its registration a boleto that asked for a Pix has it; 0 = at once, in the answer. */
  pixDelayMs: number;
  /** Makes no Pix for anybody: the convênio has no key. */
  refusesPix: boolean;
}

/** One bank behind the simulator's HTTP server: its routes, its rules, its words. */
export interface SimulatedBank {
  /** null = no such route. */
  identify(request: BankRequest): CallKey | null;
  /** Does what was asked, and says so. */
  answer(request: BankRequest, route: Route): Answer;
  /** What the bank, or a machine in front of it, answers with this status when something is wrong there. */
  failure(status: number, route: Route): Answer;
  /** The same answer with wrong codes; as it is where it has none. */
  misprint(answer: Answer, what: Misprint): Answer;
  /** The page of a list, wrong; any other answer as it is. */
  mislist(answer: Answer, what: Mislisting, request: BankRequest): Answer;
  /** Entries for the ledger, in the bank's own shape. */
  invent(what: Invented, now: number): LedgerEntry[];
  /** The same answer to a registration, about another boleto of its convênio; as it is where there is none. */
  crosstalk(answer: Answer): Answer;
  /** An error in the usual shape, with this text in it. */
  refusal(status: number, text: string): Answer;
  expireTokens(): void;
  /** Calls that came with a token that this bank never gave, or no longer takes for its own. */
  strangeTokens(): number;
  reset(): void;
}

export type CreateBank = (ledger: Ledger, settings: () => BankSettings) => SimulatedBank;
