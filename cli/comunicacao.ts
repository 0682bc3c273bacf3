import { Option, type Command } from 'commander';
import type { Knex } from 'knex';
import {
  batchFailures,
  batchItems,
  failuresByCause,
  leftOutByReason,
  type FailureCause,
  type ItemView,
} from '../record/batches/items';
import type { BatchView } from '../record/batches/batches';
import { receivableNames } from '../record/receivables/erpKeys';
import { actorLabels } from '../domain/kinds/actors';
import { nameOf } from '../domain/receivable/erpKey';
import { leftOutLabels } from '../domain/batch/filters';
import { lookAnswer } from '../domain/boleto/lastLook';
import { phaseLabels } from '../domain/batch/phases';
import { mismatchWords } from '../domain/boleto/registrationCheck';
import { itemLabels, itemStates } from '../domain/boleto/states';
import { explain } from '../gateways/catalogue';
import { describeFailure, type Failure } from '../words/describeFailure';
import { describeFilters } from '../words/describeFilters';
import { parseBatchId } from './arguments';
import type { CliContext } from './context';
import { leftOutText, type LeftOutCount } from './leftOutText';
import { printList } from './output';
import { existingBatch } from './readBatch';
import { count, counted, date, instant, reais, table, type Column } from '../words/text';
import { whatNext } from './whatNext';

/** Also the largest number of rows aligned with each other. */
const PAGE = 500;

interface Options {
  falhas?: boolean;
  porCausa?: boolean;
  itens?: boolean;
  semPix?: boolean;
}

export function addComunicacaoCommand(program: Command, context: () => CliContext): void {
  program
    .command('comunicacao')
    .description('mostra uma comunicação: fase, quantidades e o que falhou')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .option('--falhas', 'cada título que falhou, com a causa e quem corrige')
    .addOption(new Option('--por-causa', 'as falhas agrupadas por causa').conflicts('falhas'))
    .addOption(new Option('--itens', 'todos os títulos da comunicação').conflicts(['falhas', 'porCausa']))
    .addOption(
      new Option('--sem-pix', 'os registrados sem o Pix que a carteira pede').conflicts([
        'falhas',
        'porCausa',
        'itens',
      ]),
    )
    .action((batchId: string, options: Options) => show(context(), batchId, options));
}

async function show(context: CliContext, batchId: string, options: Options): Promise<void> {
  const knex = await context.database();
  const batch = await existingBatch(knex, batchId);
  if (options.falhas)
    return await printItems(
      context,
      (items) => table(items, failureColumns, (item) => [...explained(item), ...asked(item)]),
      (cursor) => batchFailures(knex, batchId, { cursor, limit: PAGE }),
    );
  if (options.itens || options.semPix)
    return await printItems(
      context,
      (items) => table(items, itemColumns),
      (cursor) => batchItems(knex, batchId, { cursor, limit: PAGE, withoutPix: options.semPix }),
    );
  if (options.porCausa) return await printCauses(context, knex, await failuresByCause(knex, batchId));
  await printBatch(context, knex, batch);
}

async function printBatch(context: CliContext, knex: Knex, batch: BatchView): Promise<void> {
  const leftOut = await leftOutByReason(knex, batch.batchId);
  context.print({ ...batch, leftOutByReason: leftOut }, batchText(batch, leftOut));
}

function batchText(batch: BatchView, leftOut: LeftOutCount[]): string {
  const { byState, total, corrected, reconciled, withoutPix = 0 } = batch.counts;
  const lines = [
    `Comunicação ${batch.batchId} · ${batch.concluding ? 'Concluindo' : phaseLabels[batch.phase]} · rodada ${batch.round}`,
    `Carteira    ${batch.carteiraId} ${batch.carteira}${batch.gateway ? ` (${batch.gateway})` : ''}`,
    `Filtros     ${describeFilters(batch.filters).join(' · ')}`,
    `Pedida      ${instant(batch.createdAt)} por ${actorText(batch.requestedByName, batch.requestedBy)}`,
  ];
  if (batch.concludedAt)
    lines.push(
      `Concluída   ${instant(batch.concludedAt)} por ${actorText(batch.concludedByName, batch.concludedBy ?? '')}`,
    );
  lines.push(
    '',
    ...itemStates
      .filter((state) => byState[state] > 0)
      .map((state) => `  ${count(byState[state]).padStart(9)}  ${itemLabels[state]}`),
  );
  lines.push(`  ${count(total).padStart(9)}  Total selecionado`);
  if (corrected > 0) lines.push('', `Corrigidos, prontos para refazer: ${count(corrected)}`);
  if (reconciled > 0) lines.push('', `Confirmados por consulta, sem novo envio: ${count(reconciled)}`);
  if (withoutPix > 0)
    lines.push('', `Registrados sem Pix: ${count(withoutPix)} (é buscado no banco; veja com --sem-pix)`);
  if (leftOut.length > 0) lines.push('', 'Deixados de fora:', ...leftOut.map((reason) => `  ${leftOutText(reason)}`));
  for (const alert of batch.alerts) lines.push('', `Atenção em ${date(alert.day)}: ${alert.message}`);
  lines.push('', whatNext({ ...batch, byState }));
  return lines.join('\n');
}

function actorText(name: string | null, id: string): string {
  return name ?? actorLabels[id] ?? id;
}

async function printItems(
  context: CliContext,
  text: (items: ItemView[]) => string,
  page: (cursor: number) => Promise<ItemView[]>,
): Promise<void> {
  let shown = 0;
  for (let cursor = 0; ;) {
    const items = await page(cursor);
    if (items.length > 0) printList(context, items.map(described), text(items));
    shown += items.length;
    cursor = items.at(-1)?.ordinal ?? cursor;
    if (items.length < PAGE) break;
  }
  context.note(shown === 0 ? 'Nenhum título.' : counted(shown, 'título', 'títulos'));
}

/** The row as programs get it. */
function described<Row extends Failure>(row: Row) {
  const { cause = null, known = null, whoFixes = null, advice = null } = describeFailure(explain, row) ?? {};
  return { ...row, whoFixes, cause, known, advice };
}

/** What it means and what to do; beneath, what the bank said. */
function explained(failure: Failure): string[] {
  const described = describeFailure(explain, failure);
  if (!described) return [];
  const words = [failure.providerCode, failure.providerMessage].filter(Boolean).join(' ');
  return [described.cause, `o que fazer: ${described.advice}`, ...(words ? [`texto original: ${words}`] : [])];
}

/** Beside what a person decides: by which number the bank knows it, and what it said last. */
function asked({ ourNumber, lastLook, proposal }: ItemView): string[] {
  return [
    ...(proposal ? [`proposta: ${proposal.field}=${proposal.value}`] : []),
    ...(ourNumber ? [`nosso número: ${ourNumber}`] : []),
    ...(lastLook ? [`última consulta, ${instant(new Date(lastLook.at))}: ${lookAnswer(lastLook)}`] : []),
  ];
}

const itemColumns: Column<ItemView>[] = [
  { title: 'ID da cobrança', value: ({ receivableId: id, erpKey }) => nameOf({ id, erpKey }), right: true },
  { title: 'Pagador', value: (item) => item.customerName, max: 32 },
  { title: 'Valor', value: (item) => reais(item.amountCents), right: true },
  { title: 'Vencimento', value: (item) => date(item.dueDate) },
  { title: 'Situação', value: (item) => itemLabels[item.state] },
  { title: 'Nosso número', value: (item) => item.ourNumber ?? '' },
  { title: 'Observação', value: remark },
];

/** Why it was not sent, or what is peculiar about a registered one. */
function remark(item: ItemView): string {
  if (item.state === 'skipped') return skippedWords(item.providerCode);
  if (item.state !== 'registered') return '';
  return [
    ...(item.homologation ? ['homologação: sem valor'] : []),
    ...(item.divergence ? [`aceito, embora ${mismatchWords(item.divergence)}`] : []),
    ...(item.olderData ? ['registrado com dados anteriores'] : []),
    ...(item.withoutPix ? ['sem Pix'] : []),
  ].join('; ');
}

const whoColumn: Column<Failure> = {
  title: 'Quem corrige',
  value: (failure) => describeFailure(explain, failure)?.whoFixes ?? '',
};
const fieldColumn: Column<Failure> = {
  title: 'Campo',
  value: (failure) => describeFailure(explain, failure)?.fieldName ?? '',
};

const failureColumns: Column<ItemView>[] = [
  ...itemColumns.slice(0, 4),
  { title: 'Situação', value: (item) => (item.corrected ? 'Corrigido' : itemLabels[item.state]) },
  whoColumn,
  fieldColumn,
];

async function printCauses(context: CliContext, knex: Knex, causes: FailureCause[]): Promise<void> {
  const nameOfId = await receivableNames(
    knex,
    causes.flatMap(({ receivableIds }) => receivableIds),
  );
  printList(
    context,
    causes.map(described),
    causes.length === 0
      ? 'Nenhuma falha.'
      : table<FailureCause>(
          causes,
          [
            { title: 'Títulos', value: (cause) => count(cause.count), right: true },
            { title: 'Corrigidos', value: (cause) => count(cause.corrected), right: true },
            { title: 'Situação', value: (cause) => itemLabels[cause.state] },
            whoColumn,
            fieldColumn,
            { title: 'IDs da cobrança', value: (cause) => firstIds(cause, nameOfId) },
            { title: 'Chave', value: ({ key }) => key.slice(0, 8) },
          ],
          explained,
        ),
  );
}

const skippedReasons: Record<string, string> = {
  ...leftOutLabels,
  carteiraChanged: 'mudou de carteira',
  concluded: 'a comunicação foi concluída antes do envio',
};

function skippedWords(code: string | null): string {
  return skippedReasons[code ?? ''] ?? code ?? '';
}

function firstIds({ receivableIds, count: all }: FailureCause, nameOfId: (id: number) => string): string {
  const shown = receivableIds.slice(0, 5).map(nameOfId);
  return shown.join(', ') + (all > shown.length ? ' …' : '');
}
