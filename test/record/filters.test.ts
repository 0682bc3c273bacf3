import { parseFilters } from '../../record/batches/filters';

const refused = (message: string) => ({ refused: 'entradaInvalida', message });

describe('filters from outside', () => {
  test('nothing given is no filter', () => {
    expect(parseFilters(undefined)).toEqual({});
    expect(parseFilters(null)).toEqual({});
    expect(parseFilters({})).toEqual({});
  });

  test('every filter is read, dates in both forms, lists sorted and without repetitions', () => {
    const given = {
      dueFrom: '31/03/2030',
      dueTo: '2030-04-30',
      issuedFrom: '2030-01-01',
      issuedTo: '2030-01-31',
      amountFromCents: 0,
      amountToCents: 100_000,
      filialIds: [3, 1, 3],
      customerIds: [10, 9],
      contractKind: 'recorrente',
      personType: 'J',
      chargeType: ' Mensalidade ',
      lote: 'L1',
      city: 'São Paulo',
      district: 'Centro',
      cep: '01.310-100',
    };
    expect(parseFilters(given)).toEqual({
      ...given,
      dueFrom: '2030-03-31',
      filialIds: [1, 3],
      customerIds: [9, 10],
      chargeType: 'Mensalidade',
      cep: '01310100',
    });
  });

  test.each([
    [{ vencimento: '2030-01-01' }, 'filtro desconhecido: vencimento'],
    [{ dueFrom: '2030-02-30' }, 'filtro dueFrom: informe uma data que existe, como 2026-03-31 ou 31/03/2026'],
    [{ dueTo: 20300101 }, 'filtro dueTo: informe uma data que existe, como 2026-03-31 ou 31/03/2026'],
    [{ amountFromCents: 10.5 }, 'filtro amountFromCents: informe um valor em centavos, inteiro e não negativo'],
    [{ amountToCents: -1 }, 'filtro amountToCents: informe um valor em centavos, inteiro e não negativo'],
    [{ filialIds: [] }, 'filtro filialIds: informe uma lista de 1 a 500 IDs'],
    [{ customerIds: ['7'] }, 'filtro customerIds: informe uma lista de 1 a 500 IDs'],
    [{ contractId: 0 }, 'filtro contractId: informe um ID: inteiro positivo'],
    [{ contractKind: 'mensal' }, 'filtro contractKind: informe recorrente, avulso ou sem-contrato'],
    [{ personType: 'X' }, 'filtro personType: informe F ou J'],
    [{ city: ' ' }, 'filtro city: informe um texto de 1 a 80 caracteres'],
    [{ cep: '013' }, 'filtro cep: informe um CEP de 8 dígitos, ou pelo menos os 5 primeiros'],
    [[], 'os filtros devem ser um objeto'],
    ['tudo', 'os filtros devem ser um objeto'],
  ])('%j is refused with the name of the filter', (given, message) => {
    expect(parseFilters(given)).toEqual(refused(message));
  });

  test.each([
    [{ dueFrom: '2030-02-02', dueTo: '2030-02-01' }],
    [{ issuedFrom: '2030-02-02', issuedTo: '2030-02-01' }],
    [{ amountFromCents: 2, amountToCents: 1 }],
    [{ contractKind: 'sem-contrato', contractId: 7 }],
  ])('%j contradicts itself', (given) => {
    expect(parseFilters(given)).toMatchObject({ refused: 'filtrosContraditorios' });
  });

  test('the same day, and the same amount, are a range', () => {
    expect(
      parseFilters({ dueFrom: '2030-02-01', dueTo: '2030-02-01', amountFromCents: 1, amountToCents: 1 }),
    ).not.toHaveProperty('refused');
  });
});
