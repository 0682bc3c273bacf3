import { inCommands } from '../../cli/commandNames';
import { measure, progressLine, type Sample } from '../../cli/progressLine';
import { count, duration, instant, oneLine, reais, table, width } from '../../words/text';
import { describeFilters } from '../../words/describeFilters';
import { whoFixes } from '../../words/whoFixes';
import type { BatchView } from '../../record/batches/batches';
import type { BatchFilters } from '../../domain/batch/filters';
import { itemStates, type ItemState } from '../../domain/boleto/states';

describe('a table', () => {
  const columns = [
    { title: 'Pagador', value: (row: { name: string; cents: number }) => row.name, max: 12 },
    { title: 'Valor', value: (row: { name: string; cents: number }) => reais(row.cents), right: true },
  ];

  test('aligns accents, amounts and cut texts', () => {
    const rows = [
      { name: 'João', cents: 123_456 },
      { name: 'Padaria Inventada Ltda', cents: 5 },
    ];
    expect(table(rows, columns).split('\n')).toEqual([
      'Pagador             Valor',
      '────────────  ───────────',
      'João          R$ 1.234,56',
      'Padaria Inv…      R$ 0,05',
    ]);
  });

  test('shows nothing that a terminal would obey', () => {
    expect(oneLine('a\u001b[31mb\nc\u202ed')).toBe('a [31mb c d');
  });

  test('counts what a terminal counts', () => {
    expect([width('João'), width('Jo\u0061\u0303o'), width('日本'), width('😀'), width('☎')]).toEqual([4, 4, 4, 2, 1]);
  });
});

test('numbers, times and durations are written as here', () => {
  expect(count(1_234_567)).toBe('1.234.567');
  expect(instant(new Date('2030-01-02T02:05:00Z'))).toBe('01/01/2030 23:05');
  expect([duration(44.2), duration(95), duration(7_500)]).toEqual(['45 s', '2 min', '2 h 05 min']);
});

describe('progress', () => {
  function sample(atMs: number, byState: Partial<Record<ItemState, number>>, pending: number): Sample {
    const every = Object.fromEntries(itemStates.map((state) => [state, 0])) as Record<ItemState, number>;
    const batch = { batchId: 'x', phase: 'communicating', round: 1, selected: 100, leftOut: 0, pauseReason: null };
    return { atMs, pending, batch: { ...batch, counts: { byState: { ...every, ...byState } } } as BatchView };
  }

  test('shows share, counts, rate and estimated end', () => {
    const samples = [
      sample(0, { pending: 90, registered: 10 }, 90),
      sample(10_000, { pending: 50, registered: 50 }, 50),
    ];
    expect(progressLine(measure(samples))).toBe(
      '[██████████░░░░░░░░░░] 50% · Comunicando com o gateway · rodada 1 · 4/s · faltam cerca de 13 s · Na fila 50 · Registrado 50',
    );
  });

  test('promises no end while nothing moves', () => {
    const still = [sample(0, { pending: 100 }, 100), sample(5_000, { pending: 100 }, 100)];
    expect(measure(still)).toMatchObject({ ratePerSecond: null, secondsLeft: null });
  });

  test('forgets a rate of more than 30 seconds ago', () => {
    const samples = [sample(0, {}, 100), sample(1_000, {}, 20), sample(40_000, {}, 20), sample(50_000, {}, 10)];
    expect(measure(samples).ratePerSecond).toBe(1);
  });

  test('of an empty selection divides by nothing', () => {
    const empty = sample(0, {}, 0);
    expect(progressLine(measure([{ ...empty, batch: { ...empty.batch, selected: 0 } }]))).toContain(' 0% ');
  });
});

test('filters are told as the operator knows them', () => {
  const filters = {
    dueFrom: '2030-01-05',
    dueTo: '2030-02-01',
    amountFromCents: 100_050,
    filialIds: [1, 2],
    contractKind: 'sem-contrato',
  } as unknown as BatchFilters;
  expect(describeFilters(filters)).toEqual([
    'Impresso: Não',
    'Vencimento: de 05/01/2030 até 01/02/2030',
    'Valor: a partir de R$ 1.000,50',
    'Filial: 1, 2',
    'Contrato: sem-contrato',
  ]);
});

test.each([
  ['rejected', 'data', 'payer.cep', 'customer'],
  ['rejected', 'data', 'dueDate', 'charge'],
  ['rejected', 'data', 'convenio', 'carteira'],
  ['rejected', 'data', null, 'charge'],
  ['deferred', 'transient', null, 'bank'],
  ['unconfirmed', 'ambiguous', null, 'bank'],
  ['conflict', 'duplicate', 'amountCents', 'bank'],
  ['deferred', 'config', null, 'carteira'],
] as const)('%s for %s (field %s) is for: %s', (state, failureKind, field, fixer) => {
  expect(whoFixes({ state, failureKind, field })).toBe(fixer);
});

test('updates are spoken of as commands', () => {
  expect(inCommands('envie "recommunicate" ou "conclude", com "scope"')).toBe(
    'envie "recomunicar" ou "concluir", com "scope"',
  );
});
