import { ufOfCep } from '../../domain/kinds/cep';
import { isCnpj, isCpf } from '../../domain/kinds/taxIds';

test.each([
  ['52599927765', true],
  ['12345678909', true],
  ['00000000191', true],
  ['12345678990', false],
  ['99999999999', false],
  ['11144477705', false],
  ['11111111111', false],
  ['525.999.277-65', false],
  ['5259992776', false],
  ['', false],
])('CPF %s: %s', (text, valid) => expect(isCpf(text)).toBe(valid));

test.each([
  ['13723705000189', true],
  ['12ABC34501DE35', true],
  ['12abc34501de35', false],
  ['12ABC34501DE3A', false],
  ['54550752000154', false],
  ['00000000000000', false],
  ['13.723.705/0001-89', false],
  ['13723705000189 ', false],
])('CNPJ %s: %s', (text, valid) => expect(isCnpj(text)).toBe(valid));

test.each([
  ['01310100', 'SP'],
  ['20000000', 'RJ'],
  ['72800000', 'GO'],
  ['73010000', 'DF'],
  ['69301000', 'RR'],
  ['69400000', 'AM'],
  ['68900000', 'AP'],
  ['99999999', 'RS'],
  ['00999999', null],
  ['78900000', null],
  ['01310-100', null],
  ['0131010', null],
])('CEP %s is of %s', (cep, uf) => expect(ufOfCep(cep)).toBe(uf));
