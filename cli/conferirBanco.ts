import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Knex } from 'knex';
import { listFindings, openReview, readReview, type Finding, type Review } from '../record/engine/bankReviews';
import {
  differenceWords,
  findingAdvice,
  findingKinds,
  findingLabels,
  remarkWords,
  reviewStateLabels,
  type ReviewRefusal,
} from '../domain/account/bankReview';
import { saoPauloDate, type LocalDate } from '../domain/kinds/dates';
import { hasWorker, noWorker } from '../client/explainFailure';
import { BATCH_ID } from '../domain/batch/names';
import { startReview } from '../client/startReview';
import { parseDate, parseId } from './arguments';
import type { CliContext } from './context';
import { CliError } from './error';
import { count, counted, date, reais, table } from '../words/text';

interface Options {
  desde?: LocalDate;
  ate?: LocalDate;
  ver?: string;
}

const LOOK_EVERY_MS = 1_000;
/** After so long without any change we ask whether somebody works at all. */
const SUSPICIOUS_MS = 15_000;
const FINDINGS_A_PAGE = 500;
/** More than a person reads on a terminal. */
const MOST_SHOWN = 200;

export function addConferirBancoCommand(program: Command, context: () => CliContext): void {
  program
    .command('conferir-banco')
    .description(
      'confere o que o banco registrou no período com o que está aqui: assume o que é nosso, mostra cada diferença e acerta o próximo número',
    )
    .argument('[carteira]', 'ID da carteira', parseId)
    .option('--desde <data>', 'registrados no banco deste dia em diante', parseDate)
    .option('--ate <data>', 'até este dia; sem ele, até hoje', parseDate)
    .option('--ver <conferencia>', 'mostra uma conferência já pedida, e a acompanha se está em andamento')
    .action((carteiraId: number | undefined, options: Options) => review(context(), carteiraId, options));
}

async function review(context: CliContext, carteiraId: number | undefined, options: Options): Promise<void> {
  const reviewId = options.ver ?? (await begin(context, carteiraId, options));
  const ended = await follow(context, reviewId);
  await show(context, ended);
  if (ended.state === 'failed')
    throw new CliError(
      1,
      'conferencia_interrompida',
      `a conferência foi interrompida: ${ended.problem ?? ''}`,
      `teste a conta com: boletos carteira testar ${ended.carteiraId}; o que já foi assumido vale, e outra conferência continua daí`,
    );
}

async function begin(context: CliContext, carteiraId: number | undefined, { desde, ate }: Options): Promise<string> {
  if (carteiraId === undefined)
    throw new CliError(
      2,
      'argumento_ausente',
      'falta o argumento CARTEIRA',
      'veja o uso com: boletos ajuda conferir-banco',
    );
  if (desde === undefined)
    throw new CliError(
      2,
      'opcao_ausente',
      'falta a opção --desde',
      'diga desde que dia, por exemplo --desde 01/03/2026',
    );
  const knex = await context.database();
  // Before anything is written: without Temporal nobody would conduct it.
  const temporal = await context.temporal();
  const opened = await openReview(knex, {
    id: newReviewId(),
    ...{ carteiraId, from: desde, by: await context.by() },
    ...(ate ? { to: ate } : {}),
  });
  if (opened.kind !== 'opened' && opened.kind !== 'repeated') throw refused(opened, carteiraId);
  const { reviewId, gateway } = opened;
  await startReview(temporal, { reviewId, gateway, carteiraId });
  context.note(`Conferência ${reviewId} iniciada. Ela continua se você sair (Ctrl-C); para vê-la de novo:`);
  context.note(`  boletos conferir-banco --ver ${reviewId}`);
  return reviewId;
}

/** Day in São Paulo and 8 random characters, as those of communications. */
function newReviewId(): string {
  return `cb-${saoPauloDate(new Date()).replaceAll('-', '')}-${randomBytes(4).toString('hex')}`;
}

function refused(refusal: ReviewRefusal, carteiraId: number): CliError {
  switch (refusal.kind) {
    case 'unknownCarteira':
      return new CliError(
        1,
        'carteira_desconhecida',
        `a carteira ${carteiraId} não existe`,
        'veja as existentes com: boletos carteira listar',
      );
    case 'noAccount':
      return new CliError(
        1,
        'carteira_sem_conta',
        `a carteira ${carteiraId} não tem conta de gateway`,
        `informe com: boletos carteira definir ${carteiraId} --gateway NOME …`,
      );
    case 'noAgency':
      return new CliError(
        1,
        'carteira_sem_agencia',
        `o banco só lista boletos por agência e conta do beneficiário, e a carteira ${carteiraId} não as tem`,
        `informe com: boletos carteira definir ${carteiraId} … --agencia 452 --conta 123873 (sem os dígitos verificadores)`,
      );
    case 'period':
      return new CliError(
        2,
        'periodo_invalido',
        `o período ${refusal.message}`,
        'corrija --desde e --ate, e repita o comando',
      );
    case 'underWay':
      return new CliError(
        1,
        'conferencia_em_andamento',
        `o convênio já está sendo conferido: ${refusal.reviewId} (carteira ${refusal.carteiraId})`,
        `acompanhe com: boletos conferir-banco --ver ${refusal.reviewId}`,
        { reviewId: refusal.reviewId },
      );
    case 'other':
      return new CliError(1, 'conferencia_repetida', 'este número já é de outra conferência', 'repita o comando');
  }
}

/** Until it has ended. @throws BatchError `sem_worker` when nothing moves because nobody works */
async function follow(context: CliContext, reviewId: string): Promise<Review> {
  const knex = await context.database();
  let [shown, movedAt] = ['', performance.now()];
  for (;;) {
    const review = BATCH_ID.test(reviewId) ? await readReview(knex, reviewId) : null;
    if (!review)
      throw new CliError(
        1,
        'conferencia_desconhecida',
        `não há conferência ${reviewId}`,
        'confira o número; a tela da carteira lista as suas',
      );
    if (review.finishedAt) return review;
    const line = progressLine(review);
    if (line !== shown) {
      context.note(line);
      [shown, movedAt] = [line, performance.now()];
    } else if (performance.now() - movedAt > SUSPICIOUS_MS) {
      if (!(await hasWorker(await context.temporal()))) throw noWorker();
      movedAt = performance.now();
    }
    await sleep(LOOK_EVERY_MS);
  }
}

function progressLine({ state, pages, counts, problem }: Review): string {
  const parts = [
    reviewStateLabels[state],
    `${counted(pages, 'página', 'páginas')}, ${counted(counts.listed, 'boleto', 'boletos')} na lista`,
    `${count(counts.equal)} iguais`,
    `${count(sumOf(counts.findings))} achados`,
    `${count(counts.pending)} por consultar`,
    ...(problem ? [`o banco: ${problem}`] : []),
  ];
  return parts.join(' · ');
}

function sumOf(findings: Review['counts']['findings']): number {
  return Object.values(findings).reduce((sum, each) => sum + each, 0);
}

/** Findings first, the sum of it last: where a person, and a program that reads line by line, expects it. */
async function show(context: CliContext, review: Review): Promise<void> {
  const knex = await context.database();
  if (context.json) for await (const finding of allFindings(knex, review.reviewId)) context.print(finding, '');
  else if (sumOf(review.counts.findings) > 0) {
    const findings = await listFindings(knex, { reviewId: review.reviewId, limit: MOST_SHOWN, filiais: null });
    context.print(null, findingsTable(findings));
  }
  context.print({ summary: review }, summaryText(review));
}

async function* allFindings(knex: Knex, reviewId: string): AsyncGenerator<Omit<Finding, 'position'>> {
  for (let after = 0; ;) {
    const page = await listFindings(knex, { reviewId, after, limit: FINDINGS_A_PAGE, filiais: null });
    for (const { position: _, ...finding } of page) yield finding;
    const last = page.at(-1);
    if (!last || page.length < FINDINGS_A_PAGE) return;
    after = last.position;
  }
}

function findingsTable(findings: readonly Finding[]): string {
  return table(findings, [
    { title: 'Nosso número', value: ({ number }) => number },
    { title: 'Achado', value: ({ kind }) => findingLabels[kind] },
    { title: 'Cobrança', value: ({ receivableId }) => String(receivableId ?? ''), right: true },
    { title: 'Valor', value: ({ amountCents }) => (amountCents === null ? '' : reais(amountCents)), right: true },
    { title: 'Vencimento', value: ({ dueDate }) => (dueDate === null ? '' : date(dueDate)) },
    { title: 'Registro', value: ({ registeredOn }) => (registeredOn === null ? '' : date(registeredOn)) },
    { title: 'No banco', value: ({ status }) => status ?? '', max: 24 },
    { title: 'Difere', value: differs, max: 60 },
  ]);
}

function differs({ differences, sentAmountCents, sentDueDate, batchId }: Finding): string {
  const sent = [
    ...(differences.includes('amountCents') && sentAmountCents !== null ? [reais(sentAmountCents)] : []),
    ...(differences.includes('dueDate') && sentDueDate !== null ? [date(sentDueDate)] : []),
  ];
  const words = differenceWords(differences);
  return [words, sent.length > 0 ? `(aqui ${sent.join(', ')})` : '', batchId === null ? '' : `comunicação ${batchId}`]
    .filter(Boolean)
    .join(' ');
}

function summaryText(review: Review): string {
  const { carteiraId, from, to, state, counts, remarks, nextNumber } = review;
  const hidden = sumOf(counts.findings) - MOST_SHOWN;
  return [
    ...(hidden > 0 ? [`… e mais ${count(hidden)}; todos com --json`] : []),
    `Conferência ${review.reviewId}: carteira ${carteiraId}, registrados de ${date(from)} a ${date(to)}: ${reviewStateLabels[state].toLowerCase()}`,
    `  ${counted(counts.listed, 'boleto', 'boletos')} na lista do banco, ${count(counts.equal)} como aqui`,
    ...(counts.otherConvenio > 0
      ? [`  ${counted(counts.otherConvenio, 'boleto', 'boletos')} de outro convênio da mesma conta: deixados de lado`]
      : []),
    ...(review.unreadable > 0
      ? [`  ${counted(review.unreadable, 'linha', 'linhas')} da lista não puderam ser lidas`]
      : []),
    ...findingKinds.flatMap((kind) => {
      const found = counts.findings[kind] ?? 0;
      return found === 0 ? [] : [`  ${count(found)} ${findingLabels[kind].toLowerCase()}: ${findingAdvice[kind]}`];
    }),
    ...remarks.map((remark) => `  Atenção: ${remarkWords(remark, counts)}`),
    ...(nextNumber
      ? [
          nextNumber.after > nextNumber.before
            ? `  Próximo número: ${nextNumber.after} (era ${nextNumber.before})`
            : `  Próximo número: ${nextNumber.after}, como estava`,
        ]
      : []),
  ].join('\n');
}
