import { whyNotOneValue } from '../../domain/receivable/bulkValue';

const together = { receivables: 30, customers: 30, cities: 1, ceps: 30 };

test.each([
  ['cep', { cities: 2 }, /cidade/],
  ['cep_cob', { cities: 2 }, /cidade/],
  ['cep', {}, null],
  ['razao', {}, /cliente/],
  ['razao', { customers: 1 }, null],
  ['endereco', {}, /rua/],
  ['documento', { customers: 1 }, /título/],
  ['data_vencimento', { cities: 9 }, null],
])('whether one %s may serve títulos of %p', (field, of, why) => {
  const told = whyNotOneValue(field, { ...together, ...of });
  if (why === null) expect(told).toBeNull();
  else expect(told).toMatch(why);
});
