import type { Knex } from 'knex';
import { SecretsKeyError } from '../config/secrets';
import { hasCredentials } from '../record/accounts/carteiras';
import { dryRun, type DefectiveTitulo } from '../record/engine/dryRun';
import { receivableNames } from '../record/receivables/erpKeys';
import { previaRows } from '../domain/catalogue/previa';
import type { DryRun, Total } from '../domain/batch/dryRun';
import { nameOf } from '../domain/receivable/erpKey';
import { neededCredentials, type GatewayManifest } from '../domain/manifest';
import { previaDefect } from '../domain/boleto/previa';
import { manifestOf, manifests } from '../gateways';
import { explainDefect, type DefectExplanation } from '../words/explainDefect';
import type { CliContext } from './context';
import { CliError } from './error';
import { toFilters, type FilterOptions } from './filterOptions';
import { leftOutText } from './leftOutText';
import { printList } from './output';
import { count, counted, date, reais, table, type Column } from '../words/text';
import { usableCarteira, type UsableCarteira } from './usableCarteira';

interface Options extends FilterOptions {
  carteira: number;
  falhas?: boolean;
}

/** `comunicar --simular`: what a communication with these filters would find. Needs the record only, and writes nothing. */
export async function simulate(context: CliContext, options: Options): Promise<void> {
  const filters = toFilters(options);
  const knex = await context.database();
  const carteira = await usableCarteira(knex, options.carteira);
  const manifest = knownManifest(carteira);
  const { codec } = manifest;
  const credentials = await checkCredentials(context, knex, carteira.accountId, manifest);
  if (credentials === 'notChecked')
    context.note('A credencial não foi conferida: a chave que a protege (SECRETS_KEY) não está à mão.');
  const ofAll = credentials === 'incomplete' ? [previaDefect('credencialIncompleta')] : [];
  const request = { carteiraId: carteira.id, filters, ofAll };
  if (options.falhas) {
    const result = await dryRun(knex, codec, request, (titulos) => printDefective(context, carteira, titulos));
    context.note(
      `${counted(result.pending.count, 'título com pendência', 'títulos com pendência')}; nada foi enviado.`,
    );
  } else {
    const result = await dryRun(knex, codec, request);
    const ids = result.causes.flatMap(({ receivableIds }) => receivableIds);
    printSummary(context, carteira, result, { credentials, nameOfId: await receivableNames(knex, ids) });
  }
}

function knownManifest({ id, gateway }: UsableCarteira): GatewayManifest {
  const manifest = manifestOf(gateway);
  if (manifest) return manifest;
  throw new CliError(
    1,
    'gateway_desconhecido',
    `a carteira ${id} usa o gateway ${gateway}, que não é conhecido aqui`,
    `os conhecidos são: ${Object.keys(manifests).join(', ')}`,
  );
}

type Credentials = 'complete' | 'incomplete' | 'notChecked';

async function checkCredentials(
  context: CliContext,
  knex: Knex,
  accountId: number,
  manifest: GatewayManifest,
): Promise<Credentials> {
  try {
    const needed = neededCredentials(manifest);
    return (await hasCredentials(knex, context.secretBox(), accountId, needed)) ? 'complete' : 'incomplete';
  } catch (error) {
    if (error instanceof SecretsKeyError || (error instanceof CliError && error.code === 'sem_chave'))
      return 'notChecked';
    throw error;
  }
}

function printDefective(context: CliContext, carteira: UsableCarteira, titulos: readonly DefectiveTitulo[]): void {
  const rows = titulos.map((titulo) => ({
    ...titulo,
    defects: titulo.defects.map((defect) => ({
      ...explainDefect(defect, carteira.addressSource),
      message: defect.message,
    })),
  }));
  type Row = (typeof rows)[number];
  const perDefect = (value: (defect: Row['defects'][number]) => string) => (row: Row) =>
    [...new Set(row.defects.map(value))].join(' · ');
  const columns: Column<Row>[] = [
    { title: 'ID da cobrança', value: ({ receivableId: id, erpKey }) => nameOf({ id, erpKey }), right: true },
    { title: 'Pagador', value: (row) => row.customerName, max: 32 },
    { title: 'Valor', value: (row) => reais(row.amountCents), right: true },
    { title: 'Vencimento', value: (row) => date(row.dueDate) },
    { title: 'Campo', value: perDefect(({ erpField }) => erpField) },
    { title: 'Quem corrige', value: perDefect(({ whoFixes }) => whoFixes) },
    { title: 'O que está errado', value: perDefect(({ message }) => message) },
  ];
  printList(context, rows, table(rows, columns));
}

interface SummaryWords {
  credentials: Credentials;
  /** What a título is called by. */
  nameOfId: (id: number) => string;
}

function printSummary(
  context: CliContext,
  carteira: UsableCarteira,
  result: DryRun,
  { credentials, nameOfId }: SummaryWords,
): void {
  const { ready, pending, uncertain, leftOut } = result;
  const causes = result.causes.map(({ code, field, count: howMany, receivableIds }) => ({
    ...explainDefect({ code, field }, carteira.addressSource),
    count: howMany,
    receivableIds,
  }));
  const leftOutByReason = result.leftOutByReason.map((group) => {
    const { cause, advice } = previaRows[group.reason];
    return { ...group, cause, advice };
  });
  const selected = ready.count + pending.count + uncertain.count;
  const value = { carteiraId: carteira.id, gateway: carteira.gateway, credentials, selected };
  const lines = [
    `Simulação da carteira ${carteira.id} ${carteira.description} (${carteira.gateway}): nada foi enviado nem alterado.`,
    '',
    totalLine(ready, 'pronto', 'prontos'),
    totalLine(pending, 'com pendência', 'com pendência'),
    ...(uncertain.count > 0
      ? [
          `${totalLine(uncertain, 'incerto', 'incertos')} (uma chamada anterior sem fim certo: o banco é consultado antes)`,
        ]
      : []),
  ];
  if (causes.length > 0) lines.push('', 'Pendências, por causa:', table(causes, causeColumns(nameOfId)));
  if (leftOut.count > 0)
    lines.push(
      '',
      'Ficariam de fora:',
      ...leftOutByReason.map((group) => `  ${leftOutText(group)} · ${reais(group.amountCents)}`),
    );
  if (pending.count > 0) lines.push('', 'Cada título com pendência: repita o comando com --falhas');
  context.print({ ...value, ready, pending, uncertain, causes, leftOut, leftOutByReason }, lines.join('\n'));
}

function totalLine({ count: howMany, amountCents, nearestDueDate }: Total, one: string, many: string): string {
  const due = nearestDueDate === null ? '' : ` · ${reais(amountCents)} · primeiro vencimento ${date(nearestDueDate)}`;
  return `  ${counted(howMany, one, many)}${due}`;
}

const causeColumns = (
  nameOfId: (id: number) => string,
): Column<DefectExplanation & { count: number; receivableIds: number[] }>[] => [
  { title: 'Títulos', value: (cause) => count(cause.count), right: true },
  { title: 'Causa', value: (cause) => cause.cause },
  { title: 'Campo', value: (cause) => cause.erpField },
  { title: 'Quem corrige', value: (cause) => cause.whoFixes },
  { title: 'IDs da cobrança', value: ({ receivableIds, count: all }) => firstIds(receivableIds.map(nameOfId), all) },
  { title: 'O que fazer', value: (cause) => cause.advice },
];

const IDS_SHOWN = 5;

function firstIds(receivableIds: readonly string[], all: number): string {
  return receivableIds.slice(0, IDS_SHOWN).join(', ') + (all > IDS_SHOWN ? ' …' : '');
}
