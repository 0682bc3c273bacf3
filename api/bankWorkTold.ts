import type { z } from '@hono/zod-openapi';
import type { bankWorkSchema } from '../contract/bankWork';
import { bankValue, bankWorkLabels, bankWorkOriginLabels } from '../domain/receivable/bankWork';
import type { BankWork } from '../record/receivables/bankWork';

/** Work at the bank as the API tells it. */
export function toldWork(work: BankWork): z.infer<typeof bankWorkSchema> {
  const { id, receivableId, kind, fields, origin, by, openedAt, changedAt } = work;
  return {
    ...{
      id,
      receivableId,
      kind,
      kindLabel: bankWorkLabels[kind],
      origin,
      originLabel: bankWorkOriginLabels[origin],
      by,
    },
    fields: Object.entries(fields).map(([field, { bank, wanted }]) => ({
      ...{ field, bank, wanted, bankText: bankValue(field, bank), wantedText: bankValue(field, wanted) },
    })),
    ...{ openedAt: openedAt.toISOString(), changedAt: changedAt.toISOString() },
  };
}
