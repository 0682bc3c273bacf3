/** How a bank of the compensation system is named on a boleto. */
export interface NamedBank {
  name: string;
  /** Of its COMPE code, as banks print it: no one modulus gives them all. */
  digit: string;
}

/** By COMPE code; also banks that no gateway here is of: their boletos are checked by `boletos conferir`. */
export const banks: ReadonlyMap<string, NamedBank> = new Map([
  ['001', { name: 'Banco do Brasil', digit: '9' }],
  ['033', { name: 'Santander', digit: '7' }],
  ['041', { name: 'Banrisul', digit: '8' }],
  ['077', { name: 'Inter', digit: '9' }],
  ['104', { name: 'Caixa Econômica Federal', digit: '0' }],
  ['237', { name: 'Bradesco', digit: '2' }],
  ['341', { name: 'Itaú', digit: '7' }],
  ['422', { name: 'Safra', digit: '7' }],
  ['748', { name: 'Sicredi', digit: 'X' }],
  ['756', { name: 'Sicoob', digit: '0' }],
]);
