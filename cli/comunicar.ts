import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { Option, type Command } from 'commander';
import type { Knex } from 'knex';
import { readBatch, recordBatch } from '../record/batches/batches';
import { leftOutByReason } from '../record/batches/items';
import type { BatchHandle } from '../client/batchClient';
import { BatchError } from '../client/batchError';
import { hasWorker } from '../client/explainFailure';
import { newBatchId, refuseInvalid, startRecorded, type StartedBatch, type StartRequest } from '../client/startBatch';
import { followBatch } from './acompanhar';
import { parseBatchId, parseId } from './arguments';
import type { CliContext } from './context';
import { CliError } from './error';
import { addFilterOptions, toFilters, type FilterOptions } from './filterOptions';
import { leftOutText, type LeftOutCount } from './leftOutText';
import { simulate } from './simular';
import { counted } from '../words/text';
import { usableCarteira } from './usableCarteira';

/** Selecting a million títulos takes longer, and goes on without us. */
const SELECTED_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 250;
/** A worker at hand has begun by then; otherwise we ask whether there is one. */
const BEGUN_WITHIN_MS = 3_000;

interface Options extends FilterOptions {
  carteira: number;
  comunicacao?: string;
  acompanhar?: boolean;
  simular?: boolean;
  falhas?: boolean;
}

export function addComunicarCommand(program: Command, context: () => CliContext): void {
  const command = program
    .command('comunicar')
    .description('seleciona os títulos nunca comunicados de uma carteira e os registra no banco')
    .requiredOption('--carteira <id>', 'ID da carteira de cobrança', parseId);
  addFilterOptions(command)
    .option('--comunicacao <numero>', 'número desta comunicação; repetido, nada é iniciado de novo', parseBatchId)
    .option('--acompanhar', 'mostra o andamento até a comunicação esperar alguém ou terminar')
    .addOption(
      new Option('--simular', 'só confere: quantos estão prontos e o que falta corrigir; nada é enviado').conflicts([
        'comunicacao',
        'acompanhar',
      ]),
    )
    .option('--falhas', 'com --simular: cada título com pendência, em vez do resumo')
    .action((options: Options) => (options.simular ? simulate : communicate)(context(), options));
}

async function communicate(context: CliContext, options: Options): Promise<void> {
  if (options.falhas)
    throw new CliError(
      2,
      'opcoes_em_conflito',
      'a opção --falhas só vale com --simular',
      'as falhas de uma comunicação: boletos comunicacao NUMERO --falhas',
    );
  const filters = toFilters(options);
  const knex = await context.database();
  await usableCarteira(knex, options.carteira);
  const client = await context.temporal();
  const batch = await start(context, client, {
    batchId: options.comunicacao ?? newBatchId(),
    carteiraId: options.carteira,
    filters,
    by: await context.by(),
  });
  const { batchId, warning } = batch;
  if (warning) context.note(warning);
  context.note(`Comunicação ${batchId} iniciada.`);

  const selection = await waitForSelection(knex, client, batch);
  if (!selection) {
    const worker = await hasWorker(client);
    context.print({ batchId, selected: null, leftOut: null, leftOutByReason: [], worker }, notYet(batchId, worker));
  } else {
    const reasons = await leftOutByReason(knex, batchId);
    if (selection.selected === 0) throw emptySelection(batchId, reasons);
    const lines = [
      `Comunicação ${batchId}: ${counted(selection.selected, 'título selecionado', 'títulos selecionados')}, ${counted(selection.leftOut, 'deixado de fora', 'deixados de fora')}.`,
      ...reasons.map((reason) => `  ${leftOutText(reason)}`),
    ];
    context.print({ batchId, ...selection, leftOutByReason: reasons, worker: true }, lines.join('\n'));
    if (!options.acompanhar) context.note(`Para acompanhar: boletos acompanhar ${batchId}`);
  }
  if (options.acompanhar) await followBatch(context, batchId);
}

/** In the record first: its filters and who asks are known from there. */
async function start(context: CliContext, client: Client, batch: Required<StartRequest>): Promise<StartedBatch> {
  refuseInvalid(batch);
  const refused = await recordBatch(await context.database(), batch);
  if (refused)
    throw new CliError(1, snakeCase(refused.refused), refused.message, 'veja as que existem com: boletos comunicacoes');
  try {
    return await startRecorded(client, batch);
  } catch (error) {
    if (!(error instanceof BatchError) || error.code === 'comunicacao_ja_iniciada') throw error;
    const kept = `a comunicação ${batch.batchId} está guardada no registro, e um worker a inicia sozinho em minutos`;
    throw new BatchError(error.code, error.message, `${kept}; ${error.hint}`, { cause: error });
  }
}

function snakeCase(code: string): string {
  return code.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** @returns null when nobody selected in time. @throws BatchError when the workflow failed instead. */
async function waitForSelection(
  knex: Knex,
  client: Client,
  batch: BatchHandle,
): Promise<{ selected: number; leftOut: number } | null> {
  const startedAt = performance.now();
  for (;;) {
    const stored = await readBatch(knex, batch.batchId);
    if (stored && stored.selected !== null) return { selected: stored.selected, leftOut: stored.leftOut ?? 0 };
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > BEGUN_WITHIN_MS) {
      if (!(await batch.running())) await batch.result();
      if (!(await hasWorker(client))) return null;
    }
    if (waitedMs > SELECTED_WITHIN_MS) return null;
    await sleep(LOOK_EVERY_MS);
  }
}

function notYet(batchId: string, worker: boolean): string {
  const where = `A comunicação ${batchId} está guardada`;
  return worker
    ? `${where} e a seleção ainda está em andamento. Para acompanhar: boletos acompanhar ${batchId}`
    : `${where}, mas nenhum worker está em execução: ela começa sozinha quando um worker iniciar (npm start).`;
}

function emptySelection(batchId: string, reasons: LeftOutCount[]): CliError {
  return reasons.length === 0
    ? new CliError(
        1,
        'selecao_vazia',
        `nenhum título nunca comunicado atende aos filtros (comunicação ${batchId})`,
        'confira a carteira e os filtros, e se os títulos já foram importados',
      )
    : new CliError(
        1,
        'selecao_vazia',
        `nenhum título foi selecionado (comunicação ${batchId}); deixados de fora: ${reasons.map(leftOutText).join('; ')}`,
        'libere os títulos, espere a outra comunicação terminar, ou mude os filtros',
      );
}
