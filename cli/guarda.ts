import { InvalidArgumentError, type Command } from 'commander';
import { databaseTime } from '../record/engine/alerts';
import { holidaysOfCarteira } from '../record/guard/holidays';
import { defineGuardRule, readGuardRule, removeGuardRule } from '../record/guard/rules';
import { listRuns } from '../record/guard/runs';
import { formatDate } from '../domain/kinds/dates';
import { guardResultLabels, guardWords } from '../domain/guard/results';
import { MOST_DAYS_BEFORE, nextRunAt, type GuardRule } from '../domain/guard/rule';
import { guardChanged } from '../client/guardChanged';
import { parseId } from './arguments';
import type { CliContext } from './context';
import { CliError } from './error';

const RUNS_SHOWN = 10;

interface DefineOptions {
  dias: number;
  das: number;
  ate: number;
  diasUteis?: boolean;
}

export function addGuardaCommand(program: Command, context: () => CliContext): void {
  const guarda = program.command('guarda').description('a carteira que comunica sozinha n dias antes do vencimento');
  guarda
    .command('ver')
    .description('mostra a regra, a próxima execução e as últimas')
    .argument('<carteira>', 'ID da carteira', parseId)
    .action((id: number) => show(context(), id));
  guarda
    .command('definir')
    .description('define a guarda de uma carteira')
    .argument('<carteira>', 'ID da carteira', parseId)
    .requiredOption('--dias <n>', `dias antes do vencimento, de 0 a ${MOST_DAYS_BEFORE}`, parseDays)
    .requiredOption('--das <hora>', 'hora cheia em que começa, de 0 a 23 (São Paulo)', parseHour)
    .requiredOption('--ate <hora>', 'hora cheia em que para, de 1 a 24', parseHour)
    .option('--dias-uteis', 'só em dias úteis: o que cairia em outro dia vai antes')
    .action((id: number, options: DefineOptions) => define(context(), id, options));
  guarda
    .command('desligar')
    .description('desliga a guarda; o que já foi iniciado continua')
    .argument('<carteira>', 'ID da carteira', parseId)
    .action((id: number) => remove(context(), id));
}

async function show(context: CliContext, carteiraId: number): Promise<void> {
  const knex = await context.database();
  if (!(await knex('carteira').where({ id: carteiraId }).first('id'))) throw unknownCarteira(carteiraId);
  const rule = await readGuardRule(knex, carteiraId);
  const next = rule && nextRunAt(rule, await databaseTime(knex), await holidaysOfCarteira(knex, carteiraId));
  const runs = (await listRuns(knex, carteiraId, RUNS_SHOWN)).map(({ waiting: _waiting, ...run }) => ({
    ...run,
    ...guardWords({ ...run, waiting: _waiting }),
  }));
  const lines = runs.map(
    ({ day, result, text, advice }) =>
      `  ${formatDate(day)}  ${(result ? guardResultLabels[result] : 'Em andamento').padEnd(30)} ${text} ${advice}`,
  );
  context.print(
    { carteiraId, rule, nextRunAt: next, runs },
    [
      rule ? `Guarda da carteira ${carteiraId}: ${ruleText(rule)}` : `A carteira ${carteiraId} não tem guarda.`,
      ...(rule && !rule.scheduled ? ['  ainda não agendada: um worker a agenda quando o Temporal responder'] : []),
      ...(next ? [`  próxima execução   ${inSaoPaulo(next)}`] : []),
      ...(lines.length > 0 ? ['Últimas execuções:', ...lines] : []),
    ].join('\n'),
  );
}

async function define(context: CliContext, carteiraId: number, options: DefineOptions): Promise<void> {
  const rule: GuardRule = {
    ...{ daysBefore: options.dias, fromHour: options.das, toHour: options.ate },
    businessDays: options.diasUteis ?? false,
  };
  const result = await defineGuardRule(await context.database(), { carteiraId, rule, by: await context.by() });
  switch (result.kind) {
    case 'unknownCarteira':
      throw unknownCarteira(carteiraId);
    case 'noAccount':
      throw new CliError(
        1,
        'carteira_sem_conta',
        `a carteira ${carteiraId} não tem conta de gateway`,
        `informe com: boletos carteira definir ${carteiraId} --gateway NOME …`,
      );
    case 'invalid': {
      const problems = result.problems.map(({ field, message }) => ({ field: optionOf[field], message }));
      throw new CliError(
        2,
        'guarda_invalida',
        problems.map(({ field, message }) => `${field}: ${message}`).join('; '),
        'com esta regra a guarda nunca comunicaria; nada foi alterado',
        { problems },
      );
    }
    case 'defined':
      context.print(
        { carteiraId, rule: result.rule },
        `Guarda da carteira ${carteiraId} definida: ${ruleText(result.rule)}`,
      );
      return tell(context);
  }
}

const optionOf: Record<keyof GuardRule, string> = {
  ...{ daysBefore: '--dias', fromHour: '--das', toHour: '--ate', businessDays: '--dias-uteis' },
};

async function remove(context: CliContext, carteiraId: number): Promise<void> {
  const knex = await context.database();
  if (!(await knex('carteira').where({ id: carteiraId }).first('id'))) throw unknownCarteira(carteiraId);
  const removed = await removeGuardRule(knex, { carteiraId, by: await context.by() });
  const text = removed
    ? `Guarda da carteira ${carteiraId} desligada.`
    : `A carteira ${carteiraId} já não tinha guarda: nada a fazer.`;
  context.print({ carteiraId, removed }, text);
  if (removed) await tell(context);
}

/** The rule is stored and holds; only when depends on Temporal. */
async function tell(context: CliContext): Promise<void> {
  const told = await context.temporal().then(guardChanged, () => false);
  if (!told) context.note('O Temporal não responde: a regra está guardada, e um worker a agenda quando ele voltar.');
}

function ruleText({ daysBefore, fromHour, toHour, businessDays }: GuardRule): string {
  const when = daysBefore === 0 ? 'no dia do vencimento' : `${daysBefore} dia(s) antes do vencimento`;
  return `${when}, das ${fromHour} às ${toHour} h, ${businessDays ? 'só em dias úteis' : 'todos os dias'}`;
}

function inSaoPaulo(instant: Date): string {
  return instant.toLocaleString('pt-BR', { timeZone: 'America/Sao_Paulo', dateStyle: 'short', timeStyle: 'short' });
}

function parseDays(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError(`"${text}" não é um número de dias`);
  return Number(text);
}

function parseHour(text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new InvalidArgumentError(`"${text}" não é uma hora cheia (de 0 a 24)`);
  return Number(text);
}

function unknownCarteira(id: number): CliError {
  return new CliError(
    1,
    'carteira_desconhecida',
    `a carteira ${id} não existe`,
    'veja as existentes com: boletos carteira listar',
  );
}
