import type { AccountCheck } from './account/accountCheck';
import type { ChargeSnapshot, Registration } from './boleto/charge';
import type { Doubt } from './boleto/doubt';
import type { FailureKind } from './boleto/failure';
import type { CodeLayout } from './boleto/registrationCheck';
import type { SendingLimits } from './boleto/sending';
import type { ErrorTable } from './catalogue/catalogue';

/** What a gateway can do, declared by its adapter and never guessed by the core. Durations are milliseconds. */
export interface GatewayCapabilities {
  /** `sync`: the answer is the registration. Else it only says that it was accepted, and the bank is asked what came of it. */
  registration: 'sync' | LaterRegistration;
  /** `bank`: there is no nosso número before the answer, and the codec gives none. */
  numbering: 'client' | 'bank';
  /**
   * What protects against a second registration when a boleto is sent again. `key`: the snapshot's `idempotencyKey`,
   * in whichever header or field the adapter puts it. What protects equal data only counts as `none`: a título may have
   * been corrected meanwhile.
   */
  idempotency: 'clientNumber' | 'key' | 'none';
  /** How long after the first call it protects; absent = for ever. */
  idempotencyMs?: number;
  /** How long after a call's deadline the bank may still be registering it. */
  settleMs: number;
  /** How long an identical look may be answered from a cache. */
  staleMs: number;
  /** Absence is proven by this many looks that found nothing, spaced by more than staleMs. */
  absenceLooks: number;
  /** Where nothing protects (any more): how long to wait after proven absence before sending again. */
  quarantineMs: number;
  /** A registered boleto that came without its Pix: whether the bank shows and makes it afterwards. */
  pixLater: boolean;
  /** Allowances when the account does not say otherwise, by the gateway's own classes of routes. */
  limits: Record<RouteClass, RouteLimit>;
  /** The class of a call, where it is not the usual one (`routeOf`). */
  routes?: Partial<Record<GatewayCall, RouteClass>>;
}

export interface LaterRegistration {
  /** After the answer, until the first look makes sense. */
  firstLookMs: number;
  /** Between two looks, at most: they grow apart. */
  longestMs: number;
}

/** Calls that share an allowance, under a short name: `register`, `read`, and what the gateway counts apart. */
export type RouteClass = string;

export interface RouteLimit {
  /** A pace: never more than so many calls in any window of this length. */
  calls: number;
  windowMs: number;
  /** An allowance that may be used up at once; not a pace. */
  quota?: Quota;
}

/** So many calls `per` day of São Paulo, or in any so many milliseconds. */
export interface Quota {
  calls: number;
  per: 'day' | number;
}

export type GatewayCall = 'register' | 'look' | 'lookMany' | 'list' | 'readPix' | 'createPix';

export function routeOf({ routes }: Pick<GatewayCapabilities, 'routes'>, call: GatewayCall): RouteClass {
  return routes?.[call] ?? (call === 'register' || call === 'createPix' ? 'register' : 'read');
}

/** Masked record of one HTTP exchange, for people: no secrets, bounded, safe to store. */
export interface Exchange {
  status: number | null;
  request: string | null;
  response: string | null;
  durationMs: number;
  /** Wall-clock instant at which the first byte may have left; null when none did. */
  sentAt: Date | null;
}

/** The end of a call that may register. */
export type RegisterResult =
  | { kind: 'registered'; registration: Registration; exchange: Exchange }
  | {
      kind: FailureKind;
      /** false: it is certain that the bank did not process it. */
      sent: boolean;
      /** The bank's own code; empty when it gave none. */
      code: string;
      /** The bank's own words, scrubbed; ours when it gave none. */
      message: string;
      /** The field the bank named, in domain words (`payer.cep`); null when unknown. */
      field: string | null;
      retryAfterMs: number | null;
      /** What it may be about instead of this boleto; absent = it is plain what it is about. */
      doubt?: Doubt;
      /** With a doubt: a code, words or a status say so; absent = it was concluded from an answer that says nothing. */
      named?: boolean;
      /** Saved at once when the bank accepted but has not registered yet. */
      bankId: string | null;
      exchange: Exchange;
    };

/** What the bank showed for one of our boletos. */
export interface FoundBoleto {
  registration: Registration;
  ownReference: string | null;
  /** Digits and letters only; null when the answer does not show it. */
  payerDocument: string | null;
  amountCents: number;
  dueDate: string;
  /** Open and payable (or already paid): not cancelled, failed or expired. */
  alive: boolean;
  /** The bank's own state, for people. */
  status: string;
  /** The day on which the bank registered it; absent or null where the answer does not show it. */
  registeredOn?: string | null;
}

/** What names a boleto at the bank; `payer` where it is ours, so that its words are masked. */
export type Sought = Pick<ChargeSnapshot, 'convenio' | 'ourNumber'> & {
  payer?: Pick<ChargeSnapshot['payer'], 'document' | 'name'>;
};

/** What a look needs besides: a bank that numbers is asked by our reference, often within a period. */
export type LookedFor = Sought & Partial<Pick<ChargeSnapshot, 'ownReference' | 'dueDate'>>;

export interface LookAsked {
  sought: LookedFor;
  /** Where the bank gave one. */
  bankId: string | null;
}

/** Boletos of one account at the bank, by the day of their registration. Dates are `YYYY-MM-DD`, both included. */
export interface ListQuery {
  convenio: string;
  /** Of the beneficiary, without check digit and leading zeros. */
  agency: string;
  bankAccount: string;
  from: string;
  to: string;
  /** Where the page before said that it goes on; null = the first page. */
  cursor: string | null;
}

/** What one row of a bank's list shows: neither our reference nor the payer. */
export interface ListedBoleto {
  /** The bank's id, by which it can be looked for. */
  bankId: string;
  /** A list may show other convênios of the same account. */
  convenio: string;
  amountCents: number;
  dueDate: string;
  registeredOn: string | null;
  alive: boolean;
  status: string;
}

/** The end of a call for one page. */
export type ListResult =
  | {
      kind: 'page';
      rows: ListedBoleto[];
      /** Rows without a number, a value or a date. */ unreadable: number;
      next: string | null;
      exchange: Exchange;
    }
  | Extract<LookResult, { kind: 'unusable' }>;

/** The end of a call about the Pix of a registered boleto. */
export type PixResult =
  | { kind: 'pix'; emv: string; txid: string | null; exchange: Exchange }
  /** It has none, or none yet. */
  | { kind: 'none'; exchange: Exchange }
  /** The bank says why it makes none; in its own words, scrubbed. */
  | { kind: 'refused'; code: string; message: string; exchange: Exchange }
  | Extract<LookResult, { kind: 'unusable' }>;

/** The end of a look. `notFound` is only the documented not-found answer; everything else unreadable is `unusable`. */
export type LookResult =
  | { kind: 'found'; found: FoundBoleto; exchange: Exchange }
  | { kind: 'notFound'; exchange: Exchange }
  /** Accepted, and neither registered nor refused yet. */
  | { kind: 'stillProcessing'; exchange: Exchange }
  /** Accepted, and then not registered: it never will be. */
  | { kind: 'refused'; code: string; message: string; field: string | null; exchange: Exchange }
  | {
      kind: 'unusable';
      failure: 'transient' | 'auth' | 'config' | 'quota';
      message: string;
      retryAfterMs: number | null;
      exchange: Exchange;
    };

export interface GatewayAccount {
  id: number;
  /** Grows with each change of what follows: a token is of one version, and so is every call. */
  version: number;
  gateway: string;
  baseUrl: string;
  /** null where the manifest has no token address: calls carry the credentials themselves. */
  authUrl: string | null;
  /** Decrypted, by the keys of the manifest, certificates as the PEM or base64 they came as. Never logged. */
  credentials: Record<string, string>;
}

export interface AccessToken {
  value: string;
  /** Of the account that it was got with: it goes to no other address. */
  accountVersion: number;
  /** Grows by one with each refresh of the account; a 401 invalidates the generation it was sent with. */
  generation: number;
}

export type TokenResult =
  | { kind: 'token'; value: string; expiresInMs: number }
  | { kind: 'transient' | 'config'; message: string; retryAfterMs: number | null };

/** Everything one call needs besides its payload. */
export interface CallContext {
  account: GatewayAccount;
  /** Read it after `permit`: while a call waits for its turn a newer one may come. */
  token: AccessToken;
  timeoutMs: number;
  /** Awaited with the connection (TCP, TLS) at hand: resolves when the account's limit gives this call its turn. */
  permit(): Promise<void>;
  /** Asked after `permit`, immediately before the first byte is written; false = forfeit, nothing is sent. */
  maySend(): boolean;
  signal?: AbortSignal;
}

/** What a carteira says about itself, and an account is held against. */
export interface AccountTerms {
  convenio: string;
  homologation: boolean;
}

export type CheckContext = Pick<CallContext, 'timeoutMs' | 'permit' | 'maySend'>;

/** The pure side of a gateway: what it takes, and under which numbers. Needs no account: a dry run uses it alone. */
export interface GatewayCodec {
  readonly name: string;
  /** What `previa` checks before anything is sent, and what `register` may rely on. */
  readonly sending: SendingLimits;
  /** What its errors mean: errors.tsv beside the adapter. */
  readonly errors: ErrorTable;
  /** Own reference as this bank will store it (upper-cased, truncated); one that does not fit is found by the prévia. */
  ownReference(receivableId: number, generation: number): string;
  /** nossoNumero from a number of the space, or null where the bank numbers. @throws RangeError when the space is used up. */
  ourNumber(convenio: string, sequence: number): string | null;
  /** Which título a reference of ours is about; null for one that is not of our form. */
  receivableOf(ownReference: string): { receivableId: number; generation: number } | null;
  /** The number of the space that a nossoNumero came from; null for one of another convênio or form. */
  sequenceOf(convenio: string, ourNumber: string): number | null;
}

/** One bank or payment provider. Returned values are expected ends; a thrown error is a defect of ours. */
export interface Gateway extends GatewayCodec {
  readonly capabilities: GatewayCapabilities;
  /** Where this bank's codes say what. */
  readonly codes: CodeLayout;
  authenticate(account: GatewayAccount, timeoutMs: number): Promise<TokenResult>;
  register(snapshot: ChargeSnapshot, call: CallContext): Promise<RegisterResult>;
  /** Looks for the boleto of this snapshot; `bankId` when the bank gave one. */
  look(sought: LookedFor, bankId: string | null, call: CallContext): Promise<LookResult>;
  /** Where one call answers many looks; else each is made by itself. */
  lookMany?: {
    atMost: number;
    /** @returns one for each; null where this call could not tell: it is looked for by itself then */
    look(asked: readonly LookAsked[], call: CallContext): Promise<(LookResult | null)[]>;
  };
  /** The Pix that the bank has for a registered boleto of ours. Only where `pixLater`. */
  readPix(sought: Sought, call: CallContext): Promise<PixResult>;
  /** Has the bank make one for a registered boleto that has none; asked again it makes no second. Only where `pixLater`. */
  createPix(sought: Sought, call: CallContext): Promise<PixResult>;
  /** One page of what the bank registered in a period, whoever asked for it. Where it is empty, the list has ended. */
  listRegistered(query: ListQuery, call: CallContext): Promise<ListResult>;
  /**
   * Whether the account works, step by step, as each is known; the first that is not ok is the last. Registers nothing,
   * and asks for one read: `permit` is awaited before it, and what that rejects with is thrown.
   */
  checkAccount(account: GatewayAccount, terms: AccountTerms, call: CheckContext): AsyncIterable<AccountCheck>;
  /** What identifies a look in the bank's cache: two looks with the same identity within staleMs are one. */
  lookIdentity(sought: LookedFor, bankId: string | null): string;
}
