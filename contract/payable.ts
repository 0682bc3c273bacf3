import { z } from '@hono/zod-openapi';
import {
  centsSchema,
  cursorParam,
  dateSchema,
  erpKeySchema,
  idParam,
  idSchema,
  instantSchema,
  limitParam,
  pageOf,
  reasonSchema,
} from './basics';

/* Boletos that a bank still has as payable though their título is cancelled or received. */

const payableSchema = z
  .object({
    id: idSchema,
    erpKey: erpKeySchema,
    customerName: z.string(),
    filialId: idSchema,
    carteiraId: idSchema,
    carteira: z.string(),
    status: z.enum(['C', 'R']),
    statusLabel: z.string(),
    dueDate: dateSchema,
    amountCents: centsSchema,
    ourNumber: z.string().nullable(),
    since: instantSchema.openapi({ description: 'Desde quando o registro sabe' }),
  })
  .openapi('AindaPagavel');

export const USUAL_PAGE = 100;
const LARGEST_PAGE = 500;
const MOST_CONFIRMED = 500;
export const payableQuery = z.object({
  carteiraId: idParam.optional(),
  status: z.enum(['C', 'R']).optional(),
  cursor: cursorParam,
  limit: limitParam(LARGEST_PAGE, USUAL_PAGE),
});
export const payablePageSchema = pageOf(payableSchema);
export const notPayableSchema = z.strictObject({
  receivableIds: z.array(idSchema).min(1).max(MOST_CONFIRMED),
  reason: reasonSchema,
});
export const confirmedSchema = z.object({
  confirmed: z.number().int().openapi({ description: 'Os que estavam na lista' }),
});
