import { filiaisSchema } from '../../contract/filial';
import { listFiliais } from '../../record/accounts/filiais';
import type { ApiDeps } from '../deps';
import { json, router, secured } from '../route';

export function filiaisRoutes({ knex }: ApiDeps) {
  return router().openapi(
    secured('consulta', {
      method: 'get',
      path: '/filiais',
      tags: ['Cadastro'],
      summary: 'As filiais de quem pede',
      responses: { 200: json(filiaisSchema, 'As filiais') },
    }),
    async (context) => context.json({ items: await listFiliais(knex, context.get('actor').filiais) }, 200),
  );
}
