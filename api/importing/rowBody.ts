import { z } from '@hono/zod-openapi';
import type { ImportType } from '../../domain/receivable/imports';
import { importModel } from '../../record/importing/schemas';

/** The fields of a type, as `boletos importar --modelo` has them; each is checked by the import, with its words. */
export function rowBody(type: ImportType) {
  const model = importModel(type).filter(({ field }) => field !== 'id');
  return z.record(z.string(), z.unknown()).openapi({
    type: 'object',
    required: model.flatMap(({ field, required }) => (required ? [field] : [])),
    properties: Object.fromEntries(
      model.map(({ field, form, meaning }) => [
        field,
        { type: ['string', 'number', 'boolean', 'null'] as const, description: `${meaning} (${form})` },
      ]),
    ) as never,
  });
}
