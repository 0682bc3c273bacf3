import { z } from '@hono/zod-openapi';
import { readFeed, type FeedPlace, type FeedRow } from '../../record/outbox/resultFeed';
import { receivableLabels, receivableStates } from '../../domain/receivable/receivableStates';
import { registeredTerms } from '../../domain/boleto/registeredTerms';
import { writeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { failureWords } from '../failureWords';
import { Problem } from '../problem';
import { json, router, secured } from '../route';
import { batchIdParam, centsSchema, dateSchema, idSchema, instantSchema, limitParam } from '../schemas/basics';
import { withoutForeignBatches } from '../withoutForeignBatches';

const LARGEST_PAGE = 1_000;
const place = z.union([z.tuple([z.literal(0)]), z.tuple([z.int().min(1).max(Number.MAX_SAFE_INTEGER), z.uuid()])]);
const beginning: FeedPlace = { position: 0, token: null };

const aposParam = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_-]+$/, 'não é um cursor')
  .transform((text, context): FeedPlace => {
    const read = place.safeParse(jsonOf(text));
    if (read.success) return { position: read.data[0], token: read.data[1] ?? null };
    context.addIssue({ code: 'custom', message: 'não é um cursor deste feed: use o proximo da página anterior' });
    return z.NEVER;
  })
  .openapi({
    ...{ type: 'string', maxLength: 200, pattern: '^[A-Za-z0-9_-]+$' },
    description: 'O `proximo` da página anterior, ou o `cursor` do último registro guardado; sem ele, desde o começo',
  });

const failureSchema = z
  .object({
    kind: z.string().nullable().openapi({ description: 'data, config, transient, ambiguous … (docs/failures.md)' }),
    cause: z.string().nullable().openapi({ description: 'Uma frase' }),
    known: z.boolean().nullable().openapi({ description: 'false: o catálogo não conhece este erro' }),
    whoFixes: z.string().nullable(),
    advice: z.string().nullable(),
    fieldName: z.string().nullable().openapi({ description: 'Nome do campo no ERP' }),
    bankCode: z.string().nullable().openapi({ description: 'Como o banco o disse; da prévia, o código dela' }),
    bankText: z.string().nullable(),
  })
  .openapi('FalhaDoRegistro');

const registroSchema = z
  .object({
    receivableId: idSchema,
    erpKey: z.string().openapi({ description: 'A chave do próprio ERP; sem uma, o ID da cobrança' }),
    carteiraId: idSchema,
    filialId: idSchema,
    state: z.enum(receivableStates),
    stateLabel: z.string(),
    impresso: z.boolean(),
    ourNumber: z.string().nullable().openapi({ description: 'Nosso número' }),
    ownReference: z.string().nullable().openapi({ description: 'Seu número' }),
    linhaDigitavel: z.string().nullable().openapi({ description: 'Códigos e link: só de um boleto registrado' }),
    barcode: z.string().nullable(),
    pixEmv: z.string().nullable().openapi({ description: 'Pix copia e cola' }),
    pixTxid: z.string().nullable(),
    link: z.string().nullable(),
    registeredAt: instantSchema.nullable(),
    dueDate: dateSchema.nullable().openapi({ description: 'Vencimento como está registrado no banco' }),
    amountCents: centsSchema.nullable().openapi({ description: 'Valor como está registrado no banco, em centavos' }),
    olderData: z.boolean().openapi({ description: 'Registrado com dados anteriores à última correção' }),
    homologation: z.boolean().openapi({ description: 'true: não vale nada' }),
    payableThoughClosed: z
      .boolean()
      .openapi({ description: 'O título foi cancelado ou recebido, e o banco ainda aceita o pagamento' }),
    failure: failureSchema.nullable().openapi({ description: 'A última, enquanto nada está registrado' }),
    batchId: batchIdParam.nullable().openapi({ description: 'A comunicação, se quem pede a vê' }),
    changedAt: instantSchema,
    cursor: z.string().openapi({ description: 'O lugar depois deste registro, para quem guarda um de cada vez' }),
  })
  .openapi('Registro');

const pageSchema = z
  .object({
    registros: z.array(registroSchema),
    proximo: z.string().openapi({ description: 'Para `apos` do próximo pedido; guarde-o com os registros' }),
    haMais: z.boolean().openapi({ description: 'false: peça de novo daqui a alguns segundos' }),
  })
  .openapi('Registros');

/** What an ERP stores: the result of each título, in the order of change, without gaps. */
export function registrosRoutes({ knex }: ApiDeps) {
  return router().openapi(
    secured('consulta', {
      ...{ method: 'get', path: '/registros', tags: ['Registros'] },
      summary: 'O resultado de cada título, na ordem em que mudou, sem lacunas',
      description:
        'Cada título uma vez, como está agora; um que muda de novo volta mais adiante. Leia até `haMais` ser false, guarde `proximo` junto com os registros e continue dele. Uma página pode vir vazia com `haMais` true. 409 `cursor_de_outro_registro`: recomece sem `apos`.',
      request: { query: z.object({ apos: aposParam.optional(), limite: limitParam(LARGEST_PAGE, LARGEST_PAGE) }) },
      responses: { 200: json(pageSchema, 'Uma página') },
    }),
    async (context) => {
      const actor = context.get('actor');
      const { apos = beginning, limite = LARGEST_PAGE } = context.req.valid('query');
      const page = await readFeed(knex, { after: apos, filiais: actor.filiais, limit: limite });
      if (page.kind === 'foreignPlace')
        throw new Problem(409, 'cursor_de_outro_registro', 'O cursor é de outro registro, ou de antes de um backup.', {
          hint: 'Recomece sem apos: cada título vem de novo, como está agora; guardar de novo o mesmo nada estraga.',
        });
      const registros = page.rows.map((row) => ({ ...shown(row), cursor: cursorOf(row.position, page.token) }));
      return context.json(
        {
          registros: await withoutForeignBatches(knex, actor, registros),
          proximo: cursorOf(page.next.position, page.next.token),
          haMais: page.more,
        },
        200,
      );
    },
  );
}

function cursorOf(position: number, token: string | null): string {
  return writeCursor(token === null ? [position] : [position, token]);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return null;
  }
}

function shown(row: FeedRow): Omit<z.infer<typeof registroSchema>, 'cursor'> {
  const { position: _position, sent, divergence, registeredAt, failure, changedAt, state, ...others } = row;
  const { dueDateAtBank, amountAtBank, ...rest } = others;
  const { linhaDigitavel, barcode } = row;
  const terms = registeredAt && registeredTerms({ linhaDigitavel, barcode, divergence, registeredAt, sent });
  return {
    ...rest,
    state,
    stateLabel: receivableLabels[state],
    registeredAt: registeredAt?.toISOString() ?? null,
    dueDate: dueDateAtBank ?? terms?.dueDate ?? null,
    amountCents: amountAtBank ?? terms?.amountCents ?? null,
    failure: failure && shownFailure(failure),
    changedAt: changedAt.toISOString(),
  };
}

function shownFailure(failure: NonNullable<FeedRow['failure']>): z.infer<typeof failureSchema> {
  const { bankWords: _bankWords, ...words } = failureWords(failure, failure.addressSource);
  return {
    kind: failure.failureKind,
    ...words,
    bankCode: failure.providerCode,
    bankText: failure.providerMessage,
  };
}
