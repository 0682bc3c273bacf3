import type { Writable } from 'node:stream';
import { z } from '@hono/zod-openapi';
import { batchIdParam } from '../../contract/basics';
import { exportQuery } from '../../contract/batch';
import { batchItems, type ItemSearch } from '../../record/batches/items';
import { failureStates } from '../../domain/boleto/states';
import { requireBatch } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { download, type Downloads } from '../downloads';
import type { ExportedItem } from '../exports/columns';
import { writeCsv } from '../exports/csv';
import { createTrace, type Trace } from '../exports/trace';
import { writeXlsx } from '../exports/xlsx';
import { describedItem } from '../failureWords';
import { router, secured } from '../route';

const PAGE = 1_000;
const types = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** A communication as a file, row by row: one of a million títulos takes no more memory than a small one. */
export function exportacaoRoutes(deps: ApiDeps, downloads: Downloads) {
  const { knex } = deps;
  async function* pagesOf(batchId: string, search: ItemSearch, trace: Trace): AsyncGenerator<ExportedItem[]> {
    for (let cursor = 0; ;) {
      const items = await batchItems(knex, batchId, { ...search, cursor, limit: PAGE });
      if (items.length > 0) yield items.map(describedItem);
      trace.count(items.length);
      if (items.length < PAGE) return;
      cursor = items.at(-1)?.ordinal ?? cursor;
    }
  }

  return router().openapi(
    secured('consulta', {
      method: 'get',
      path: '/comunicacoes/{batchId}/exportacao',
      tags: ['Comunicações'],
      summary: 'As falhas, ou todos os títulos, em CSV (UTF-8, ponto e vírgula) ou XLSX',
      request: {
        params: z.object({ batchId: batchIdParam }),
        query: exportQuery,
      },
      responses: {
        200: {
          description: 'O arquivo',
          content: {
            'text/csv': { schema: z.string() },
            [types.xlsx]: { schema: z.string().openapi({ format: 'binary' }) },
          },
        },
      },
    }),
    async (context) => {
      const { batchId } = context.req.valid('param');
      const { formato, somente } = context.req.valid('query');
      const actor = context.get('actor');
      await requireBatch(knex, actor, batchId);
      const trace = createTrace(context, deps, {
        ...{ action: 'exportBatch', done: 'exportedBatch', unit: 'rows', batchId },
        after: { format: formato, which: somente },
      });
      const pages = pagesOf(batchId, somente === 'falhas' ? { states: failureStates } : {}, trace);
      const write = async (output: Writable) => {
        await trace.begin();
        await (formato === 'csv' ? writeCsv(pages, output) : writeXlsx(pages, output));
      };
      const body = downloads.start(actor, write, trace.end);
      return context.body(body, 200, download(`comunicacao-${batchId}.${formato}`, types[formato]));
    },
  );
}
