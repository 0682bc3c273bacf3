import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import {
  acceptedImportSchema,
  importHeaders,
  importIdParam,
  importLinePageSchema,
  importLinesQuery,
  importPageSchema,
  importQuery,
  importSchema,
  importsQuery,
  USUAL_LINES,
  USUAL_PAGE,
} from '../../contract/import';
import { BatchError } from '../../client/batchError';
import { startImport } from '../../client/startImport';
import {
  abandonImport,
  acceptImport,
  beginImport,
  listImports,
  readImport,
  storePiece,
  type ImportView,
} from '../../record/receivables/importRequests';
import { readImportProblems } from '../../record/importing/problems';
import { importStateLabels, MAX_BYTES_A_CALL, MAX_ROWS_A_CALL } from '../../domain/receivable/imports';
import type { Actor } from '../access/actor';
import { readCursor, writeCursor } from '../cursor';
import type { ApiDeps, ApiEnv } from '../deps';
import { bodyFormat } from '../importing/mediaType';
import { receiveBody, type ReceivedBody } from '../importing/receiveBody';
import { createPlaces } from '../places';
import { notFound, Problem } from '../problem';
import { json, router, secured } from '../route';

const importPlace = z.tuple([z.iso.datetime(), z.string()]);
const linePlace = z.tuple([z.int().min(0)]);

const AWAY = 'O Temporal não responde: a importação está guardada e começa sozinha minutos depois que ele voltar.';
const tags = ['Importação'];
/** Not of zod: what is validated would be read into memory as a whole. */
const bodyOf = (example: string) => ({
  schema: {
    type: 'string' as const,
    description: `Até ${MAX_ROWS_A_CALL.toLocaleString('pt-BR')} linhas e ${MAX_BYTES_A_CALL / 1024 / 1024} MiB, sem compressão`,
    example,
  },
});
const jsonLines = bodyOf(
  '{"type":"cliente","id":"C-17","tipo_pessoa":"F","razao":"Ana Souza","cnpj_cpf":"529.982.247-25"}\n',
);
const csv = bodyOf('id;tipo_pessoa;razao;cnpj_cpf\nC-17;F;Ana Souza;529.982.247-25\n');

/** Rows of the ERP by thousands: stored as they come, imported by a workflow, told row by row. */
export function importacoesRoutes({ knex, temporal }: ApiDeps) {
  const uploads = createPlaces({
    ...{ mostOfOne: 2, most: 6 },
    refusal: {
      ...{ code: 'importacoes_demais', title: 'Há corpos demais chegando ao mesmo tempo.' },
      ...{ hint: 'Envie uma importação de cada vez e repita esta.', retryAfterSeconds: 2 },
    },
  });
  async function visible(actor: Actor, importId: string): Promise<ImportView> {
    const found = await readImport(knex, importId, viewerOf(actor));
    if (!found) throw notFound(`A importação ${importId}`);
    return found;
  }

  return router()
    .openapi(
      secured('operador', {
        method: 'post',
        path: '/importacoes',
        tags,
        summary: 'Importa filiais, carteiras, clientes e títulos do ERP, linha por linha',
        description:
          'JSON Lines, com o tipo em cada linha, ou CSV de um só tipo. O que cabe entra; o resto é dito linha por linha em /importacoes/{id}/linhas. Repetida com a mesma Idempotency-Key e o mesmo corpo, responde o mesmo, também enquanto anda.',
        request: {
          headers: importHeaders,
          query: importQuery,
          body: {
            required: true,
            content: {
              'application/x-ndjson': jsonLines,
              'application/jsonl': jsonLines,
              'text/csv': csv,
            },
          },
        },
        responses: {
          202: {
            ...json(acceptedImportSchema, 'Guardada; o andamento está no endereço de Location'),
            headers: z.object({ Location: z.string() }),
          },
        },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { tipo: type = null, 'tudo-ou-nada': allOrNothing = false } = context.req.valid('query');
        const { format, utf8 } = bodyFormat(context.req.header('Content-Type'), context.req.header('Content-Encoding'));
        if (type !== null && format === 'jsonl')
          throw new Problem(422, 'entrada_invalida', 'Em JSON Lines o tipo vem em cada linha.', {
            fields: [{ field: 'tipo', message: 'só vale para CSV' }],
          });
        const leave = uploads.take(actor.id);
        try {
          const { id, repeated } = await beginImport(knex, {
            ...{ by: actor.id, key: context.req.valid('header')['idempotency-key'], filiais: actor.filiais },
            ...{ format, type, allOrNothing },
          });
          const received = await receiveBody(
            context.req.raw.body,
            { format, utf8, ...lengthOf(context) },
            repeated ? undefined : (ordinal, piece) => storePiece(knex, id, ordinal, piece),
          ).catch(async (error: unknown) => {
            await abandonImport(knex, id).catch(() => undefined);
            throw error;
          });
          if (received.kind !== 'whole') {
            await abandonImport(knex, id);
            throw refusedBody(received);
          }
          const { kind, importId } = await acceptImport(knex, id, received);
          if (kind === 'other')
            throw new Problem(409, 'chave_repetida', 'Esta Idempotency-Key já importou outro conteúdo.', {
              hint: 'Use outra chave para outro conteúdo.',
            });
          const warning = kind === 'repeated' ? null : await begin(importId);
          context.header('Location', `/api/v1/importacoes/${importId}`);
          return context.json({ importId, rows: received.rows, warning }, 202);
        } finally {
          leave();
        }
      },
    )
    .openapi(
      secured('operador', {
        method: 'get',
        path: '/importacoes',
        tags,
        summary: 'As importações por HTTP, da mais nova à mais antiga',
        request: { query: importsQuery },
        responses: { 200: json(importPageSchema, 'Uma página') },
      }),
      async (context) => {
        const { cursor, limit = USUAL_PAGE } = context.req.valid('query');
        const place = readCursor(importPlace, cursor);
        const found = await listImports(knex, {
          viewer: viewerOf(context.get('actor')),
          before: place && { receivedAt: place[0], importId: place[1] },
          limit: limit + 1,
        });
        const items = found.slice(0, limit).map(shown);
        const last = found.length > limit ? items.at(-1) : undefined;
        return context.json({ items, next: last ? writeCursor([last.receivedAt, last.importId]) : null }, 200);
      },
    )
    .openapi(
      secured('operador', {
        method: 'get',
        path: '/importacoes/{id}',
        tags,
        summary: 'Uma importação: andamento, e no fim o que entrou e quantas linhas não',
        request: { params: z.object({ id: importIdParam }) },
        responses: { 200: json(importSchema, 'A importação') },
      }),
      async (context) => context.json(shown(await visible(context.get('actor'), context.req.valid('param').id)), 200),
    )
    .openapi(
      secured('operador', {
        method: 'get',
        path: '/importacoes/{id}/linhas',
        tags,
        summary: 'Cada linha que não entrou, e por quê',
        request: {
          params: z.object({ id: importIdParam }),
          query: importLinesQuery,
        },
        responses: { 200: json(importLinePageSchema, 'Uma página, na ordem das linhas') },
      }),
      async (context) => {
        const { id } = context.req.valid('param');
        const { cursor, limit = USUAL_LINES } = context.req.valid('query');
        await visible(context.get('actor'), id);
        const [after] = readCursor(linePlace, cursor) ?? [0];
        const found = await readImportProblems(knex, id, { after, limit: limit + 1 });
        const page = found.slice(0, limit);
        const last = found.length > limit ? page.at(-1) : undefined;
        const items = page.map(({ number: _number, ...line }) => line);
        return context.json({ items, next: last ? writeCursor([last.number]) : null }, 200);
      },
    );

  /** @returns what delays its beginning; null = nothing */
  async function begin(importId: string): Promise<string | null> {
    try {
      await startImport(temporal, importId);
      return null;
    } catch (error) {
      // It is in the record: the sweep starts what has no workflow.
      if (error instanceof BatchError) return AWAY;
      throw error;
    }
  }
}

const viewerOf = ({ id, filiais }: Actor) => ({ by: id, filiais });

/** A body that is cut has a length that it does not keep; of one in chunks the connection itself tells. */
function lengthOf(context: Context<ApiEnv>): { length?: number } {
  const length = context.req.header('Content-Length');
  return length === undefined || context.req.header('Transfer-Encoding') !== undefined
    ? {}
    : { length: Number(length) };
}

function refusedBody(received: Exclude<ReceivedBody, { kind: 'whole' }>): Problem {
  const nothing = 'Nada foi guardado.';
  switch (received.kind) {
    case 'tooLarge':
      return new Problem(413, 'entrada_grande', `O corpo passa de ${MAX_BYTES_A_CALL / 1024 / 1024} MiB.`, {
        hint: `${nothing} Divida-o em várias chamadas, cada uma com sua Idempotency-Key.`,
      });
    case 'tooManyRows':
      return new Problem(
        ...([413, 'linhas_demais', `O corpo tem mais de ${MAX_ROWS_A_CALL.toLocaleString('pt-BR')} linhas.`] as const),
        { hint: `${nothing} Divida-o em várias chamadas, cada uma com sua Idempotency-Key.` },
      );
    case 'empty':
      return new Problem(422, 'corpo_vazio', 'O corpo não tem nenhuma linha.', {
        hint: 'Envie um objeto JSON por linha, ou um CSV com cabeçalho e linhas.',
      });
    case 'cut':
      return new Problem(400, 'corpo_incompleto', 'O corpo parou no meio.', {
        hint: `${nothing} Repita a chamada inteira com a mesma Idempotency-Key.`,
      });
    case 'silent':
      return new Problem(400, 'corpo_incompleto', `O corpo parou no meio: nada chegou por ${received.seconds} s.`, {
        hint: `${nothing} Repita a chamada inteira com a mesma Idempotency-Key.`,
      });
    case 'notUtf8':
      return new Problem(422, 'codificacao_errada', `A linha ${received.line} não está em UTF-8.`, {
        hint: `${nothing} Salve tudo em UTF-8; um CSV em Windows-1252 vem como text/csv; charset=windows-1252.`,
      });
  }
}

function shown({ outcome, bytes: _bytes, receivedAt, finishedAt, ...view }: ImportView): z.infer<typeof importSchema> {
  return {
    ...view,
    stateLabel: importStateLabels[view.state],
    ended: finishedAt !== null,
    counts: outcome?.counts ?? null,
    pending: outcome?.pending ?? null,
    problems: outcome?.problems ?? null,
    refused: outcome?.refused ?? null,
    ignoredFields: outcome?.ignoredFields ?? {},
    keptGatewaySettings: (outcome?.keptGatewaySettings ?? []).map(String),
    message: outcome?.message ?? null,
    receivedAt: receivedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}
