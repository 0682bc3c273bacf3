import type { Knex } from 'knex';
import { localDate } from '../../../domain/kinds/dates';
import { cents } from '../../../domain/kinds/money';
import { printableBoleto } from '../../documents/printable';
import { createAttempt, createBoleto, createItem, createReceivable } from '../../kit/record';

/** A título that its batch registered, with codes that are right for it. */
export async function createPrintable(
  knex: Knex,
  carteira: { id: number; filialId: number; accountId: number | null },
  batchId: string,
): Promise<number> {
  const receivableId = await createReceivable(knex, carteira, { impresso: true });
  const { linhaDigitavel, barcode, ourNumber, charge } = printableBoleto({
    charge: {
      ...{ receivableId, ourNumber: `0003128557${String(receivableId).padStart(10, '0')}` },
      ...{ dueDate: localDate('2030-02-10'), issueDate: localDate('2030-01-02'), amountCents: cents(9_990) },
    },
  });
  const boletoId = await createBoleto(knex, receivableId, carteira.accountId as number, {
    ...{ state: 'registered', linha_digitavel: linhaDigitavel, barcode, our_number: ourNumber },
  });
  const ordinal = await createItem(knex, batchId, receivableId, {
    ...{ state: 'registered', boleto_id: boletoId, due_at: null, closed_at: knex.fn.now() },
  });
  await createAttempt(
    knex,
    boletoId,
    { batchId, ordinal, receivableId },
    {
      ...{ resolution: 'registered', kind: 'registered', snapshot: JSON.stringify(charge) },
    },
  );
  return receivableId;
}
