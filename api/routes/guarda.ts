import { z } from '@hono/zod-openapi';
import { idParam } from '../../contract/basics';
import type { guardRunSchema } from '../../contract/guard';
import { guardRuleSchema, guardSchema, RUNS_SHOWN } from '../../contract/guard';
import { holidaySchema, holidaysQuery, holidaysSchema, newHolidaySchema } from '../../contract/holiday';
import { guardChanged } from '../../client/guardChanged';
import { databaseTime } from '../../record/engine/alerts';
import { addHoliday, holidaysOfCarteira, listHolidays, removeHoliday } from '../../record/guard/holidays';
import { defineGuardRule, readGuardRule, removeGuardRule, type StoredRule } from '../../record/guard/rules';
import { listRuns, type RunRow } from '../../record/guard/runs';
import { visibleBatchIds } from '../../record/access/visibility';
import { localDate, saoPauloDate } from '../../domain/kinds/dates';
import { nationalHolidays } from '../../domain/guard/holidays';
import { guardResultLabels, guardWords } from '../../domain/guard/results';
import { nextRunAt } from '../../domain/guard/rule';
import { sees, type Actor } from '../access/actor';
import { requireCarteira, viewerOf } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { notFound, Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

const params = z.object({ id: idParam });
const tags = ['Guarda'];

/** The guard of a carteira: communicates by itself before vencimento. */
export function guardaRoutes({ knex, temporal }: ApiDeps) {
  async function shown(actor: Actor, carteiraId: number): Promise<z.infer<typeof guardSchema>> {
    const [rule, runs] = [await readGuardRule(knex, carteiraId), await listRuns(knex, carteiraId, RUNS_SHOWN)];
    const named = runs.flatMap(({ batchId, waitsFor }) => [batchId, waitsFor]).filter((id) => id !== null);
    const seen = await visibleBatchIds(knex, named, viewerOf(actor));
    return {
      rule: rule && shownRule(rule),
      scheduled: rule?.scheduled ?? false,
      nextRunAt: rule && (await nextRun(carteiraId, rule)),
      runs: runs.map((run) => shownRun(run, seen)),
    };
  }

  async function nextRun(carteiraId: number, rule: StoredRule): Promise<string | null> {
    const holidayOn = await holidaysOfCarteira(knex, carteiraId);
    return nextRunAt(rule, await databaseTime(knex), holidayOn)?.toISOString() ?? null;
  }

  return router()
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/carteiras/{id}/guarda',
        tags,
        summary: 'A guarda da carteira: a regra, a próxima execução e as últimas',
        request: { params },
        responses: { 200: json(guardSchema, 'A guarda') },
      }),
      async (context) => {
        const { id } = context.req.valid('param');
        await requireCarteira(knex, context.get('actor'), id);
        return context.json(await shown(context.get('actor'), id), 200);
      },
    )
    .openapi(
      secured('administrador', {
        method: 'put',
        path: '/carteiras/{id}/guarda',
        tags,
        summary: 'Define a guarda: a carteira comunica sozinha n dias antes do vencimento',
        request: { params, ...jsonBody(guardRuleSchema) },
        responses: { 200: json(guardSchema, 'Como ficou; sem o Temporal, a regra vale quando ele voltar') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { id: carteiraId } = context.req.valid('param');
        await requireCarteira(knex, actor, carteiraId);
        const result = await defineGuardRule(knex, { carteiraId, rule: context.req.valid('json'), by: actor.id });
        switch (result.kind) {
          case 'unknownCarteira':
            throw notFound('A carteira');
          case 'invalid':
            throw new Problem(422, 'guarda_invalida', 'Com esta regra a guarda nunca comunicaria; nada foi alterado.', {
              fields: result.problems,
            });
          case 'noAccount':
            throw new Problem(409, 'carteira_sem_conta', 'A carteira não tem conta de gateway.', {
              hint: 'Defina-a antes: sem conta, nada pode ser comunicado.',
            });
          case 'defined':
            await guardChanged(temporal);
            return context.json(await shown(actor, carteiraId), 200);
        }
      },
    )
    .openapi(
      secured('administrador', {
        method: 'delete',
        path: '/carteiras/{id}/guarda',
        tags,
        summary: 'Desliga a guarda; o que já foi iniciado continua',
        request: { params },
        responses: { 200: json(guardSchema, 'Sem regra; as execuções continuam legíveis') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { id: carteiraId } = context.req.valid('param');
        await requireCarteira(knex, actor, carteiraId);
        if (await removeGuardRule(knex, { carteiraId, by: actor.id })) await guardChanged(temporal);
        return context.json(await shown(actor, carteiraId), 200);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/feriados',
        tags,
        summary: 'Os feriados bancários nacionais de um ano, e os informados',
        request: { query: holidaysQuery },
        responses: { 200: json(holidaysSchema, 'Por data') },
      }),
      async (context) => {
        const year = context.req.valid('query').ano ?? Number(saoPauloDate(await databaseTime(knex)).slice(0, 4));
        const entered = await listHolidays(knex, context.get('actor').filiais);
        const items = [
          ...nationalHolidays(year).map((holiday) => ({ ...holiday, filialId: null, yearly: false })),
          ...entered
            .filter(({ day, yearly }) => isOfYear(day, yearly, year))
            .map((holiday) => shownHoliday(holiday, year)),
        ].sort((one, other) => (one.day < other.day ? -1 : 1));
        return context.json({ items }, 200);
      },
    )
    .openapi(
      secured('administrador', {
        method: 'post',
        path: '/feriados',
        tags,
        summary: 'Informa um feriado municipal, estadual ou da empresa',
        request: jsonBody(newHolidaySchema),
        responses: { 201: json(holidaySchema, 'O feriado') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { day, yearly = false, ...rest } = context.req.valid('json');
        if (!sees(actor, rest.filialId === null ? null : [rest.filialId]))
          throw new Problem(403, 'filial_de_outro', 'O feriado é de uma filial que não é sua.', {
            hint: 'Escolha uma das suas filiais; um feriado de todas é para administradores de todas.',
          });
        const made = await addHoliday(knex, { ...rest, yearly, day: localDate(day), by: actor.id });
        if (!made)
          throw new Problem(409, 'feriado_existe', 'Este dia já é feriado desta filial, ou a filial não existe.', {
            hint: 'Confira a lista dos feriados informados.',
          });
        return context.json(shownHoliday(made, Number(made.day.slice(0, 4))), 201);
      },
    )
    .openapi(
      secured('administrador', {
        method: 'delete',
        path: '/feriados/{id}',
        tags,
        summary: 'Apaga um feriado informado',
        request: { params },
        responses: { 204: { description: 'Apagado' } },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { id } = context.req.valid('param');
        if (!(await removeHoliday(knex, { id, by: actor.id, filiais: actor.filiais }))) throw notFound('O feriado');
        return context.body(null, 204);
      },
    );
}

function shownRule(rule: StoredRule) {
  const { daysBefore, fromHour, toHour, businessDays, updatedAt, updatedBy, updatedByName } = rule;
  return {
    ...{ daysBefore, fromHour, toHour, businessDays, updatedBy, updatedByName },
    updatedAt: updatedAt.toISOString(),
  };
}

/** Batches that the reader does not see have no number here. */
function shownRun(run: RunRow, seen: ReadonlySet<string>): z.infer<typeof guardRunSchema> {
  const visible = (id: string | null) => (id !== null && seen.has(id) ? id : null);
  const { waiting: _waiting, waitsFor: _waitsFor, startedAt, finishedAt, ...rest } = run;
  return {
    ...rest,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    resultLabel: run.result === null ? 'Em andamento' : guardResultLabels[run.result],
    ...guardWords({ ...run, batchId: visible(run.batchId), waitsFor: visible(run.waitsFor) }),
    batchId: visible(run.batchId),
  };
}

function isOfYear(day: string, yearly: boolean, year: number): boolean {
  const first = Number(day.slice(0, 4));
  return first === year || (yearly && first < year);
}

function shownHoliday(
  {
    id,
    day,
    name,
    filialId,
    yearly,
  }: { id: number; day: string; name: string; filialId: number | null; yearly: boolean },
  year: number,
) {
  return { id, name, filialId, yearly, day: `${year}${day.slice(4)}`, source: 'informado por um administrador' };
}
