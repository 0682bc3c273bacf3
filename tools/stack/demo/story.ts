import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { getBatch, type BatchHandle } from '../../../client/batchClient';
import { measure, progressLine } from '../../../cli/progressLine';
import { counted } from '../../../words/text';
import { explain } from '../../../gateways/catalogue';
import { describeFailure } from '../../../words/describeFailure';
import { newBatchId, startRecorded } from '../../../client/startBatch';
import type { SecretBox } from '../../../config/secrets';
import { recordRequest } from '../../../record/engine/actionRequests';
import { readBatch, recordBatch } from '../../../record/batches/batches';
import type { Manifests } from '../../../domain/manifest';
import { defineGatewayAccount } from '../../../record/accounts/defineAccount';
import { correctReceivable } from '../../../record/receivables/corrections';
import { dryRun } from '../../../record/engine/dryRun';
import { importFile } from '../../../record/importing/importFile';
import type { ImportType } from '../../../domain/receivable/imports';
import { failuresByCause, leftOutByReason, pendingItems, type FailureCause } from '../../../record/batches/items';
import { operatorId } from '../../../record/access/people';
import type { BatchReport } from '../../../domain/batch/batch';
import { previaRows } from '../../../domain/catalogue/previa';
import { leftOutLabels } from '../../../domain/batch/filters';
import { formatReais, type Cents } from '../../../domain/kinds/money';
import { itemLabels } from '../../../domain/boleto/states';
import { DEMO_CARTEIRA, type ExampleFiles, type Examples } from '../../../examples/generate';
import { bancoDoBrasilCodec } from '../../../gateways/bancoDoBrasil/codec';
import { knownCodec } from '../../../gateways';
import type { Say } from '../say';

/** Login of the operator of the demo. */
const OPERATOR = 'operador-demo';
const PROGRESS_EVERY_MS = 2_000;
/** A batch that does not move on within this is a defect of ours. */
const PATIENCE_MS = 10 * 60_000;

export interface Scene {
  knex: Knex;
  client: Client;
  secretBox: SecretBox;
  manifests: Manifests;
  /** Origin of the simulated bank. */
  bankOrigin: string;
  say: Say;
}

export interface Ending {
  batchId: string;
  report: BatchReport;
  corrections: number;
  /** Failures of the first round by code: the prévia's, or the bank's own. */
  causes: Record<string, number>;
}

/** Brings the month of the invented provider in, and ties its carteira to the bank. */
export async function prepareRecord(scene: Scene, files: ExampleFiles): Promise<void> {
  const { knex, secretBox, say } = scene;
  for (const path of files.imports) {
    const result = await importFile(knex, { path, by: await operatorId(knex, OPERATOR), allOrNothing: true });
    if (result.kind !== 'imported') throw new Error(`os exemplos não foram importados: ${JSON.stringify(result)}`);
    const counts = Object.entries(result.counts).filter(([, { new: added }]) => added > 0);
    say(`  importado: ${counts.map(([type, { new: added }]) => imported(type as ImportType, added)).join(', ')}`);
  }
  const defined = await defineGatewayAccount(knex, secretBox, scene.manifests, {
    carteiraId: DEMO_CARTEIRA,
    gateway: 'banco-do-brasil',
    baseUrl: `${scene.bankOrigin}/cobrancas/v2`,
    authUrl: `${scene.bankOrigin}/oauth/token`,
    convenio: '3128557',
    // The pair that every simulator of ours accepts; no bank does.
    credentials: { clientId: 'simulado', clientSecret: 'segredo-simulado', appKey: 'chave-simulada' },
    limits: { register: { calls: 40, windowMs: 1_000 }, read: { calls: 20, windowMs: 1_000 } },
    by: await operatorId(knex, OPERATOR),
  });
  if (defined.kind !== 'defined') throw new Error(`a conta do gateway não foi definida: ${JSON.stringify(defined)}`);
}

const importWords: Record<ImportType, [one: string, many: string]> = {
  filial: ['filial', 'filiais'],
  carteira: ['carteira', 'carteiras'],
  cliente: ['cliente', 'clientes'],
  titulo: ['título', 'títulos'],
};

function imported(type: ImportType, number: number): string {
  return counted(number, ...importWords[type]);
}

/** The operator's whole job: simulate, communicate all the same, see what was refused and why, correct, communicate those again, conclude. */
export async function runStory(scene: Scene, examples: Examples): Promise<Ending> {
  const { client, knex, say } = scene;
  await tellSimulation(scene);
  say('\nEmissão de Boletos · carteira 1 · Impresso = Não · Comunicação com Gateway');
  const by = await operatorId(knex, OPERATOR);
  const asked = { batchId: newBatchId(), carteiraId: DEMO_CARTEIRA, filters: {}, by };
  const refused = await recordBatch(knex, asked);
  if (refused) throw new Error(refused.message);
  const started = await startRecorded(client, asked);
  const { batchId } = started;
  await untilItRests(scene, batchId);
  await tellLeftOut(scene, batchId);

  const failures = await failuresByCause(scene.knex, batchId);
  tellFailures(say, failures);
  const corrections = await correct(scene, getBatch(client, batchId), examples);

  say('\nRefazer a comunicação, somente os corrigidos');
  await started.recommunicate({ ...(await ask(knex, batchId, 'recommunicate', by)), scope: 'corrected' });
  await untilItRests(scene, batchId);

  const rest = await failuresByCause(scene.knex, batchId);
  const hopeless = rest.flatMap(({ receivableIds }) => receivableIds);
  if (hopeless.length > 0) {
    tellFailures(say, rest);
    say(`\nDescartar ${hopeless.length} que só o cliente pode resolver (ficam Impresso = Não): ${hopeless.join(', ')}`);
    const told = await ask(knex, batchId, 'discard', by);
    await started.discard({ ...told, receivableIds: hopeless, reasonCode: 'pagador-irregular' });
  }
  const report = await started.result({ withinMs: PATIENCE_MS });
  return { batchId, report, corrections, causes: countCauses(failures) };
}

/** Who asks is in the record before Temporal hears of it, as with the screens and the command line. */
async function ask(knex: Knex, batchId: string, kind: string, by: string): Promise<{ by: string; actionId: string }> {
  const actionId = randomUUID();
  await recordRequest(knex, { batchId, actionIds: [actionId], kind, by });
  return { by, actionId };
}

async function untilItRests({ knex, say }: Scene, batchId: string): Promise<void> {
  const samples: Parameters<typeof measure>[0][number][] = [];
  const until = performance.now() + PATIENCE_MS;
  let toldAt = 0;
  while (performance.now() < until) {
    const [batch, items] = await Promise.all([readBatch(knex, batchId), pendingItems(knex, batchId)]);
    if (batch && items) {
      samples.push({ atMs: performance.now(), batch, pending: items.pending });
      const rests =
        ['concluded', 'paused'].includes(batch.phase) || (batch.phase === 'awaitingAdjustments' && items.pending === 0);
      if (rests || performance.now() - toldAt > PROGRESS_EVERY_MS) {
        say(`  ${progressLine(measure(samples))}`);
        toldAt = performance.now();
      }
      if (rests) return;
    }
    await sleep(200);
  }
  throw new Error(`a comunicação ${batchId} não chegou ao fim em ${PATIENCE_MS / 60_000} minutos`);
}

/** What is wrong in the cadastro is known before the bank is called; communicated all the same, it stops nobody else. */
async function tellSimulation({ knex, say }: Scene): Promise<void> {
  const { ready, pending, causes } = await dryRun(knex, bancoDoBrasilCodec, { carteiraId: DEMO_CARTEIRA, filters: {} });
  say('\nSimulação, antes de comunicar (nada é enviado):');
  say(`  ${ready.count} prontos, ${formatReais(ready.amountCents as Cents)} · ${pending.count} com pendência:`);
  for (const { code, count } of causes) say(`  ${String(count).padStart(3)} × ${previaRows[code].cause}`);
}

async function tellLeftOut({ knex, say }: Scene, batchId: string): Promise<void> {
  const reasons = await leftOutByReason(knex, batchId);
  if (reasons.length > 0)
    say(`  fora da seleção: ${reasons.map(({ reason, count }) => `${count} ${leftOutLabels[reason]}`).join(', ')}`);
}

function tellFailures(say: Say, failures: readonly FailureCause[]): void {
  say('\nO que falhou, por causa:');
  for (const failure of failures) {
    const { state, count, receivableIds, providerCode, providerMessage } = failure;
    const described = describeFailure(explain, failure);
    const ids = receivableIds.slice(0, 6).join(', ');
    const by = Object.hasOwn(previaRows, providerCode ?? '') ? 'antes do envio' : 'pelo banco';
    say(`  ${count} × ${itemLabels[state]}, ${by} · ID da cobrança: ${ids}`);
    if (described) {
      const { cause, whoFixes, fieldName, advice } = described;
      say(`      ${cause} Quem corrige: ${whoFixes}${fieldName ? `, campo ${fieldName}` : ''}. ${advice}`);
    }
    say(`      texto original: ${providerCode ?? ''} ${providerMessage ?? ''}`);
  }
}

async function correct({ knex, say }: Scene, batch: BatchHandle, examples: Examples): Promise<number> {
  let corrections = 0;
  for (const { receivableId, changes } of examples.corrections) {
    const result = await correctReceivable(
      knex,
      {
        receivableId,
        changes,
        by: await operatorId(knex, OPERATOR),
        reason: 'conferido com o cliente',
      },
      knownCodec,
    );
    if (result.kind !== 'corrected')
      throw new Error(`a correção de ${receivableId} foi recusada: ${JSON.stringify(result)}`);
    await batch.corrected(receivableId);
    corrections += 1;
  }
  say(`\nLocalizar e corrigir em Contas a Receber: ${corrections} títulos corrigidos`);
  return corrections;
}

function countCauses(failures: readonly FailureCause[]): Record<string, number> {
  const causes: Record<string, number> = {};
  for (const { providerCode, failureKind, count } of failures) {
    const cause = providerCode ?? failureKind ?? 'desconhecida';
    causes[cause] = (causes[cause] ?? 0) + count;
  }
  return causes;
}
