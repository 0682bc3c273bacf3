import { healthSchema } from '../../contract/health';
import type { ApiDeps } from '../deps';
import { json, router, secured } from '../route';

/** For a proxy or a supervisor: the API answers, and reaches its record. Says nothing else. */
export function saudeRoutes({ knex }: ApiDeps) {
  return router().openapi(
    secured('public', {
      method: 'get',
      path: '/saude',
      tags: ['Sistema'],
      summary: 'Se a API atende',
      responses: { 200: json(healthSchema, 'Atende; sem o registro, 503') },
    }),
    async (context) => {
      await knex.raw('select 1');
      return context.json({ ok: true as const }, 200);
    },
  );
}
