import { z } from '@hono/zod-openapi';
import { bankErrors } from '../../record/accounts/bankErrors';
import { explain } from '../../domain/catalogue/catalogue';
import type { ApiDeps } from '../deps';
import { json, router, secured } from '../route';
import { instantSchema } from '../schemas/basics';

const errorSchema = z
  .object({
    gateway: z.string(),
    code: z.string(),
    httpStatus: z.number().int().nullable(),
    example: z.string().openapi({ description: 'As palavras do banco, sem números longos nem endereços' }),
    count: z.number().int(),
    firstSeen: instantSchema,
    lastSeen: instantSchema,
  })
  .openapi('ErroDesconhecido');

export function errosDesconhecidosRoutes({ knex }: ApiDeps) {
  return router().openapi(
    secured('consulta', {
      method: 'get',
      path: '/erros-desconhecidos',
      tags: ['Comunicações'],
      summary: 'Os erros dos bancos que o catálogo ainda não explica',
      responses: { 200: json(z.object({ items: z.array(errorSchema) }), 'Do mais frequente ao menos') },
    }),
    async (context) => {
      const errors = await bankErrors(knex, context.get('actor').filiais);
      const items = errors.filter(({ example, ...error }) => !explain({ ...error, message: example }).known);
      return context.json({ items }, 200);
    },
  );
}
