import fc from 'fast-check';
import type { ChargeRules, ChargeSnapshot, Discount } from '../../domain/boleto/charge';
import { addDays, saoPauloDate, type LocalDate } from '../../domain/kinds/dates';
import { MAX_BARCODE_CENTS, type Cents } from '../../domain/kinds/money';
import { previa } from '../../domain/boleto/previa';
import { sending } from '../../gateways/bancoDoBrasil/codec';
import { checkRegistration, isRefused } from '../../gateways/bancoDoBrasil/simulator/checks';
import { toRegistrationBody } from '../../gateways/bancoDoBrasil/wire';

const now = new Date('2031-03-09T15:00:00Z');
const today = saoPauloDate(now);
/** What only the bank knows is not in this bank's books. */
const nothingSpecial = { irregularDocuments: [], missingCeps: [], convenios: [], closedConvenios: [] };

/** The code with which the bank refuses it; null when it registers it. */
function refusedByTheBank(snapshot: ChargeSnapshot): string | null {
  let body: string;
  try {
    body = toRegistrationBody(snapshot);
  } catch {
    return 'cannot be written';
  }
  const answer = checkRegistration(body, nothingSpecial, now);
  return isRefused(answer) ? answer.code : null;
}

/** Mostly right, so that a good part of the títulos has one defect, and another part none. */
function mostly<T>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 24, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

const asText = (max: number) =>
  fc.string({ unit: fc.constantFrom(...'AbÇãé1 .,-/&ª’–"#@|☎\u200b\u0000𝄞'), maxLength: max });
const validText = fc
  .string({ unit: fc.constantFrom(...'AbcÇãéÔ1 .,-/&'), minLength: 1, maxLength: 80 })
  .map((text) => `R${text}`);
/** At the edge: 60 characters are taken, 61 are not, however many units their accents have. */
const longName = fc.integer({ min: 58, max: 64 }).map((length) => 'é'.normalize('NFD').repeat(length));
const digits = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max });

const people = ['52998224725', '00000000191', '11144477735'].map((document) => ({
  personType: 'F' as const,
  document,
}));
const companies = ['11222333000181', '12ABC34501DE35', '00000000000191'].map((document) => ({
  personType: 'J' as const,
  document,
}));
const payerOf = mostly(
  fc.constantFrom<Pick<ChargeSnapshot['payer'], 'personType' | 'document'>>(...people, ...companies),
  fc.record({
    personType: fc.constantFrom('F' as const, 'J' as const),
    document: fc.oneof(
      fc.constantFrom('', '00000000000', '11111111111', '5299822472', ' 52998224725 ', '529.982.247-25', '52998224726'),
      fc.constantFrom('12abc34501de35', '12ABC34501DE36', '12ABC34501DE3é', '99999999999999', '５２９９８２２４７２５'),
      fc.constantFrom(...[...people, ...companies].map(({ document }) => document)),
      digits(0, 15),
    ),
  }),
);
const placeOf = mostly<Pick<ChargeSnapshot['payer'], 'uf' | 'cep'>>(
  fc.constantFrom(
    { uf: 'SP', cep: '01310100' },
    // A CEP geral: a whole city has it.
    { uf: 'SP', cep: '01000000' },
    { uf: 'sp', cep: '18100000' },
    { uf: 'DF', cep: '70200123' },
    { uf: 'RS', cep: '99999999' },
  ),
  fc.record({
    uf: fc.constantFrom('SP', 'rj', ' MG ', 'Á', '', ' ', 'XX', 'SPP', 'ſp'),
    cep: fc.oneof(
      fc.constantFrom('', '00000000', '00999000', '01310-100', ' 01310100', '1310100', '013101000'),
      digits(8, 8),
    ),
  }),
);
const days = (from: number, to: number) => fc.integer({ min: from, max: to }).map((offset) => addDays(today, offset));
const datesOf = mostly(
  fc.record({ issueDate: days(-300, 0), dueDate: days(7, 5_500) }),
  fc.oneof(
    fc.record({ issueDate: days(-30, 0), dueDate: days(0, 7) }),
    fc.record({ issueDate: days(-400, 40), dueDate: fc.oneof(days(-40, 40), days(5_490, 6_000)) }),
  ),
);
const percentOf = mostly(
  fc.constantFrom(0, 1, 2, 0.33, 33.5, 99.99),
  fc.constantFrom(-1, 100, 100.01, 250, 0.333, 1e-7, NaN),
);
const amountOf = mostly(
  fc.constantFrom(0, 1, 33, 250),
  fc.constantFrom(-1, 0.5, 5_000, 1_000_000, NaN),
) as fc.Arbitrary<Cents>;
/** A percentage, an amount, now and then both or neither. */
const pricedOf = mostly<{ percent?: number; amountCents?: Cents }>(
  fc.oneof(
    percentOf.map((percent) => ({ percent })),
    amountOf.map((amountCents) => ({ amountCents })),
  ),
  fc.record({ percent: percentOf, amountCents: amountOf }, { requiredKeys: [] }),
);
/** Up to four steps, mostly of one kind, each later than the one before, the last before or at the vencimento. */
const discountsOf = (dueDate: LocalDate): fc.Arbitrary<Discount[]> =>
  fc
    .record({
      kind: fc.constantFrom('percent' as const, 'amountCents' as const),
      count: mostly(fc.integer({ min: 0, max: 3 }), fc.constant(4)),
      limits: fc.tuple(
        ...[6, 4, 2, 0].map((days) =>
          mostly(fc.constant(days), fc.integer({ min: -2, max: 8 })).map((before) => addDays(dueDate, -before)),
        ),
      ),
      prices: fc.tuple(...Array.from({ length: 4 }, () => fc.record({ percent: percentOf, amountCents: amountOf }))),
      strange: mostly(fc.constant(null), pricedOf),
    })
    .map(({ kind, count, limits, prices, strange }) =>
      prices.slice(0, count).map((price, at) => ({
        until: limits[at + 4 - count] as LocalDate,
        ...(at === 0 && strange ? strange : { [kind]: price[kind] }),
      })),
    );
const isCharged = ({ percent, amountCents }: { percent?: number; amountCents?: Cents }) =>
  Boolean(percent || amountCents);
const rulesOf = (dueDate: LocalDate): fc.Arbitrary<ChargeRules> =>
  fc
    .record({
      interest: pricedOf,
      fine: pricedOf,
      grace: fc.constantFrom(0, 0, 0, 0, 1, 5, 999),
      strangeGrace: mostly(fc.constant(null), fc.constantFrom(-1, -3)),
      discounts: discountsOf(dueDate),
    })
    .map(({ interest, fine, grace, strangeGrace, discounts: [discount, ...furtherDiscounts] }) => ({
      ...('percent' in interest ? { interestPercentPerMonth: interest.percent } : {}),
      ...('amountCents' in interest ? { interestCentsPerDay: interest.amountCents } : {}),
      ...('percent' in fine ? { finePercent: fine.percent } : {}),
      ...('amountCents' in fine ? { fineCents: fine.amountCents } : {}),
      // The bank cannot be told of a carência with juros: only the prévia knows of it.
      ...(isCharged(interest) || !isCharged(fine) ? {} : { graceDays: strangeGrace ?? grace }),
      ...(discount ? { discount } : {}),
      ...(furtherDiscounts.length > 0 ? { furtherDiscounts } : {}),
    }));
const numbersOf: fc.Arbitrary<Pick<ChargeSnapshot, 'convenio' | 'ownReference' | 'ourNumber'>> = fc.record({
  convenio: mostly(
    fc.constantFrom<string>('3128557', '1000000', '9999999'),
    fc.oneof(fc.constantFrom('0128557', '312855', '31285570', '', '312855X', '(', '3128.57'), digits(6, 8)),
  ),
  ownReference: mostly(
    fc.constantFrom<string>('50001', '50001-2', 'A', "D'AVILA 1"),
    fc.oneof(fc.constantFrom('', ' ', 'a', 'Ç', '1234567890123456', '123456789012345', ' 1 ', '1/2'), asText(20)),
  ),
  ourNumber: mostly(
    fc.constant<string | null>('right'),
    fc.constantFrom(null, '', '00031285570000000001', '0003128557000000001', '00031285570000000O01'),
  ),
});
const contractOf = fc.record({
  carteira: mostly(fc.constantFrom('17', '017'), fc.constantFrom('', '18', '1', 'RG', '1.7', '17 ')),
  variation: mostly(
    fc.constantFrom('35', '019', '1', '999'),
    fc.constantFrom('', '0', '000', '1234', 'A', '-1', '3.5', ' '),
  ),
  especie: mostly(fc.constantFrom('DM', 'DS', 'OU', 'RC', 'BP', 'BDP'), fc.constantFrom('', 'XX', 'dm', 'constructor')),
  writeOffDays: mostly(fc.constantFrom(null, 0, 60, 999), fc.constantFrom(-1, 1.5, 1_000, NaN)),
  acceptance: fc.boolean(),
  amountCents: mostly(
    fc.integer({ min: 1, max: MAX_BARCODE_CENTS }),
    fc.constantFrom(0, -1, -5_000, MAX_BARCODE_CENTS + 1, 1.5, NaN, Infinity),
  ) as fc.Arbitrary<Cents>,
});
const textOf = mostly(validText, asText(90));

const snapshots: fc.Arbitrary<ChargeSnapshot> = fc
  .record({ contract: contractOf, numbers: numbersOf, dates: datesOf, payer: payerOf, place: placeOf })
  .chain(({ contract, numbers, dates, payer, place }) =>
    fc
      .record({
        name: mostly(
          validText.map((text) => text.slice(0, 60)),
          fc.oneof(asText(90), longName),
        ),
        street: textOf,
        number: fc.constantFrom('', '12', 'S/N', '7'.repeat(45)),
        complement: mostly(fc.constantFrom('', 'apto 12, 2° andar'), asText(30)),
        district: textOf,
        city: textOf,
        rules: rulesOf(dates.dueDate),
      })
      .map(({ rules, ...texts }) => ({
        receivableId: 1,
        ...contract,
        ...dates,
        ...numbers,
        ourNumber: numbers.ourNumber === 'right' ? `000${numbers.convenio}0000000001` : numbers.ourNumber,
        rules,
        // A number without a street is refused by us alone: the bank takes any text.
        payer: { ...payer, ...place, ...texts, ...(texts.street.trim() ? {} : { number: '', complement: '' }) },
      })),
  );

test('the prévia refuses exactly what the bank would refuse for data: títulos whole and broken in every way', () => {
  const seen = { sound: 0, broken: 0, codes: new Set<string>(), bankCodes: new Set<string>() };
  fc.assert(
    fc.property(snapshots, (snapshot) => {
      const defects = previa(snapshot, sending, now);
      const bankCode = refusedByTheBank(snapshot);
      for (const { code } of defects) seen.codes.add(code);
      if (bankCode !== null) seen.bankCodes.add(bankCode);
      seen[bankCode === null ? 'sound' : 'broken'] += 1;
      if (defects.length > 0 !== (bankCode !== null))
        throw new Error(`prévia: ${JSON.stringify(defects)}, bank: ${bankCode ?? 'registered'}`);
    }),
    { numRuns: 2_000 },
  );
  // Neither half of the equivalence was empty, and every check had its turn.
  expect(seen.sound).toBeGreaterThan(500);
  expect(seen.broken).toBeGreaterThan(500);
  expect(seen.codes.size).toBeGreaterThanOrEqual(30);
  expect(seen.bankCodes.size).toBeGreaterThanOrEqual(26);
});
