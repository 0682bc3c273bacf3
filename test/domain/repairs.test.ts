import { repairFor, type Repairable } from '../../domain/receivable/repairs';

const payer: Repairable = {
  ...{ personType: 'F', document: '12345678909', name: 'José', street: 'Rua A', district: 'Centro' },
  ...{ city: 'São Paulo', uf: 'SP', cep: '01310100' },
};

test.each<[string, Partial<Repairable>, string | null]>([
  ['payer.document', { document: '1234567890' }, '01234567890'],
  ['payer.document', { document: '1234567891' }, null],
  ['payer.document', { document: '191' }, null],
  ['payer.document', { document: '7068093868' }, '07068093868'],
  ['payer.document', { document: '12345678909' }, null],
  ['payer.document', { personType: 'J', document: '191' }, null],
  ['payer.document', { personType: 'J', document: '360305000104' }, '00360305000104'],
  ['payer.document', { personType: 'J', document: '7068093868' }, null],
  ['payer.cep', { cep: '1310100' }, '01310100'],
  ['payer.cep', { cep: '1310100', uf: ' sp' }, '01310100'],
  ['payer.cep', { cep: '8010000', uf: 'PR' }, '80100000'],
  ['payer.cep', { cep: '8010123', uf: 'PR' }, null],
  ['payer.cep', { cep: '1310100', uf: 'BA' }, null],
  ['payer.cep', { cep: '131010', uf: 'SP' }, null],
  ['payer.cep', { cep: '01310100' }, null],
  ['payer.cep', { cep: '1310000' }, '01310000'],
  ['payer.name', { name: 'JosÃ©' }, 'José'],
  ['payer.city', { city: 'S?o Paulo' }, 'São Paulo'],
  ['payer.city', {}, null],
  ['dueDate', {}, null],
])('%s of %j: %s', (field, changes, proposed) => expect(repairFor(field, { ...payer, ...changes })).toBe(proposed));

test('nothing is proposed where no field is guilty', () => expect(repairFor(null, payer)).toBeNull());
