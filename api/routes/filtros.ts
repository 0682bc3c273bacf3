import { z } from '@hono/zod-openapi';
import { idParam } from '../../contract/basics';
import { newFilterSchema, savedFilterSchema, savedFiltersSchema } from '../../contract/filters';
import { filtersFor } from '../filtersFor';
import { deleteSavedFilter, savedFilters, saveFilter } from '../../record/batches/savedFilters';
import { requireCarteira } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { notFound, Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

const MOST = 100;

/** The filters that somebody keeps, for themselves. */
export function filtrosRoutes({ knex }: ApiDeps) {
  return router()
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/filtros',
        tags: ['Filtros'],
        summary: 'Os filtros salvos de quem pede',
        responses: { 200: json(savedFiltersSchema, 'Por nome') },
      }),
      async (context) => context.json({ items: await savedFilters(knex, context.get('actor').id) }, 200),
    )
    .openapi(
      secured('consulta', {
        method: 'post',
        path: '/filtros',
        tags: ['Filtros'],
        summary: 'Salva filtros; os de mesmo nome são trocados',
        request: jsonBody(newFilterSchema),
        responses: { 201: json(savedFilterSchema, 'Salvos') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { name, carteiraId, filters } = context.req.valid('json');
        await requireCarteira(knex, actor, carteiraId);
        // Checked as a communication would take them, kept as they were given: somebody's filiais may change.
        filtersFor(actor, filters);
        const kept = filtersFor({ filiais: null }, filters);
        const saved = await saveFilter(knex, { owner: actor.id, name, carteiraId, filters: kept }, MOST);
        if (!saved)
          throw new Problem(409, 'filtros_demais', `São guardados no máximo ${MOST} filtros.`, {
            hint: 'Apague um que não usa mais.',
          });
        return context.json(saved, 201);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'delete',
        path: '/filtros/{id}',
        tags: ['Filtros'],
        summary: 'Apaga filtros salvos',
        request: { params: z.object({ id: idParam }) },
        responses: { 204: { description: 'Apagados' } },
      }),
      async (context) => {
        const { id } = context.req.valid('param');
        if (!(await deleteSavedFilter(knex, context.get('actor').id, id))) throw notFound(`O filtro ${id}`);
        return context.body(null, 204);
      },
    );
}
