import { bankErrorsSchema } from '../../contract/bankError';
import { bankErrors } from '../../record/accounts/bankErrors';
import { explain } from '../../gateways/catalogue';
import type { ApiDeps } from '../deps';
import { json, router, secured } from '../route';

export function errosDesconhecidosRoutes({ knex }: ApiDeps) {
  return router().openapi(
    secured('consulta', {
      method: 'get',
      path: '/erros-desconhecidos',
      tags: ['Comunicações'],
      summary: 'Os erros dos bancos que o catálogo ainda não explica',
      responses: { 200: json(bankErrorsSchema, 'Do mais frequente ao menos') },
    }),
    async (context) => {
      const errors = await bankErrors(knex, context.get('actor').filiais);
      const items = errors.filter(({ example, ...error }) => !explain({ ...error, message: example }).known);
      return context.json({ items }, 200);
    },
  );
}
