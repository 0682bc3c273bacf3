import type { ActionResult, BatchCounts } from '../../domain/batch/batch';
import type { CarteiraTerms } from '../../domain/account/carteiraTerms';
import type { BatchFilters, LeftOutReason } from '../../domain/batch/filters';
import type { Total } from '../../domain/batch/dryRun';
import type { BatchPhase } from '../../domain/batch/phases';
import type { ItemState } from '../../domain/boleto/states';
import type { TodayKind } from '../../domain/today';
import type { DeliveryState, WebhookEvent } from '../../domain/webhooks';
import type { AnswerOf } from './ask';

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

/* Of the API's own schemas: what is renamed there fails here. */
export type Batch = AnswerOf<'GET /comunicacoes/{batchId}'>;
export type Item = AnswerOf<'GET /comunicacoes/{batchId}/itens'>['items'][number];
export type Cause = AnswerOf<'GET /comunicacoes/{batchId}/causas'>['items'][number];
export type TituloRow = AnswerOf<'GET /titulos'>['items'][number];
export type Titulo = AnswerOf<'GET /titulos/{id}'>;
export type BoletoView = NonNullable<Titulo['boleto']>;
export type EarlierBoleto = NonNullable<Titulo['earlierBoleto']>;
export type Proposal = Titulo['proposals'][number];
export type BankWorkPage = AnswerOf<'GET /pendencias-no-banco'>;
export type BankWorkRow = BankWorkPage['items'][number];
export type BankWork = Omit<NonNullable<Titulo['bankWork']>, 'words'>;
export type HistoryEvent = AnswerOf<'GET /titulos/{id}/historia'>['events'][number];
export type BulkPreview = AnswerOf<'POST /correcoes/previa'>;
export type BulkResult = AnswerOf<'POST /correcoes'>;
export type FailureRun = AnswerOf<'GET /comunicacoes/{batchId}/falhas/proxima'>;
export type CorrectionOfMany = AnswerOf<'GET /comunicacoes/{batchId}/correcoes'>['items'][number];

export interface ProgressEvent extends Omit<BatchCounts, 'unresolved'> {
  phase: BatchPhase;
  phaseLabel: string;
  round: number;
  paused: boolean;
  concluding: boolean;
  ratePerMinute: number;
  estimatedEndAt: string | null;
  idleSince: string | null;
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

export interface Carteira extends CarteiraSummary, CarteiraTerms {
  version: string;
  code: string;
  especie: string;
  addressSource: 'main' | 'billing';
  acceptsInvalidCodes: boolean;
  homologation: boolean;
  pix: boolean;
  agency: string | null;
  bankAccount: string | null;
  account: {
    id: number;
    baseUrl: string;
    authUrl: string | null;
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
