import { z } from '@hono/zod-openapi';
import { dateParam, dateSchema, idSchema, listOf, nameSchema } from './basics';

export const holidaySchema = z
  .object({
    id: idSchema.optional().openapi({ description: 'Sem ele = nacional' }),
    day: dateSchema,
    name: z.string(),
    source: z.string().openapi({ description: 'A lei ou a regra que o faz feriado bancário' }),
    filialId: idSchema.nullable().openapi({ description: 'null = de todas as filiais' }),
    yearly: z.boolean(),
  })
  .openapi('Feriado');

export const newHolidaySchema = z.strictObject({
  day: dateParam,
  name: nameSchema(80),
  filialId: idSchema.nullable().openapi({ description: 'null = de todas as filiais' }),
  yearly: z.boolean().optional().openapi({ description: 'Também nos anos seguintes' }),
});

const yearParam = z
  .string()
  .regex(/^(19|2\d)\d\d$/, 'deve ser um ano, de 1900 a 2999')
  .transform(Number)
  .openapi({ type: 'string', pattern: '^(19|2[0-9])[0-9]{2}$', example: '2026' })
  .optional();

export const holidaysQuery = z.object({ ano: yearParam });
export const holidaysSchema = listOf(holidaySchema);
