import { tidyDate } from '../../web/parts/tidyDate';
import { emptyForm, fillForm, readForm } from '../../web/screens/emissao/filterForm';

const read = (typed: Partial<typeof emptyForm>) => readForm({ ...emptyForm, ...typed });

test('an empty form asks for everything', () => {
  expect(read({})).toEqual({ filters: {}, errors: {}, contradictions: [] });
});

test('dates and amounts are read as people here write them, and as programs do', () => {
  expect(read({ dueFrom: '01/12/2026', dueTo: '2026-12-31', amountFrom: '1.234,56' }).filters).toEqual({
    dueFrom: '2026-12-01',
    dueTo: '2026-12-31',
    amountFromCents: 123_456,
  });
});

test.each([
  ['31122026', '31/12/2026'],
  ['01/11/26', '01/11/2026'],
  ['1/2/2026', '01/02/2026'],
  ['2026-11-01', '01/11/2026'],
  ['31/12', '31/12'],
  ['amanhã', 'amanhã'],
])('the date %s is tidied to %s', (typed, tidy) => {
  expect(tidyDate(typed)).toBe(tidy);
});

test('a contract is one by its number, or a kind', () => {
  expect(read({ contractKind: 'numero', contractId: '7' }).filters).toEqual({ contractId: 7 });
  expect(read({ contractKind: 'avulso', contractId: '7' }).filters).toEqual({ contractKind: 'avulso' });
});

test('a wrong field is told at the field, and left out', () => {
  const { filters, errors } = read({ dueTo: '31/02/2026', cep: '12', customerIds: '7, x', lote: 'A' });
  expect(Object.keys(errors).sort()).toEqual(['cep', 'customerIds', 'dueTo']);
  expect(filters).toEqual({ lote: 'A' });
});

test('filters that no título can satisfy together are told', () => {
  expect(read({ dueFrom: '02/12/2026', dueTo: '01/12/2026' }).contradictions).toHaveLength(1);
});

test('saved filters come back as they were typed', () => {
  const typed = { ...emptyForm, dueTo: '31/12/2026', amountTo: '50,00', customerIds: '7, 9', personType: 'J' };
  expect(fillForm(readForm(typed).filters)).toEqual(typed);
});
