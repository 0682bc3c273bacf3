import { z } from '@hono/zod-openapi';
import type { registroFailureSchema } from '../../contract/registro';
import { LARGEST_PAGE, registrosQuery, registrosSchema } from '../../contract/registro';
import { readFeed, type FeedPlace, type FeedRow } from '../../record/outbox/resultFeed';
import { receivableLabels } from '../../domain/receivable/receivableStates';
import { registeredTerms } from '../../domain/boleto/registeredTerms';
import { writeCursor } from '../cursor';
import type { ApiDeps } from '../deps';
import { failureWords } from '../failureWords';
import { Problem } from '../problem';
import { json, router, secured } from '../route';
import { withoutForeignBatches } from '../withoutForeignBatches';

const place = z.union([z.tuple([z.literal(0)]), z.tuple([z.int().min(1).max(Number.MAX_SAFE_INTEGER), z.uuid()])]);
const beginning: FeedPlace = { position: 0, token: null };

const query = registrosQuery.extend({
  apos: registrosQuery.shape.apos
    .unwrap()
    .transform((text, context): FeedPlace => {
      const read = place.safeParse(jsonOf(text));
      if (read.success) return { position: read.data[0], token: read.data[1] ?? null };
      context.addIssue({ code: 'custom', message: 'não é um cursor deste feed: use o proximo da página anterior' });
      return z.NEVER;
    })
    .optional(),
});

/** What an ERP stores: the result of each título, in the order of change, without gaps. */
export function registrosRoutes({ knex }: ApiDeps) {
  return router().openapi(
    secured('consulta', {
      ...{ method: 'get', path: '/registros', tags: ['Registros'] },
      summary: 'O resultado de cada título, na ordem em que mudou, sem lacunas',
      description:
        'Cada título uma vez, como está agora; um que muda de novo volta mais adiante. Leia até `haMais` ser false, guarde `proximo` junto com os registros e continue dele. Uma página pode vir vazia com `haMais` true. 409 `cursor_de_outro_registro`: recomece sem `apos`.',
      request: { query },
      responses: { 200: json(registrosSchema, 'Uma página') },
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

function shown(row: FeedRow): Omit<z.infer<typeof registrosSchema>['registros'][number], 'cursor'> {
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

function shownFailure(failure: NonNullable<FeedRow['failure']>): z.infer<typeof registroFailureSchema> {
  const { bankWords: _bankWords, ...words } = failureWords(failure, failure.addressSource);
  return {
    kind: failure.failureKind,
    ...words,
    bankCode: failure.providerCode,
    bankText: failure.providerMessage,
  };
}
