import { z } from '@hono/zod-openapi';
import { erpKeyParam, putRowSchema, storedRowSchema } from '../../contract/storedRow';
import { rowBody } from '../importing/rowBody';
import type { ImportType } from '../../domain/receivable/imports';
import { readStoredRow } from '../../record/receivables/storedRows';
import { readErpKey } from '../../domain/receivable/erpKey';
import type { ApiDeps } from '../deps';
import { putRow } from '../importing/putRow';
import { createPlaces } from '../places';
import { notFound } from '../problem';
import { json, jsonBody, router, secured } from '../route';

const tags = ['Cadastro'];
const params = z.object({ id: erpKeyParam });

/** Rows one at a time by the ERP's own key. */
export function cadastroRoutes({ knex }: ApiDeps) {
  const routes = router();
  // Each waits for others with a connection in its hand.
  const puts = createPlaces({
    ...{ mostOfOne: 2, most: 4 },
    refusal: {
      ...{ code: 'gravacoes_demais', title: 'Há gravações demais ao mesmo tempo.', retryAfterSeconds: 1 },
      hint: 'Repita daqui a pouco, ou envie muitas linhas de uma vez em /importacoes.',
    },
  });
  const put = (type: ImportType, path: string, summary: string) =>
    routes.openapi(
      secured('operador', {
        ...{ method: 'put', path: `${path}/{id}`, tags, summary },
        description:
          'Como a importação de uma linha: os mesmos campos e as mesmas regras. Um campo que não vem mantém o valor guardado. Repetir não muda nada.',
        request: { params, ...jsonBody(rowBody(type)) },
        responses: {
          200: json(putRowSchema, 'Já existia; como está agora'),
          201: json(putRowSchema, 'Nova; como está agora'),
        },
      }),
      async (context) => {
        const { id: key } = context.req.valid('param');
        const actor = context.get('actor');
        const leave = puts.take(actor.id);
        try {
          const stored = await putRow(knex, actor, type, key, context.req.valid('json'));
          return context.json(stored, stored.outcome === 'new' ? 201 : 200);
        } finally {
          leave();
        }
      },
    );
  const get = (type: ImportType, path: string, what: string) =>
    routes.openapi(
      secured('consulta', {
        ...{ method: 'get', path: `${path}/{id}`, tags, summary: `${what}, como está guardado, pelos nomes do ERP` },
        request: { params },
        responses: { 200: json(storedRowSchema, 'Como está agora') },
      }),
      async (context) => {
        const { id: key } = context.req.valid('param');
        const read = readErpKey(key);
        const stored = 'key' in read ? await readStoredRow(knex, type, read.key, context.get('actor').filiais) : null;
        if (!stored) throw notFound(what, 'Confira a chave.');
        return context.json(stored, 200);
      },
    );
  put('filial', '/filiais', 'Grava uma filial pela chave do ERP');
  put('carteira', '/carteiras', 'Grava uma carteira pela chave do ERP');
  put('cliente', '/clientes', 'Grava um cliente pela chave do ERP');
  put('titulo', '/titulos', 'Grava um título pela chave do ERP');
  get('filial', '/filiais', 'A filial');
  get('cliente', '/clientes', 'O cliente');
  return routes;
}
