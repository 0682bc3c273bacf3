import { localDate } from '../../domain/kinds/dates';
import { cents } from '../../domain/kinds/money';
import { instructions, maskedDocument, maskedLine, personLines, showable, subject } from '../../documents/words';
import { printableBoleto } from './printable';

const { charge, beneficiary } = printableBoleto();
const rulesOf = (changes: Partial<typeof charge>) => instructions({ ...charge, ...changes });

test('the instructions are the rules that were registered', () => {
  const rules = {
    discount: { percent: 5.5, until: localDate('2026-12-09') },
    finePercent: 2,
    interestPercentPerMonth: 1.25,
  };
  expect(rulesOf({ rules, writeOffDays: 60 })).toEqual([
    'Conceder desconto de 5,5% até 09/12/2026.',
    'Após o vencimento, cobrar multa de 2%.',
    'Após o vencimento, cobrar juros de mora de 1,25% ao mês.',
    'Não receber após 60 dias do vencimento (08/02/2027).',
  ]);
  expect(rulesOf({ rules: {}, writeOffDays: null })).toEqual([]);
  expect(rulesOf({ rules: {}, writeOffDays: 0 })).toEqual(['Não receber após o vencimento.']);
  expect(rulesOf({ rules: {}, writeOffDays: 1 })).toEqual(['Não receber após 1 dia do vencimento (11/12/2026).']);
});

test('terms in reais, further discounts and a carência are printed as they were registered', () => {
  const rules = {
    discount: { amountCents: cents(1_050), until: localDate('2026-11-30') },
    furtherDiscounts: [{ amountCents: cents(500), until: localDate('2026-12-10') }],
    fineCents: cents(300),
    interestCentsPerDay: cents(33),
    graceDays: 2,
  };
  expect(rulesOf({ rules, writeOffDays: null })).toEqual([
    'Conceder desconto de R$ 10,50 até 30/11/2026.',
    'Conceder desconto de R$ 5,00 até 10/12/2026.',
    'A partir de 13/12/2026 (carência de 2 dias), cobrar multa de R$ 3,00.',
    'A partir de 13/12/2026 (carência de 2 dias), cobrar juros de mora de R$ 0,33 por dia de atraso.',
  ]);
});

test('the linha digitável is masked as people type it', () => {
  expect(maskedLine('00190000090123456700400000004176669590000030652')).toBe(
    '00190.00009 01234.567004 00000.004176 6 69590000030652',
  );
  expect(maskedLine('123')).toBe('123');
});

test.each([
  ['52998224725', '529.982.247-25'],
  ['11222333000181', '11.222.333/0001-81'],
  ['12ABC34501DE35', '12.ABC.345/01DE-35'],
  ['123', '123'],
])('the document %s is printed as %s', (document, printed) => expect(maskedDocument(document)).toBe(printed));

test('a person has name and document, and an address as far as there is one', () => {
  expect(personLines(beneficiary)).toEqual([
    'Rede Ventoleste Telecomunicações Ltda – CNPJ 11.222.333/0001-81',
    'Avenida Independência, 1500, sala 12 – Centro – Campinas/SP – CEP 13010-000',
  ]);
  const nowhere = { ...beneficiary, document: '', street: '', district: '', city: '', uf: '', cep: '' };
  expect(personLines(nowhere)).toEqual(['Rede Ventoleste Telecomunicações Ltda']);
  expect(personLines({ ...nowhere, uf: 'SP' })).toEqual(['Rede Ventoleste Telecomunicações Ltda', 'SP']);
});

test('what the fonts lack loses its accents or is seen as missing, and nothing else changes', () => {
  expect(showable('São João – “D’Ávila” nº 1ª')).toBe('São João – “D’Ávila” nº 1ª');
  expect(showable('Dvořák Nguyễn')).toBe('Dvorák Nguyen');
  expect(showable('a 😀 b\u0000\n c')).toBe('a · b c');
});

test.each([
  ['Łukasz Øberg Đurić', 'Lukasz Øberg Duric'],
  ['Þór Straße ŒUVRE Ħal ŞIŞLI ırmak', 'Þór Straße ŒUVRE Hal SISLI irmak'],
  ['Ǿ ǆ ﬁm Ŋ ə', 'Ø dz fim N e'],
  ['Щербаков Όμηρος', 'Chtcherbakov Omiros'],
])('%s is read on paper as %s, never with a ? for a letter', (written, printed) =>
  expect(showable(written)).toBe(printed),
);

test('a name in decomposed form is printed with its accents', () => {
  expect(showable('Joa\u0303o Conceic\u0327a\u0303o')).toBe('João Conceição');
  expect(showable('x\u0323\u0303')).toBe('x');
});

test('the payer reads what the charge is for, where the título says it', () => {
  expect(subject(printableBoleto({ document: 'NF 7', installment: 3 }))).toBe('Documento NF 7, parcela 3');
  expect(subject(printableBoleto({ document: '' }))).toBe('');
});
