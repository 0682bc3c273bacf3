import { z } from '@hono/zod-openapi';
import {
  batchIdParam,
  centsSchema,
  cursorParam,
  dateSchema,
  erpKeySchema,
  flagParam,
  idParam,
  idSchema,
  limitParam,
  pageOf,
} from './basics';
import { receivableRowSchema } from './receivable';

/* Títulos near their due date, or past it, that no bank has. */

export const USUAL_PAGE = 100;
const LARGEST_PAGE = 500;
export const USUAL_DAYS = 5;

const daysParam = z
  .string()
  .regex(/^\d{1,2}$/, 'deve ser de 0 a 99')
  .transform(Number)
  .openapi({ type: 'string', pattern: '^\\d{1,2}$', description: `De hoje em diante; ${USUAL_DAYS} sem ele` })
  .optional();

const nearDueSchema = z
  .object({
    id: idSchema,
    erpKey: erpKeySchema,
    customerName: z.string(),
    filialId: idSchema,
    carteiraId: idSchema,
    carteira: z.string(),
    dueDate: dateSchema,
    openAmountCents: centsSchema,
    state: receivableRowSchema.shape.state,
    stateLabel: z.string(),
    released: z.boolean(),
    batchId: batchIdParam.nullable(),
  })
  .openapi('VencendoSemRegistro');

const totalSchema = z.object({
  carteiraId: idSchema,
  carteira: z.string(),
  gateway: z.string().nullable().openapi({ description: 'null = sem conta de gateway: nada dela pode ser comunicado' }),
  count: z.number().int(),
  amountCents: centsSchema,
  nearestDueDate: dateSchema,
});

export const nearDueQuery = z.object({
  dias: daysParam,
  vencidos: flagParam.optional().openapi({ description: 'Os que já venceram, no lugar dos que vencem' }),
  carteiraId: idParam.optional(),
  cursor: cursorParam,
  limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
});
export const nearDuePageSchema = pageOf(nearDueSchema).extend({
  carteiras: z.array(totalSchema).openapi({ description: 'Totais de todas as páginas' }),
});
