import type { Writable } from 'node:stream';
import { z } from '@hono/zod-openapi';
import { batchIdParam, receivableParam } from '../../contract/basics';
import { writeAudit } from '../../record/access/audit';
import { batchPrintings, printingOf } from '../../record/receivables/printing';
import { writeBoletos } from '../../documents/writeBoletos';
import { printRefusalLabels, type PrintableBoleto } from '../../domain/receivable/printable';
import { requireBatch, requireReceivable, unknownReceivable } from '../access/viewer';
import type { ApiDeps } from '../deps';
import { download, type Downloads } from '../downloads';
import { createTrace, type Trace } from '../exports/trace';
import { Problem } from '../problem';
import { router, secured } from '../route';

const PAGE = 200;
const PDF = 'application/pdf';
const pdf = { 200: { description: 'PDF', content: { [PDF]: { schema: z.string().openapi({ format: 'binary' }) } } } };

/** What a pagador is given: only of boletos that the bank has, since only those can be paid. */
export function documentosRoutes(deps: ApiDeps, downloads: Downloads) {
  const { knex } = deps;
  async function* printables(batchId: string): AsyncGenerator<PrintableBoleto, void> {
    for (let cursor: number | null = 0; cursor !== null;) {
      const page = await batchPrintings(knex, batchId, { cursor, limit: PAGE });
      for (const item of page.items) if ('boleto' in item) yield item.boleto;
      cursor = page.cursor;
    }
  }

  return router()
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/comunicacoes/{batchId}/documentos',
        tags: ['Documentos'],
        summary: 'Todos os boletos registrados da comunicação, em um PDF',
        request: { params: z.object({ batchId: batchIdParam }) },
        responses: pdf,
      }),
      async (context) => {
        const { batchId } = context.req.valid('param');
        const actor = context.get('actor');
        await requireBatch(knex, actor, batchId);
        const boletos = printables(batchId);
        // Before the answer begins: a PDF without any page is none.
        const first = await boletos.next();
        if (first.done)
          throw new Problem(409, 'nenhum_registrado', 'Nenhum boleto desta comunicação pode ser impresso.', {
            hint: 'Só um boleto registrado no banco pode ser pago, e só ele tem PDF.',
          });
        const trace = createTrace(context, deps, {
          ...{ action: 'printBatch', done: 'printedBatch', unit: 'pages', batchId, after: { format: 'pdf' } },
        });
        const write = async (output: Writable) => {
          await trace.begin();
          await writeBoletos(following(first.value, boletos, trace), output);
        };
        const body = downloads.start(actor, write, trace.end);
        return context.body(body, 200, download(`boletos-${batchId}.pdf`, PDF));
      },
    )
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/titulos/{id}/documento',
        tags: ['Documentos'],
        summary: 'O boleto registrado de um título, em PDF',
        request: { params: z.object({ id: receivableParam }) },
        responses: pdf,
      }),
      async (context) => {
        const actor = context.get('actor');
        const id = await requireReceivable(knex, actor, context.req.valid('param').id);
        const printing = await printingOf(knex, id);
        if (!printing) throw unknownReceivable(id);
        if ('refused' in printing)
          throw new Problem(409, 'boleto_nao_registrado', `A cobrança ${id} ${printRefusalLabels[printing.refused]}.`, {
            hint: 'Só um boleto registrado no banco pode ser pago, e só ele tem PDF.',
          });
        const body = downloads.page(actor, async (output) => {
          // Before the first byte. Of a HEAD nothing is read.
          if (context.req.method !== 'HEAD')
            await writeAudit(knex, {
              ...{ actor: actor.id, action: 'printBoleto', entity: 'receivable', entityId: String(id) },
              after: { format: 'pdf', pages: 1 },
            });
          await writeBoletos([printing.boleto], output);
        });
        return context.body(body, 200, download(`boleto-${id}.pdf`, PDF));
      },
    );
}

async function* following<T>(first: T, rest: AsyncIterable<T>, trace: Trace): AsyncGenerator<T, void> {
  yield first;
  trace.count(1);
  for await (const each of rest) {
    yield each;
    trace.count(1);
  }
}
