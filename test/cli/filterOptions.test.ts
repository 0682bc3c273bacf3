import { Command } from 'commander';
import { addFilterOptions, toFilters, type FilterOptions } from '../../cli/filterOptions';

function filtersOf(...args: string[]) {
  const command = addFilterOptions(new Command()).exitOverride();
  return toFilters(command.parse(args, { from: 'user' }).opts<FilterOptions>());
}

test('no option is no filter', () => {
  expect(filtersOf()).toEqual({});
  expect(filtersOf('--impresso', 'Não')).toEqual({});
});

test('every filter of Emissão de Boletos has its option', () => {
  expect(
    filtersOf(
      ...['--vencimento-de', '05/01/2030', '--vencimento-ate', '2030-02-01'],
      ...['--emissao-de', '2029-12-01', '--emissao-ate', '31/12/2029'],
      ...['--valor-de', '10', '--valor-ate', 'R$ 1.234,56', '--filial', '2,1', '--filial', '3', '--cliente', '7'],
      ...['--contrato', 'RECORRENTE', '--tipo-pessoa', 'f', '--tipo-cobranca', 'mensalidade', '--lote', 'A1'],
      ...['--cidade', 'São Paulo', '--bairro', 'Centro', '--cep', '01310-100'],
    ),
  ).toEqual({
    dueFrom: '2030-01-05',
    dueTo: '2030-02-01',
    issuedFrom: '2029-12-01',
    issuedTo: '2029-12-31',
    amountFromCents: 1_000,
    amountToCents: 123_456,
    filialIds: [1, 2, 3],
    customerIds: [7],
    contractKind: 'recorrente',
    personType: 'F',
    chargeType: 'mensalidade',
    lote: 'A1',
    city: 'São Paulo',
    district: 'Centro',
    cep: '01310100',
  });
});

test('a contract may be named by its id', () => {
  expect(filtersOf('--contrato', '33')).toEqual({ contractId: 33 });
});

test.each([
  ['--emissao-de', '2030-01-02', '--emissao-ate', '2030-01-01'],
  ['--valor-de', '2', '--valor-ate', '1,99'],
])('%s %s with %s %s contradict each other', (...args) => {
  expect(() => filtersOf(...args)).toThrow(/contradizem/);
});
