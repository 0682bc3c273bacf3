import { createWriteStream } from 'node:fs';
import { compe001 } from '../../domain/codes/layouts/compe001';
import { buildBarcode, toLinhaDigitavel } from '../../domain/codes/barcode';
import { localDate } from '../../domain/kinds/dates';
import { cents } from '../../domain/kinds/money';
import type { PrintableBoleto } from '../../domain/receivable/printable';
import { writeBoletos } from '../../documents/writeBoletos';
import { createQrCode } from '../../gateways/bancoDoBrasil/simulator/pix';

const READ_AT_ONCE = 200;

/** `tsx tools/bench/writeDocuments.ts N FILE`: writes N boletos as the command `pdf` does, and says what memory it took. */
async function main([count = '', file = '']: string[]): Promise<void> {
  await writeBoletos(boletos(Number(count)), createWriteStream(file));
  const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1_024);
  process.stdout.write(`${JSON.stringify({ peakMegabytes })}\n`);
}

/** In pages, as the record hands them out. */
async function* boletos(count: number): AsyncGenerator<PrintableBoleto> {
  for (let made = 0; made < count;) {
    const page = Array.from({ length: Math.min(READ_AT_ONCE, count - made) }, (_, index) => boleto(made + index + 1));
    yield* page;
    made += page.length;
  }
}

function boleto(number: number): PrintableBoleto {
  const [convenio, carteira] = ['3128557', '17'];
  const [dueDate, amountCents] = [localDate('2026-12-10'), cents(10_000 + number)];
  const ourNumber = `000${convenio}${String(number).padStart(10, '0')}`;
  const freeField = compe001.freeField({ convenio, nosso_numero: ourNumber, carteira });
  const barcode = buildBarcode({ bank: '001', dueDate, amountCents, freeField });
  const place = { street: 'Rua Inventada, 100', district: 'Centro', city: 'Campinas', uf: 'SP', cep: '13010000' };
  return {
    receivableId: number,
    linhaDigitavel: toLinhaDigitavel(barcode),
    barcode,
    pixEmv: createQrCode({ number: ourNumber, amountCents }).emv,
    ourNumber,
    beneficiaryCode: null,
    document: `2026/${number}`,
    installment: 1,
    registeredAt: new Date('2026-11-04T15:00:00Z'),
    homologation: false,
    beneficiary: { ...place, name: 'Provedor Inventado Ltda', document: '11222333000181' },
    charge: {
      receivableId: number,
      convenio,
      carteira,
      variation: '35',
      ownReference: String(number),
      ourNumber,
      issueDate: localDate('2026-11-03'),
      dueDate,
      amountCents,
      especie: 'DM',
      acceptance: false,
      rules: { interestPercentPerMonth: 1, finePercent: 2 },
      writeOffDays: 60,
      payer: { ...place, personType: 'F', document: '52998224725', name: `Cliente Inventado ${number}` },
    },
  };
}

void main(process.argv.slice(2));
