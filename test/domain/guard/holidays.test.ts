import { localDate } from '../../../domain/kinds/dates';
import { easter, holidaysWith, nationalHolidays } from '../../../domain/guard/holidays';

// Published: the Gregorian calendar's own tables; 1818 and 2285 are its earliest, 1943 and 2038 its latest.
test.each([
  [1818, '1818-03-22'],
  [1943, '1943-04-25'],
  [2024, '2024-03-31'],
  [2025, '2025-04-20'],
  [2026, '2026-04-05'],
  [2027, '2027-03-28'],
  [2030, '2030-04-21'],
  [2038, '2038-04-25'],
  [2285, '2285-03-22'],
])('Easter of %i is %s', (year, day) => {
  expect(easter(year)).toBe(day);
});

test('the bank holidays of 2026 are those that FEBRABAN publishes', () => {
  expect(nationalHolidays(2026).map(({ day, name }) => `${day} ${name}`)).toEqual([
    '2026-01-01 Confraternização Universal',
    '2026-02-16 Segunda-feira de Carnaval',
    '2026-02-17 Terça-feira de Carnaval',
    '2026-04-03 Sexta-feira da Paixão',
    '2026-04-21 Tiradentes',
    '2026-05-01 Dia do Trabalho',
    '2026-06-04 Corpus Christi',
    '2026-09-07 Independência do Brasil',
    '2026-10-12 Nossa Senhora Aparecida',
    '2026-11-02 Finados',
    '2026-11-15 Proclamação da República',
    '2026-11-20 Dia Nacional de Zumbi e da Consciência Negra',
    '2026-12-25 Natal',
  ]);
});

test('each holiday says what makes it one, and the 20th of November is none before its law', () => {
  expect(nationalHolidays(2027).filter(({ source }) => !/^(Lei|Resolução) /.test(source))).toEqual([]);
  const names = (year: number) => nationalHolidays(year).map(({ day }) => day.slice(5));
  expect(names(2023)).not.toContain('11-20');
  expect(names(2024)).toContain('11-20');
});

test('a holiday that was entered counts on its day, and each later year where it is yearly', () => {
  const holidayOn = holidaysWith([
    { day: localDate('2030-03-19'), name: 'São José', yearly: true },
    { day: localDate('2030-03-20'), name: 'Luto municipal', yearly: false },
  ]);
  expect(holidayOn(localDate('2030-03-19'))?.name).toBe('São José');
  expect(holidayOn(localDate('2031-03-19'))?.name).toBe('São José');
  expect(holidayOn(localDate('2029-03-19'))).toBeNull();
  expect(holidayOn(localDate('2030-03-20'))?.name).toBe('Luto municipal');
  expect(holidayOn(localDate('2031-03-20'))).toBeNull();
  expect(holidayOn(localDate('2030-12-25'))?.source).toContain('Lei');
});
