import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActionResult, BatchReport, ConclusionBegun } from '../../domain/batch/batch';
import type { BatchFilters } from '../../domain/batch/filters';
import type {
  Answers,
  Bodies,
  HttpBatchProgress,
  HttpCorrection,
  HttpPutRow,
  HttpRegistro,
  HttpStoredRow,
  ProgressEvent,
  RegistrosPage,
} from './answers';
import { ApiError } from './apiError';
import { followEvents, type BatchEvent, type FollowOptions } from './follow';
import {
  importCsv,
  importRows,
  type HttpImportOptions,
  type HttpImportReport,
  type HttpImportRow,
  type HttpImportType,
} from './imports';
import { followRegistros, registrosPage, type FollowRegistrosOptions } from './registros';
import { apiRequests, pauseMs, type HttpOptions } from './request';
import { putRow, storedRow, type HttpRowFields } from './rows';

export interface HttpStartRequest {
  carteiraId: number;
  filters?: BatchFilters;
  /** Of 8 to 64 letters, digits, `.`, `_`, `-`; made when absent. The same one again starts nothing again. */
  idempotencyKey?: string;
}

/** `actionId` makes a repeated action answer the same; made when absent. */
interface HttpAction {
  actionId?: string;
  /** Letters, digits, `.`, `_`, `-`; discard and resolve need it, or `reason`. */
  reasonCode?: string;
  /** Free text, kept in the audit only. */
  reason?: string;
}

/** One batch; who acts is whoever the token belongs to. Every function throws ApiError. */
export interface HttpBatch {
  readonly batchId: string;
  running(): Promise<boolean>;
  progress(): Promise<HttpBatchProgress>;
  /** Progress whenever it changed, until the batch waits for people or ends. A broken connection is resumed. */
  follow(options?: { signal?: AbortSignal }): AsyncIterable<HttpBatchProgress>;
  /** Every outcome once and in order, and the progress between them, without an end. A broken connection is resumed. */
  events(options?: FollowOptions): AsyncIterable<BatchEvent>;
  recommunicate(
    action: HttpAction & { scope: 'corrected' | 'all' | 'selected'; receivableIds?: number[] },
  ): Promise<ActionResult>;
  discard(action: HttpAction & { receivableIds: number[] }): Promise<ActionResult>;
  resolve(
    action: HttpAction &
      ({ receivableId: number } | { receivableIds: number[] }) & {
        decision: 'registered' | 'absent' | 'newNumber';
      },
  ): Promise<ActionResult>;
  reexamine(action?: HttpAction & { receivableIds?: number[] }): Promise<ActionResult>;
  pause(action?: HttpAction): Promise<ActionResult>;
  resume(action?: HttpAction): Promise<ActionResult>;
  /** Returns when the conclusion has begun; `result()` waits for its end. */
  conclude(action?: HttpAction): Promise<ConclusionBegun>;
  /** The report of a batch that ended. @throws ApiError `em_andamento` when it did not end within `withinMs` (60 s). */
  result(options?: { withinMs?: number }): Promise<BatchReport>;
}

export interface StartedHttpBatch extends HttpBatch {
  /** Set when it is stored but nobody works on it yet. */
  readonly warning: string | null;
}

export interface HttpBoletos {
  /** Starts a batch; returns when it is stored, whether or not a worker runs. */
  start(request: HttpStartRequest): Promise<StartedHttpBatch>;
  /** The batch of this id, without asking whether it exists. */
  batch(batchId: string): HttpBatch;
  /** Corrects a título, its customer or charge data, by the ERP's field names: `{cep: '01310-100'}`. */
  correct(
    receivableId: number,
    changes: Record<string, string>,
    options?: { reason?: string },
  ): Promise<HttpCorrection>;
  /**
   * Imports rows of the ERP, in calls of at most 50,000, and waits for them. What fits is taken; the report has the rest.
   * Filiais, carteiras and clientes come before the títulos that belong to them.
   */
  importRows(
    rows: Iterable<HttpImportRow> | AsyncIterable<HttpImportRow>,
    options: HttpImportOptions,
  ): Promise<HttpImportReport>;
  /** The same of a CSV of one type, in one call. `type` absent = told by its header. */
  importCsv(
    csv: string | Uint8Array,
    options: HttpImportOptions & { type?: HttpImportType },
  ): Promise<HttpImportReport>;
  /** One row by the ERP's own key, checked as an import of one line: makes it, or changes it; again it changes nothing. */
  putFilial(key: string | number, fields: HttpRowFields): Promise<HttpPutRow>;
  putCarteira(key: string | number, fields: HttpRowFields): Promise<HttpPutRow>;
  putCliente(key: string | number, fields: HttpRowFields): Promise<HttpPutRow>;
  putTitulo(key: string | number, fields: HttpRowFields): Promise<HttpPutRow>;
  filial(key: string | number): Promise<HttpStoredRow>;
  cliente(key: string | number): Promise<HttpStoredRow>;
  /** One page of results in the order of change, after a stored cursor. @throws ApiError `cursor_de_outro_registro` */
  registros(page?: { after?: string; limit?: number }): Promise<RegistrosPage>;
  /** Every result in the order of change, without an end; each with the cursor to store. */
  followRegistros(options?: FollowRegistrosOptions): AsyncIterable<HttpRegistro>;
}

/** The API over HTTP, with the same names as over Temporal. @throws ApiError `entrada_invalida` */
export function connectHttp(options: HttpOptions): HttpBoletos {
  const requests = apiRequests(options);
  return {
    async start({ carteiraId, filters = {}, idempotencyKey = randomUUID() }) {
      const { batchId, warning } = await requests.ask('POST /comunicacoes', {
        body: { carteiraId, filters },
        headers: { 'Idempotency-Key': idempotencyKey },
      });
      return { ...batchOf(requests, batchId), warning: warning ?? null };
    },
    batch: (batchId) => batchOf(requests, batchId),
    correct: (receivableId, changes, { reason } = {}) =>
      requests.ask('PATCH /titulos/{id}', {
        params: { id: receivableId },
        body: { changes, ...(reason === undefined ? {} : { reason }) },
      }),
    importRows: (rows, options) => importRows(requests.ask, rows, options),
    importCsv: (csv, options) => importCsv(requests.ask, csv, options),
    putFilial: (key, fields) => putRow(requests.ask, 'filial', key, fields),
    putCarteira: (key, fields) => putRow(requests.ask, 'carteira', key, fields),
    putCliente: (key, fields) => putRow(requests.ask, 'cliente', key, fields),
    putTitulo: (key, fields) => putRow(requests.ask, 'titulo', key, fields),
    filial: (key) => storedRow(requests.ask, 'filial', key),
    cliente: (key) => storedRow(requests.ask, 'cliente', key),
    registros: (page) => registrosPage(requests.ask, page),
    followRegistros: (options) => followRegistros(requests.ask, options),
  };
}

/** How the actions are called in addresses. */
const actions = {
  recommunicate: 'refazer',
  discard: 'descartar',
  resolve: 'resolver',
  reexamine: 'reexaminar',
  pause: 'pausar',
  resume: 'retomar',
  conclude: 'concluir',
} as const;

/** A batch that was just started is in the record as soon as a worker took it up. */
const TAKEN_UP_WITHIN_MS = 60_000;
const ENDED_WITHIN_MS = 60_000;

type BatchView = Answers['GET /comunicacoes/{batchId}'];
type ActionAnswer = Answers['POST /comunicacoes/{batchId}/acoes/concluir'];
type ActionBody = Bodies[`POST /comunicacoes/{batchId}/acoes/${(typeof actions)[keyof typeof actions]}`];

function batchOf({ ask, open }: ReturnType<typeof apiRequests>, batchId: string): HttpBatch {
  const params = { batchId };
  const read = () => ask('GET /comunicacoes/{batchId}', { params });
  const act = async (name: keyof typeof actions, action: HttpAction = {}): Promise<ActionAnswer> => {
    const body = { ...action, actionId: action.actionId ?? randomUUID() };
    return ask(`POST /comunicacoes/{batchId}/acoes/${actions[name]}`, { params, body: body as ActionBody });
  };

  return {
    batchId,
    running: async () => (await read()).concludedAt === null,
    progress: async () => toProgress(await read()),
    async *follow({ signal } = {}) {
      await takenUp(read);
      for await (const event of followEvents(open, batchId, { ...(signal && { signal }) })) {
        if (event.type !== 'progress') continue;
        yield fromEvent(batchId, event.progress);
        if (rests(event.progress)) return;
      }
    },
    async *events({ after = 0, signal } = {}) {
      await takenUp(read);
      yield* followEvents(open, batchId, { after, ...(signal && { signal }) });
    },
    recommunicate: (action) => act('recommunicate', action),
    discard: (action) => act('discard', action),
    resolve: (action) => act('resolve', action),
    reexamine: (action) => act('reexamine', action),
    pause: (action) => act('pause', action),
    resume: (action) => act('resume', action),
    conclude: async (action) => ({ unresolved: 0, ...(await act('conclude', action)) }),
    async result({ withinMs = ENDED_WITHIN_MS } = {}) {
      const until = Date.now() + withinMs;
      for (let waits = 0; ; waits += 1) {
        const view = await read();
        if (view.concludedAt !== null) return toReport(view);
        if (Date.now() > until)
          throw new ApiError(409, 'em_andamento', `a comunicação ${batchId} ainda está em andamento`, {
            hint: 'o que foi pedido continua valendo; acompanhe com follow()',
          });
        await sleep(Math.min(pauseMs(waits), 2_000));
      }
    },
  };
}

async function takenUp(read: () => Promise<unknown>): Promise<void> {
  const until = Date.now() + TAKEN_UP_WITHIN_MS;
  for (;;) {
    try {
      await read();
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404 || Date.now() > until) throw error;
      await sleep(500);
    }
  }
}

/** Nothing more happens by itself: a person is asked, or it is over. The record follows an action a moment later. */
function rests({ phase, concluding, paused, due }: ProgressEvent): boolean {
  if (phase === 'concluded') return true;
  if (concluding) return false;
  if (phase === 'paused') return paused;
  return phase === 'awaitingAdjustments' && due === 0;
}

function fromEvent(batchId: string, event: ProgressEvent): HttpBatchProgress {
  const {
    total,
    byState,
    corrected,
    reconciled,
    due: _due,
    lastSeq: _lastSeq,
    withoutPix: _withoutPix,
    ...rest
  } = event;
  return { batchId, ...rest, counts: { total, byState, corrected, reconciled } };
}

function toProgress(view: BatchView): HttpBatchProgress {
  const { batchId, phase, phaseLabel, round, paused, pauseReason, concluding, ratePerMinute, estimatedEndAt } = view;
  const { total, byState, corrected, reconciled } = view.counts;
  return {
    ...{ batchId, phase, phaseLabel, round, paused, pauseReason, concluding, ratePerMinute, estimatedEndAt },
    counts: { total, byState, corrected, reconciled },
  };
}

/** The same figures as record/engine/reports.ts makes of them. */
function toReport({
  batchId,
  leftOut,
  round,
  counts: { total, byState, reconciled, withoutPix },
}: BatchView): BatchReport {
  return {
    batchId,
    selected: total,
    leftOut: leftOut ?? 0,
    rounds: round,
    registered: byState.registered,
    discarded: byState.discarded,
    rejected: byState.rejected + byState.conflict,
    unconfirmed: byState.unconfirmed + byState.inProgress + byState.sending,
    skipped: byState.skipped,
    notSent: byState.pending + byState.deferred,
    reconciled,
    ...(withoutPix ? { withoutPix } : {}),
  };
}
