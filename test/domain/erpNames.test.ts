import { previaRows } from '../../domain/catalogue/previa';
import { fieldName } from '../../domain/receivable/erpNames';

test.each([...new Set(Object.values(previaRows).map(({ field }) => field))])(
  'what the prévia finds in %s is told by a name of the ERP, and can be led to',
  (field) => expect(fieldName(field)).toMatch(/^[a-z][a-z_]*$/),
);

test('a part of the address is of the one that the carteira sends', () => {
  const parts = ['street', 'complement', 'district', 'city', 'uf', 'cep'].map((part) => `payer.${part}`);
  expect(parts.map((part) => fieldName(part, 'billing'))).toEqual(parts.map((part) => `${fieldName(part)}_cob`));
  expect(fieldName('payer.document', 'billing')).toBe('cnpj_cpf');
});
