import { previaEntries, previaRows, type PreviaCode } from '../../domain/catalogue/previa';
import { addDays, localDate } from '../../domain/kinds/dates';
import { cents, MAX_BARCODE_CENTS, type Cents } from '../../domain/kinds/money';
import { previa } from '../../domain/boleto/previa';
import type { SendingLimits } from '../../domain/boleto/sending';
import { sending } from '../../gateways/bancoDoBrasil/codec';
import { validCharge } from '../gateways/bancoDoBrasilCharge';

const today = localDate('2031-03-09');
/** Noon in São Paulo. */
const now = new Date('2031-03-09T15:00:00Z');
/** A gateway that is stricter than Banco do Brasil wherever one can be. */
const strict: SendingLimits = {
  ...sending,
  cutOffHour: 18,
  amount: { minCents: 250, maxCents: 1_000_000 },
  documents: ['cpf', 'cnpj'],
  percent: { decimals: 1, interestBelow: 5, fineBelow: 10, discountBelow: 90 },
  ownReference: { max: 5, pattern: /^\d+$/, shortened: true },
  texts: {
    ...sending.texts,
    street: { max: 40, whenLonger: 'refuse', required: true },
    district: { max: 15, whenLonger: 'refuse', required: false },
    city: { max: 15, whenLonger: 'refuse', required: true },
  },
};

type Changes = Parameters<typeof validCharge>[1];
function charge({ payer, ...changes }: NonNullable<Changes> = {}) {
  return validCharge(1, {
    issueDate: addDays(today, -5),
    dueDate: addDays(today, 10),
    ...changes,
    payer: { ...payer },
  });
}
function found(changes: Changes, limits = sending, at = now): [code: string, field: string][] {
  return previa(charge(changes), limits, at).map(({ code, field }) => [code, field]);
}

test('a sound título has no defect, at a strict gateway neither', () => {
  expect(found({})).toEqual([]);
  expect(found({ amountCents: cents(9_990), ownReference: '50001' }, strict)).toEqual([]);
});

const company = { personType: 'J' as const, document: '12ABC34501DE35' };
const cases: [what: string, changes: Changes, code: PreviaCode, field: string, limits?: SendingLimits][] = [
  ['a convênio of six digits', { convenio: '312855' }, 'convenioInvalido', 'convenio'],
  ['a convênio with a leading zero', { convenio: '0128557' }, 'convenioInvalido', 'convenio'],
  ['another carteira', { carteira: '18' }, 'carteiraInvalida', 'carteira'],
  ['no variação', { variation: '' }, 'variacaoInvalida', 'variation'],
  ['an unknown espécie', { especie: 'XX' }, 'especieDesconhecida', 'especie'],
  ['an espécie that every object knows', { especie: 'constructor' }, 'especieDesconhecida', 'especie'],
  ['half a day until the baixa', { writeOffDays: 1.5 }, 'baixaInvalida', 'writeOffDays'],
  [
    'juros of a boleto de aporte',
    { especie: 'BDP', rules: { interestPercentPerMonth: 1 } },
    'especieSemEncargos',
    'especie',
  ],
  ['multa of a boleto de proposta', { especie: 'BP', rules: { finePercent: 2 } }, 'especieSemEncargos', 'especie'],
  [
    'juros with three decimals',
    { rules: { interestPercentPerMonth: 0.333 } },
    'jurosInvalidos',
    'rules.interestPercentPerMonth',
  ],
  [
    'juros that are negative',
    { rules: { interestPercentPerMonth: -1 } },
    'jurosInvalidos',
    'rules.interestPercentPerMonth',
  ],
  ['a multa of everything', { rules: { finePercent: 100 } }, 'multaInvalida', 'rules.finePercent'],
  [
    'a desconto of everything',
    { rules: { discount: { percent: 100, until: today } } },
    'descontoInvalido',
    'rules.discount',
  ],
  [
    'a desconto above the gateway’s limit',
    { ownReference: '1', amountCents: cents(9_990), rules: { discount: { percent: 90, until: today } } },
    'descontoInvalido',
    'rules.discount',
    strict,
  ],
  [
    'a desconto after the vencimento',
    { rules: { discount: { percent: 5, until: addDays(today, 11) } } },
    'descontoDepoisDoVencimento',
    'rules.discount',
  ],
  [
    'a desconto whose limit is past, since the título falls due today',
    { dueDate: today, rules: { discount: { percent: 5, until: addDays(today, -1) } } },
    'descontoVencido',
    'rules.discount',
  ],
  [
    'a desconto whose limit is before the emissão',
    { dueDate: addDays(today, 10), issueDate: today, rules: { discount: { percent: 5, until: addDays(today, -2) } } },
    'descontoVencido',
    'rules.discount',
  ],
  [
    'a desconto in reais of the whole value',
    { amountCents: cents(5_000), rules: { discount: { amountCents: cents(5_000), until: today } } },
    'descontoMaiorQueValor',
    'rules.discount',
  ],
  [
    'a further desconto of more than the value',
    {
      amountCents: cents(5_000),
      rules: {
        discount: { amountCents: cents(10), until: today },
        furtherDiscounts: [{ amountCents: cents(5_001), until: addDays(today, 1) }],
      },
    },
    'descontoMaiorQueValor',
    'rules.discount',
  ],
  [
    'a desconto in percent and in reais at once',
    { rules: { discount: { percent: 5, amountCents: cents(5), until: today } } },
    'descontoInvalido',
    'rules.discount',
  ],
  [
    'one desconto in percent beside one in reais',
    {
      rules: {
        discount: { percent: 5, until: today },
        furtherDiscounts: [{ amountCents: cents(5), until: addDays(today, 1) }],
      },
    },
    'descontoInvalido',
    'rules.discount',
  ],
  [
    'four descontos',
    {
      rules: {
        discount: { percent: 5, until: today },
        furtherDiscounts: [1, 2, 3].map((days) => ({ percent: 4 - days, until: addDays(today, days) })),
      },
    },
    'descontoInvalido',
    'rules.discount',
  ],
  [
    'two descontos for the same day',
    { rules: { discount: { percent: 5, until: today }, furtherDiscounts: [{ percent: 2, until: today }] } },
    'descontoForaDeOrdem',
    'rules.discount',
  ],
  [
    'juros in reais above the value',
    { amountCents: cents(100), rules: { interestCentsPerDay: cents(101) } },
    'jurosMaioresQueValor',
    'rules.interestPercentPerMonth',
  ],
  [
    'half a centavo of juros',
    { rules: { interestCentsPerDay: 0.5 as Cents } },
    'jurosInvalidos',
    'rules.interestPercentPerMonth',
  ],
  [
    'a multa in reais of the whole value',
    { amountCents: cents(100), rules: { fineCents: cents(100) } },
    'multaMaiorQueValor',
    'rules.finePercent',
  ],
  [
    'a multa in percent and in reais at once',
    { rules: { finePercent: 2, fineCents: cents(1) } },
    'multaInvalida',
    'rules.finePercent',
  ],
  [
    'a multa that would begin before the vencimento',
    { rules: { finePercent: 2, graceDays: -2 } },
    'carenciaInvalida',
    'rules.graceDays',
  ],
  [
    'a carência of juros where they have no date',
    { rules: { interestPercentPerMonth: 1, graceDays: 3 } },
    'carenciaDeJurosNaoAceita',
    'rules.graceDays',
  ],
  [
    'a multa of the título’s own that is none',
    { rules: { finePercent: 100 }, ownTerms: true },
    'condicoesInvalidas',
    'rules.finePercent',
  ],
  [
    'days of the título’s own that are too many',
    { writeOffDays: 1_000, ownTerms: true },
    'condicoesInvalidas',
    'writeOffDays',
  ],
  ['an emissão of tomorrow', { issueDate: addDays(today, 1) }, 'emissaoFutura', 'issueDate'],
  ['an emissão of a year and a day ago', { issueDate: localDate('2030-03-08') }, 'emissaoAntiga', 'issueDate'],
  ['no nosso número', { ourNumber: null }, 'nossoNumeroInvalido', 'ourNumber'],
  ['a nosso número of another convênio', { ourNumber: '00031285580000000001' }, 'nossoNumeroInvalido', 'ourNumber'],
  ['a seu número of 16', { ownReference: '1234567890123456' }, 'seuNumeroInvalido', 'ownReference'],
  ['a seu número in small letters', { ownReference: 'a1' }, 'seuNumeroInvalido', 'ownReference'],
  ['no seu número', { ownReference: '' }, 'seuNumeroInvalido', 'ownReference'],
  ['an emissão after the vencimento', { issueDate: addDays(today, 11) }, 'emissaoDepoisDoVencimento', 'issueDate'],
  ['a vencimento of yesterday', { dueDate: addDays(today, -1) }, 'vencimentoPassado', 'dueDate'],
  ['a vencimento in the next century', { dueDate: addDays(today, 5_501) }, 'vencimentoDistante', 'dueDate'],
  ['a value of zero', { amountCents: cents(0) }, 'valorZerado', 'amountCents'],
  ['a negative value', { amountCents: cents(-1) }, 'valorInvalido', 'amountCents'],
  ['half a centavo', { amountCents: 0.5 as Cents }, 'valorInvalido', 'amountCents'],
  ['eleven digits of value', { amountCents: cents(MAX_BARCODE_CENTS + 1) }, 'valorAcimaDoMaximo', 'amountCents'],
  [
    'less than the minimum',
    { ownReference: '1', amountCents: cents(249) },
    'valorAbaixoDoMinimo',
    'amountCents',
    strict,
  ],
  ['no document', { payer: { document: '' } }, 'documentoVazio', 'payer.document'],
  ['a CPF that lacks a digit', { payer: { document: '5299822472' } }, 'documentoInvalido', 'payer.document'],
  ['a CPF with its points', { payer: { document: '529.982.247-25' } }, 'documentoInvalido', 'payer.document'],
  [
    'a CNPJ in small letters',
    { payer: { personType: 'J', document: '12abc34501de35' } },
    'documentoInvalido',
    'payer.document',
  ],
  ['a wrong digit of a CPF', { payer: { document: '52998224726' } }, 'documentoDigitoErrado', 'payer.document'],
  ['eleven times the same digit', { payer: { document: '11111111111' } }, 'documentoDigitoErrado', 'payer.document'],
  [
    'a wrong digit of a CNPJ with letters',
    { payer: { personType: 'J', document: '12ABC34501DE36' } },
    'documentoDigitoErrado',
    'payer.document',
  ],
  ['a CPF of a company', { payer: { personType: 'J' } }, 'documentoDeOutroTipo', 'payer.document'],
  ['a CNPJ of a person', { payer: { document: '11222333000181' } }, 'documentoDeOutroTipo', 'payer.document'],
  [
    'letters where the gateway takes none',
    { ownReference: '1', amountCents: cents(9_990), payer: company },
    'documentoNaoAceito',
    'payer.document',
    strict,
  ],
  ['no name', { payer: { name: ' ' } }, 'nomeVazio', 'payer.name'],
  ['a name of 61', { payer: { name: 'é'.repeat(61) } }, 'nomeLongo', 'payer.name'],
  ['a name with a star', { payer: { name: 'Loja ★' } }, 'nomeCaractere', 'payer.name'],
  ['no street', { payer: { street: '' } }, 'enderecoVazio', 'payer.street'],
  [
    'a number without a street',
    { payer: { street: ' ', number: '123', complement: 'casa' } },
    'enderecoVazio',
    'payer.street',
  ],
  ['a street with a bar', { payer: { street: 'Rua A | fundos' } }, 'enderecoCaractere', 'payer.street'],
  ['no bairro', { payer: { district: '' } }, 'bairroVazio', 'payer.district'],
  ['a bairro with a control character', { payer: { district: 'Centro\u0000' } }, 'bairroCaractere', 'payer.district'],
  ['no city', { payer: { city: '' } }, 'cidadeVazia', 'payer.city'],
  ['a city with half a character', { payer: { city: 'São \ud800' } }, 'cidadeCaractere', 'payer.city'],
  ['no UF', { payer: { uf: '' } }, 'ufVazia', 'payer.uf'],
  ['a UF that is none', { payer: { uf: 'XX' } }, 'ufInexistente', 'payer.uf'],
  ['no CEP', { payer: { cep: '' } }, 'cepVazio', 'payer.cep'],
  ['a CEP of seven digits', { payer: { cep: '1310100' } }, 'cepInvalido', 'payer.cep'],
  ['a CEP that no UF has', { payer: { cep: '00999000' } }, 'cepInvalido', 'payer.cep'],
  ['a CEP of another UF', { payer: { cep: '20040002' } }, 'cepDeOutraUf', 'payer.cep'],
  ...(['street', 'district', 'city'] as const).map((field): (typeof cases)[number] => [
    `a ${field} that may not be shortened`,
    { ownReference: '1', amountCents: cents(9_990), payer: { [field]: 'x'.repeat(41) } },
    { street: 'enderecoLongo', district: 'bairroLongo', city: 'cidadeLonga' }[field] as PreviaCode,
    `payer.${field}`,
    strict,
  ]),
];

test.each(cases.map(([what, changes, code, field, limits = sending]) => [what, changes, code, field, limits] as const))(
  '%s is found, by field, and nothing else',
  (_what, changes, code, field, limits) => {
    expect(found(changes, limits)).toEqual([[code, field]]);
  },
);

test.each<[string, Changes]>([
  ['a vencimento of today', { dueDate: today, issueDate: today }],
  ['the last vencimento within the window', { dueDate: addDays(today, 5_500) }],
  ['a CEP geral', { payer: { cep: '01000000' } }],
  ['a UF in small letters', { payer: { uf: 'sp' } }],
  ['a CNPJ with letters', { payer: company }],
  ['a name of 60 with accents', { payer: { name: 'é'.normalize('NFD').repeat(60) } }],
  ['a street that is shortened', { payer: { street: 'Rua '.repeat(40) } }],
  ['a strange character that shortening takes away', { payer: { street: `${'Rua '.repeat(20)}★` } }],
  ['typographic quotes and dashes', { payer: { name: 'D’Ávila – Ltda' } }],
  ['a centavo', { amountCents: cents(1) }],
  ['the largest value', { amountCents: cents(MAX_BARCODE_CENTS) }],
  ['rules of zero', { rules: { interestPercentPerMonth: 0, finePercent: 0 } }],
  ['no days until the baixa', { writeOffDays: null }],
  ['a boleto that nobody takes after the vencimento', { writeOffDays: 0 }],
  ['an emissão of this day a year ago', { issueDate: localDate('2030-03-09') }],
  ['a desconto until the vencimento of today', { dueDate: today, rules: { discount: { percent: 5, until: today } } }],
  ['a multa with a carência', { rules: { finePercent: 2, graceDays: 5 } }],
  ['a carência of nothing', { rules: { graceDays: 5 } }],
  ['terms of the título’s own that are right', { rules: { fineCents: cents(100) }, ownTerms: true }],
  [
    'three descontos in reais',
    {
      rules: {
        discount: { amountCents: cents(900), until: today },
        furtherDiscounts: [
          { amountCents: cents(600), until: addDays(today, 5) },
          { amountCents: cents(300), until: addDays(today, 10) },
        ],
      },
    },
  ],
])('%s is right', (_what, changes) => expect(found(changes)).toEqual([]));

test('a field that is not required may be empty', () => {
  const changes = { ownReference: '1', amountCents: cents(9_990), payer: { district: '' } };
  expect(found(changes, strict)).toEqual([]);
});

test.each([
  ['before the gateway’s hour', '2031-03-09T20:59:59Z', []],
  ['at the gateway’s hour', '2031-03-09T21:00:00Z', [['vencimentoForaDoHorario', 'dueDate']]],
  ['a minute before midnight', '2031-03-10T02:59:00Z', [['vencimentoForaDoHorario', 'dueDate']]],
  ['after midnight in São Paulo', '2031-03-10T03:00:00Z', [['vencimentoPassado', 'dueDate']]],
])('%s, a vencimento of 2031-03-09 is judged by the clocks of São Paulo', (_when, at, expected) => {
  const changes = { dueDate: today, ownReference: '1', amountCents: cents(9_990) };
  expect(found(changes, strict, new Date(at))).toEqual(expected);
});

test('the cut-off is about the day itself: tomorrow’s vencimento is taken until midnight', () => {
  const changes = { dueDate: addDays(today, 1), ownReference: '1', amountCents: cents(9_990) };
  expect(found(changes, strict, new Date('2031-03-09T23:00:00Z'))).toEqual([]);
});

test('several defects are all found, those of the carteira first', () => {
  expect(found({ variation: '', dueDate: localDate('2031-03-01'), payer: { cep: '1', district: '', uf: '' } })).toEqual(
    [
      ['variacaoInvalida', 'variation'],
      ['emissaoDepoisDoVencimento', 'issueDate'],
      ['vencimentoPassado', 'dueDate'],
      ['bairroVazio', 'payer.district'],
      ['ufVazia', 'payer.uf'],
      ['cepInvalido', 'payer.cep'],
    ],
  );
});

test('the message names what is wrong, an invisible character by its number, and never who the payer is', () => {
  const message = (changes: Changes) => previa(charge(changes), sending, now)[0]?.message;
  expect(message({ payer: { name: 'Loja ★|★' } })).toBe('O nome tem o que o gateway não recebe: ★ |');
  expect(message({ payer: { city: 'São\u200bPaulo' } })).toBe('A cidade tem o que o gateway não recebe: U+200B');
  expect(message({ payer: { name: 'a'.repeat(72) } })).toBe('O nome tem 72 caracteres; o gateway recebe até 60.');
  expect(message({ payer: { cep: '20040002' } })).toBe('O CEP é de RJ, e a UF do cadastro é SP.');
  expect(message({ dueDate: localDate('2031-03-08'), issueDate: localDate('2031-03-01') })).toBe(
    'O vencimento (08/03/2031) já passou.',
  );
});

describe('the catalogue', () => {
  test('has a row for each code, with cause, fixer, field and advice in whole sentences', () => {
    for (const row of Object.values(previaRows))
      expect(row).toEqual({
        field: expect.stringMatching(/^[a-z][\w.]+$/i),
        fixer: expect.stringMatching(/^(customer|charge|carteira)$/),
        cause: expect.stringMatching(/^[A-Z].+\.$/),
        advice: expect.stringMatching(/^[A-Z].+\.$/),
        source: expect.stringMatching(/./),
      });
    expect(previaEntries.map(({ codes }) => codes)).toEqual(Object.keys(previaRows).map((code) => [code]));
  });

  test('sends each defect to who can fix it: cadastro, cobrança or carteira', () => {
    for (const { fixer, field } of Object.values(previaRows))
      if (field.startsWith('payer.')) expect([field, fixer]).toEqual([field, 'customer']);
      // Terms that are right for the carteira may be wrong for one vencimento or value: then it is that título's.
      else if (/^rules/.test(field)) expect(['carteira', 'charge']).toContain(fixer);
      else if (/^(convenio|carteira|variation|especie|writeOffDays|ourNumber|credentials)/.test(field))
        expect([field, fixer]).toEqual([field, 'carteira']);
      else expect([field, fixer]).toEqual([field, 'charge']);
  });
});

test.each<[string, Parameters<typeof validCharge>[1], string, string | undefined]>([
  ['a name that was decoded twice', { payer: { name: 'AntÃ³nio TrÃªs' } }, 'nomeEstragado', 'António Três'],
  ['a name that lost letters', { payer: { name: 'MARIA CONCEI??O' } }, 'nomeEstragado', 'MARIA CONCEIÇÃO'],
  ['a name that lost a letter nobody can tell', { payer: { name: 'Xu\uFFFDx' } }, 'nomeEstragado', undefined],
  ['a complement', { payer: { complement: 'salÃ£o' } }, 'complementoEstragado', 'salão'],
  ['a CPF without its zero', { payer: { document: '1234567890' } }, 'documentoInvalido', '01234567890'],
  ['a CEP without its zero', { payer: { cep: '1310100' } }, 'cepInvalido', '01310100'],
])('%s is found before sending, with the right value where it can be told', (_what, changes, code, proposal) => {
  const [defect, ...others] = previa(validCharge(1, changes), sending, new Date());
  expect(others).toEqual([]);
  expect([defect?.code, defect?.proposal]).toEqual([code, proposal]);
});
