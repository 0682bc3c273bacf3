import type { ActionResult, BatchCounts } from '../../domain/batch';
import type { BatchFilters, LeftOutReason } from '../../domain/filters';
import type { Total } from '../../domain/dryRun';
import type { LastLook } from '../../domain/lastLook';
import type { BatchPhase } from '../../domain/phases';
import type { ItemState } from '../../domain/states';
import type { TodayKind } from '../../domain/today';
import type { DeliveryState, WebhookEvent } from '../../domain/webhooks';

/*
 * What the API answers, as far as the screens read it. Instants are ISO texts, dates AAAA-MM-DD, money whole centavos.
 */

export type Role = 'consulta' | 'operador' | 'administrador';

export interface Session {
  id: string;
  name: string;
  role: Role;
  filiais: number[] | null;
  csrfToken: string | null;
}

export interface Page<Item> {
  items: Item[];
  next: string | number | null;
  total?: number;
}

export interface Filial {
  id: number;
  name: string;
}

export interface BatchSummary {
  batchId: string;
  carteiraId: number;
  carteira: string;
  gateway: string | null;
  phase: BatchPhase;
  phaseLabel: string;
  round: number;
  paused: boolean;
  pauseReason: string | null;
  concluding: boolean;
  selected: number | null;
  leftOut: number | null;
  registered: number;
  failures: number;
  requestedBy: string;
  requestedByName: string | null;
  createdAt: string;
  concludedAt: string | null;
}

export interface Limit {
  calls: number;
  windowMs: number;
}

export interface Batch extends BatchSummary {
  filters: BatchFilters;
  /** A sentence each. */
  filtersText: string[];
  counts: BatchCounts;
  alerts: { kind: string; day: string; message: string }[];
  leftOutByReason: { reason: LeftOutReason; label?: string; count: number; otherBatchIds: string[] }[];
  pauseText: string | null;
  nextStep: string | null;
  allowance: Limit | null;
  ratePerMinute: number;
  estimatedEndAt: string | null;
  temporalUrl: string | null;
}

export interface Item {
  ordinal: number;
  receivableId: number;
  /** What the ERP calls it by, where that is not the id. */
  erpKey: string | null;
  customerName: string;
  dueDate: string;
  amountCents: number;
  state: ItemState;
  stateLabel: string;
  round: number;
  corrected: boolean;
  reconciled: boolean;
  /** null where nothing failed. */
  cause: string | null;
  known: boolean | null;
  whoFixes: string | null;
  advice: string | null;
  /** The ERP's name of the guilty field. */
  fieldName: string | null;
  ourNumber: string | null;
  /** null = the bank was never asked about it. */
  lastLook: LastLook | null;
}

export interface Cause {
  /** Names it to the API. */
  key: string;
  state: ItemState;
  stateLabel: string;
  failureKind: string | null;
  providerCode: string | null;
  providerMessage: string | null;
  count: number;
  corrected: number;
  receivableIds: number[];
  cause: string | null;
  known: boolean | null;
  whoFixes: string | null;
  advice: string | null;
  fieldName: string | null;
}

export interface ProgressEvent extends Omit<BatchCounts, 'unresolved'> {
  phase: BatchPhase;
  phaseLabel: string;
  round: number;
  paused: boolean;
  concluding: boolean;
  ratePerMinute: number;
  estimatedEndAt: string | null;
}

export interface ItemEvent {
  seq: number;
  ordinal: number;
  receivableId: number;
  state: ItemState;
  stateLabel: string;
  kind: string | null;
  code: string | null;
  round: number;
  at: string;
}

export type ActionName = 'refazer' | 'descartar' | 'resolver' | 'reexaminar' | 'pausar' | 'retomar' | 'concluir';

export type ActionAnswer = Omit<ActionResult, 'refused'> & {
  refused: { receivableId: number; reason: string; label?: string }[];
  unresolved?: number;
};

export interface DryRunAnswer {
  ready: Total;
  pending: Total;
  uncertain: Total;
  leftOut: Total;
  causes: {
    code: string;
    /** The ERP's name. */
    erpField: string;
    cause: string;
    whoFixes: string;
    advice: string;
    count: number;
    receivableIds: number[];
  }[];
  leftOutByReason: (Total & { reason: LeftOutReason; label: string; otherBatchIds: string[] })[];
}

export interface SavedFilter {
  id: number;
  name: string;
  carteiraId: number;
  filters: BatchFilters;
}

export interface CarteiraSummary {
  id: number;
  description: string;
  filialId: number | null;
  gateway: string | null;
  convenio: string | null;
  accountId: number | null;
  variation: string;
  timeoutSeconds: number;
}

export interface Carteira extends CarteiraSummary {
  version: string;
  code: string;
  especie: string;
  addressSource: 'main' | 'billing';
  acceptsInvalidCodes: boolean;
  homologation: boolean;
  pix: boolean;
  agency: string | null;
  bankAccount: string | null;
  interestPercent: number;
  finePercent: number;
  discountPercent: number;
  writeOffDays: number | null;
  account: {
    id: number;
    baseUrl: string;
    authUrl: string;
    limits: { register?: Limit; read?: Limit };
    carteiras: number[];
    nextNumber: number | null;
    health: {
      credentialsReadable: boolean;
      certificateExpiresAt: string | null;
      token: { obtainedAt: string | null; usableUntil: string | null; accepted: boolean; refusedInARow: number } | null;
    };
  } | null;
}

export interface TestStep {
  step: string;
  stepLabel: string;
  ok: boolean;
  message: string;
  advice: string | null;
}

export interface TituloRow {
  id: number;
  /** What the ERP calls it by, where that is not the id. */
  erpKey: string | null;
  customerName: string;
  document: string;
  dueDate: string;
  openAmountCents: number;
  state: string;
  stateLabel: string;
  ourNumber: string | null;
}

export interface BoletoView {
  ourNumber: string | null;
  linhaDigitavel: string | null;
  barcode: string | null;
  pixEmv: string | null;
  link: string | null;
  registeredAt: string | null;
  homologation: boolean;
}

/** Of another system. */
export interface EarlierBoleto {
  key: string;
  ourNumber: string | null;
  linhaDigitavel: string | null;
  chargeId: string | null;
  link: string | null;
  pixTxid: string | null;
  ignored: boolean;
}

type ErpFields = Record<string, string | number | boolean | null>;

export interface Titulo {
  id: number;
  /** What the ERP calls it by, where that is not the id. */
  erpKey: string | null;
  /** Grows with each change. */
  version: number;
  /** By the ERP's names, dates and amounts as a correction takes them. */
  receivable: ErpFields;
  customer: ErpFields;
  stateLabel: string;
  /** Changed since it was rejected. */
  corrected: boolean;
  boleto: BoletoView | null;
  liveBatch: {
    batchId: string;
    cause: string | null;
    advice: string | null;
    whoFixes: string | null;
    /** The ERP's name. */
    field: string | null;
    bankWords: string | null;
  } | null;
  earlierBoleto: EarlierBoleto | null;
  waits: boolean;
  editable: string[];
}

export interface HistoryEvent {
  at: string;
  kind: 'selected' | 'attempt' | 'look' | 'registered' | 'correction' | 'action';
  who: string | null;
  text: string;
  batchId: string | null;
  code: string | null;
  /** The bank's words. */
  message: string | null;
  /** The words of who did it. */
  reason: string | null;
  /** HTTP */
  status: number | null;
  durationMs: number | null;
  request: string | null;
  response: string | null;
  before?: unknown;
  after?: unknown;
}

interface RefusedTitulo {
  receivableId: number;
  label: string;
  message: string | null;
}
type ErpValues = Record<string, string | number | null>;

export interface BulkPreview {
  wouldChange: number;
  examples: { receivableId: number; before: ErpValues; after: ErpValues }[];
  refusedCount: number;
  refused: RefusedTitulo[];
}

export interface BulkResult {
  correctionId: number;
  corrected: number;
}

export interface User {
  id: string;
  login: string;
  name: string;
  role: Role;
  filiais: number[] | null;
  active: boolean;
  locked: boolean;
  hasPassword: boolean;
  hasProvider: boolean;
}

export interface ApiToken {
  id: string;
  name: string;
  role: Role;
  filiais: number[] | null;
  createdAt: string;
  expiresAt: string;
  revokedAt: string | null;
  usedAt: string | null;
}

/** A bank's error that the catalogue lacks. */
export interface UnknownError {
  gateway: string;
  code: string;
  httpStatus: number | null;
  example: string;
  count: number;
  firstSeen: string;
  lastSeen: string;
}

export interface AuditEntry {
  id: number;
  at: string;
  actor: string;
  actorName: string | null;
  action: string;
  entity: string;
  entityId: string;
  before: unknown;
  after: unknown;
  reason: string | null;
}

export interface OpenSession {
  id: string;
  createdAt: string;
  seenAt: string;
  current: boolean;
}

export interface Webhook {
  id: string;
  name: string;
  url: string;
  events: WebhookEvent[];
  filiais: number[] | null;
  active: boolean;
  stoppedByLabel: string | null;
  createdAt: string;
  failures: number;
  failingSince: string | null;
  retryAt: string | null;
  pending: number;
  /** Only in the answer that made it. */
  secret?: string;
}

export interface Delivery {
  id: number;
  eventId: string;
  typeLabel: string;
  data: Record<string, unknown>;
  state: DeliveryState;
  stateLabel: string;
  tries: number;
  createdAt: string;
  nextAt: string | null;
  deliveredAt: string | null;
  attempts: {
    at: string;
    durationMs: number;
    httpStatus: number | null;
    failureLabel: string | null;
    answer: string | null;
  }[];
}

/** What needs a person now. */
export interface TodayLine {
  kind: TodayKind;
  kindLabel: string;
  words: string;
  to: string;
  alertId: number | null;
}

/** A boleto that can be paid though its título is cancelled or received. */
export interface StillPayable {
  id: number;
  /** What the ERP calls it by, where that is not the id. */
  erpKey: string | null;
  customerName: string;
  carteiraId: number;
  carteira: string;
  status: 'C' | 'R';
  statusLabel: string;
  dueDate: string;
  amountCents: number;
  ourNumber: string | null;
  since: string;
}

export interface DueSoon extends Page<TituloRow & { carteiraId: number; carteira: string; released: boolean }> {
  carteiras: {
    carteiraId: number;
    carteira: string;
    gateway: string | null;
    count: number;
    amountCents: number;
    nearestDueDate: string | null;
  }[];
}

export interface GuardRule {
  daysBefore: number;
  fromHour: number;
  toHour: number;
  businessDays: boolean;
}

export interface GuardRun {
  day: string;
  slot: number;
  startedAt: string;
  finishedAt: string | null;
  resultLabel: string;
  text: string;
  advice: string;
  batchId: string | null;
}

export interface Guard {
  rule: (GuardRule & { updatedAt: string; updatedBy: string; updatedByName: string | null }) | null;
  /** false = Temporal has not been told yet. */
  scheduled: boolean;
  nextRunAt: string | null;
  runs: GuardRun[];
}

export interface Holiday {
  /** Absent = national. */
  id?: number;
  day: string;
  name: string;
  source: string;
  filialId: number | null;
  yearly: boolean;
}

/** A conferência com o banco. */
export interface Review {
  reviewId: string;
  carteiraId: number;
  from: string;
  to: string;
  requestedBy: string;
  state: string;
  stateLabel: string;
  ended: boolean;
  pages: number;
  listed: number;
  equal: number;
  pending: number;
  otherConvenio: number;
  unreadable: number;
  findings: { kind: string; label: string; advice: string; count: number }[];
  remarks: string[];
  problem: string | null;
  nextNumber: { before: number; after: number } | null;
  startedAt: string;
  finishedAt: string | null;
}

export interface ReviewFinding {
  number: string;
  kind: string;
  label: string;
  receivableId: number | null;
  amountCents: number | null;
  dueDate: string | null;
  status: string | null;
  sentAmountCents: number | null;
  sentDueDate: string | null;
  differences: string;
}
