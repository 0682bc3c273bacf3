import { compe001 } from '../../domain/codes/layouts/compe001';
import { buildBarcode, toLinhaDigitavel } from '../../domain/codes/barcode';
import { localDate } from '../../domain/kinds/dates';
import { cents } from '../../domain/kinds/money';
import type { PrintableBoleto } from '../../domain/receivable/printable';
import { createQrCode } from '../../gateways/bancoDoBrasil/simulator/pix';

type Changes = Partial<Omit<PrintableBoleto, 'charge' | 'beneficiary'>> & {
  charge?: Partial<Omit<PrintableBoleto['charge'], 'payer'>> & { payer?: Partial<PrintableBoleto['charge']['payer']> };
  beneficiary?: Partial<PrintableBoleto['beneficiary']>;
  /** With the Pix that the bank would make. */
  pix?: boolean;
};

/** A registered boleto, its codes right for its charge; `changes` to charge, payer and beneficiário are merged. */
export function printableBoleto({ charge: changed = {}, beneficiary, pix, ...rest }: Changes = {}): PrintableBoleto {
  const { payer, ...changes } = changed;
  const charge: PrintableBoleto['charge'] = {
    receivableId: 1_042,
    convenio: '3128557',
    carteira: '17',
    variation: '35',
    ownReference: '1042',
    ourNumber: '00031285570000001042',
    issueDate: localDate('2026-11-03'),
    dueDate: localDate('2026-12-10'),
    amountCents: cents(12_990),
    especie: 'DM',
    acceptance: false,
    rules: { interestPercentPerMonth: 1, finePercent: 2 },
    writeOffDays: 60,
    ...changes,
    payer: {
      personType: 'F',
      document: '52998224725',
      name: 'José da Conceição Inventado',
      street: 'Rua das Acácias, 123, apto 45',
      district: 'Jardim América',
      city: 'São Paulo',
      uf: 'SP',
      cep: '01310100',
      ...payer,
    },
  };
  const ourNumber = charge.ourNumber as string;
  const freeField = compe001.freeField({
    convenio: charge.convenio,
    nosso_numero: ourNumber,
    carteira: charge.carteira,
  });
  const barcode = buildBarcode({ bank: '001', dueDate: charge.dueDate, amountCents: charge.amountCents, freeField });
  return {
    receivableId: charge.receivableId,
    linhaDigitavel: toLinhaDigitavel(barcode),
    barcode,
    pixEmv: pix ? createQrCode({ number: ourNumber, amountCents: charge.amountCents }).emv : null,
    ourNumber,
    beneficiaryCode: '0452 / 123873',
    document: 'NF 2026/1042',
    installment: 1,
    registeredAt: new Date('2026-11-04T15:00:00Z'),
    homologation: false,
    beneficiary: {
      name: 'Rede Ventoleste Telecomunicações Ltda',
      document: '11222333000181',
      street: 'Avenida Independência, 1500, sala 12',
      district: 'Centro',
      city: 'Campinas',
      uf: 'SP',
      cep: '13010000',
      ...beneficiary,
    },
    charge,
    ...rest,
  };
}

export async function* eachOf<T>(list: Iterable<T>): AsyncGenerator<T> {
  yield* list;
}
