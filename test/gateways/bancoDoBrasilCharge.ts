import type { ChargeSnapshot } from '../../domain/boleto/charge';
import { addDays, saoPauloDate } from '../../domain/kinds/dates';
import { cents } from '../../domain/kinds/money';

/** A charge that Banco do Brasil accepts; `changes` to the payer are merged. */
export function validCharge(
  receivableId: number,
  { payer, ...changes }: Partial<Omit<ChargeSnapshot, 'payer'>> & { payer?: Partial<ChargeSnapshot['payer']> } = {},
): ChargeSnapshot {
  const today = saoPauloDate(new Date());
  return {
    receivableId,
    convenio: '3128557',
    carteira: '17',
    variation: '35',
    ownReference: String(receivableId),
    ourNumber: `0003128557${String(receivableId).padStart(10, '0')}`,
    issueDate: today,
    dueDate: addDays(today, 10),
    amountCents: cents(12_990 + receivableId),
    especie: 'DM',
    acceptance: false,
    rules: { interestPercentPerMonth: 1, finePercent: 2 },
    writeOffDays: 60,
    payer: {
      personType: 'F',
      document: '52998224725',
      name: 'José da Conceição Inventado',
      street: 'Rua das Flores, 123',
      district: 'Centro',
      city: 'São Paulo',
      uf: 'SP',
      cep: '01310100',
      ...payer,
    },
    ...changes,
  };
}
