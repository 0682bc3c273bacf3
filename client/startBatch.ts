import { randomBytes } from 'node:crypto';
import { isGrpcServiceError, type Client } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';
import type { BatchInput } from '../domain/batch/batch';
import { saoPauloDate } from '../domain/kinds/dates';
import { contradictions, type BatchFilters } from '../domain/batch/filters';
import { getBatch, type BatchHandle } from './batchClient';
import { BatchError } from './batchError';
import { describeFilters } from '../words/describeFilters';
import { explainFailure } from './explainFailure';
import { BATCH_ID, LOGIN, TASK_QUEUE, WORKFLOW_TYPE, workflowId } from '../domain/batch/names';

const START_WITHIN_MS = 10_000;
const GRPC_INVALID_ARGUMENT = 3;

export interface StartRequest {
  /** Letters, digits, `.`, `_`, `-`, at most 64; made when absent. Give your own to press the button twice safely. */
  batchId?: string;
  carteiraId: number;
  filters: BatchFilters;
  /** Opaque login id of the person, never a name. */
  by: string;
}

export interface StartedBatch extends BatchHandle {
  /** Set when the namespace lacks our search attributes: the batch runs, lists cannot filter by them. */
  readonly warning: string | null;
}

/**
 * Starts a batch; returns when Temporal has stored it, whether or not a worker runs.
 * @throws BatchError `comunicacao_ja_iniciada`, `entrada_invalida`, `temporal_inacessivel`, `namespace_inexistente`
 */
export async function startBatch(client: Client, request: StartRequest): Promise<StartedBatch> {
  const batch = { ...request, batchId: request.batchId ?? newBatchId() };
  refuseInvalid(batch);
  const { batchId, carteiraId, filters, by } = batch;
  return start(client, { batchId, carteiraId, filters, by }, batch);
}

/** A batch that is in the record: its filters and who asked for it are read from there, and stay out of Temporal. */
export async function startRecorded(client: Client, batch: Required<StartRequest>): Promise<StartedBatch> {
  const { batchId, carteiraId, by } = batch;
  return start(client, { batchId, carteiraId, by }, batch);
}

async function start(client: Client, input: BatchInput, batch: Required<StartRequest>): Promise<StartedBatch> {
  const { batchId, carteiraId } = input;
  const startWith = (typedSearchAttributes: SearchAttributePair[]) =>
    client.withDeadline(Date.now() + START_WITHIN_MS, () =>
      client.workflow.start(WORKFLOW_TYPE, {
        workflowId: workflowId(batchId),
        taskQueue: TASK_QUEUE,
        args: [input],
        // An ended batch is history: the same id never runs twice.
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        staticSummary: `Comunicação de boletos · carteira ${carteiraId}`,
        staticDetails: staticDetails(batch),
        typedSearchAttributes,
      }),
    );
  let warning: string | null = null;
  try {
    await startWith(searchAttributes(input)).catch(async (error: unknown) => {
      if (!lacksSearchAttributes(error)) throw error;
      warning =
        'o namespace não tem os search attributes Boleto…: a comunicação roda, mas não pode ser filtrada por eles';
      await startWith([]);
    });
  } catch (error) {
    throw await explainFailure(client, batchId, error);
  }
  return { ...getBatch(client, batchId), warning };
}

/** Short enough to be read out on the telephone: day in São Paulo and 8 random characters. */
export function newBatchId(): string {
  return `${saoPauloDate(new Date()).replaceAll('-', '')}-${randomBytes(4).toString('hex')}`;
}

/** @throws BatchError `entrada_invalida` */
export function refuseInvalid({ batchId, by, filters }: Required<StartRequest>): void {
  const refuse = (message: string, hint: string) => {
    throw new BatchError('entrada_invalida', message, hint);
  };
  if (!BATCH_ID.test(batchId))
    refuse('o número da comunicação tem caracteres não aceitos', 'use até 64 letras, dígitos, ponto, _ e -');
  if (!LOGIN.test(by))
    refuse('o login tem caracteres não aceitos', 'use até 64 letras, dígitos, ponto, _ e -, nunca um e-mail');
  const [contradiction] = contradictions(filters);
  if (contradiction)
    refuse(`os filtros se contradizem: ${contradiction}`, 'corrija os filtros: nenhum título atende aos dois');
}

function searchAttributes({ carteiraId, by }: BatchInput): SearchAttributePair[] {
  const keyword = (name: string, value: string) => ({
    key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
    value,
  });
  return [
    keyword('BoletoCarteira', String(carteiraId)),
    keyword('BoletoOperator', by),
    keyword('BoletoPhase', 'selecting'),
  ];
}

function lacksSearchAttributes(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return isGrpcServiceError(cause) && cause.code === GRPC_INVALID_ARGUMENT && /search attribute/i.test(cause.details);
}

/** Markdown for the Temporal Web UI. Of the filters dates, amounts and ids alone: what people typed is in the record. */
function staticDetails({ batchId, carteiraId, filters, by }: Required<StartRequest>): string {
  const { chargeType, lote, city, district, cep, ...told } = filters;
  const untold = [chargeType, lote, city, district, cep].some((filter) => filter !== undefined);
  return [
    `**Comunicação ${batchId}**, pedida por ${by}`,
    '',
    `- Carteira de cobrança: ${carteiraId}`,
    ...describeFilters(told).map((phrase) => `- ${phrase}`),
    ...(untold ? ['- Outros filtros: no registro'] : []),
  ].join('\n');
}
