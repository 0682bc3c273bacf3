import fc from 'fast-check';
import { parsePix, readPix } from '../../domain/codes/pix';

/** The example of Banco Central's manual. */
const CODE =
  '00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D';

/** CRC-16/CCITT-FALSE, bit by bit over the text of the polynomial; written apart from the code under test. */
function crc(text: string): string {
  let register = 0xffff;
  for (const byte of Buffer.from(text, 'utf8'))
    for (let bit = 7; bit >= 0; bit--) {
      const top = ((register >> 15) & 1) ^ ((byte >> bit) & 1);
      register = (register << 1) & 0xffff;
      if (top) register ^= 0x1021;
    }
  return register.toString(16).toUpperCase().padStart(4, '0');
}
const field = (id: string, value: string): string => `${id}${String([...value].length).padStart(2, '0')}${value}`;
const sealed = (body: string): string => `${body}6304${crc(`${body}6304`)}`;
const account = (rest: string): string => field('26', field('00', 'br.gov.bcb.pix') + rest);
const code = (change: Partial<Record<'account' | 'amount' | 'name' | 'city' | 'currency' | 'more', string>> = {}) =>
  sealed(
    '000201' +
      (change.account ?? account(field('25', 'pix.exemplo.com/cobv/1'))) +
      field('52', '0000') +
      field('53', change.currency ?? '986') +
      (change.amount === undefined ? '' : field('54', change.amount)) +
      field('58', 'BR') +
      field('59', change.name ?? 'Provedor Inventado') +
      field('60', change.city ?? 'SAO PAULO') +
      (change.more ?? field('62', field('05', '***'))),
  );

test('a static code has a key and no amount', () => {
  expect(readPix(CODE)).toEqual({
    amountCents: null,
    txid: null,
    url: null,
    key: '123e4567-e12b-12d1-a456-426655440000',
    name: 'Fulano de Tal',
    city: 'BRASILIA',
  });
});

test('a charge has an address and may have a txid', () => {
  const more = field('62', field('05', 'abc-1'));
  expect(readPix(code({ amount: '123.45', more }))).toMatchObject({
    amountCents: 12_345,
    txid: 'abc-1',
    url: 'pix.exemplo.com/cobv/1',
    key: null,
  });
});

test.each([
  ['10', 1000],
  ['10.', 1000],
  ['0.9', 90],
  ['0.01', 1],
  ['0.00', 0],
  ['99999999.99', 9_999_999_999],
])('the amount %s is %s centavos', (amount, cents) => {
  expect(readPix(code({ amount }))?.amountCents).toBe(cents);
});

test('lengths count characters and the CRC bytes', () => {
  expect(readPix(code({ city: 'BRASÍLIA' }))?.city).toBe('BRASÍLIA');
});

test('one changed character is always found', () => {
  fc.assert(
    fc.property(fc.nat(CODE.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
      fc.pre(character !== CODE[at]);
      return readPix(CODE.slice(0, at) + character + CODE.slice(at + 1)) === null;
    }),
    { numRuns: 2_000 },
  );
});

test('a wrong CRC is told with the right one', () => {
  expect(parsePix(`${CODE.slice(0, -4)}0000`)).toEqual({ problem: 'crc', found: '0000', expected: '1D3D' });
});

test('a CRC that begins with zeros keeps them', () => {
  const names = Array.from({ length: 60 }, (_, index) => `Loja ${index}`);
  const withZero = names.map((name) => code({ name })).filter((each) => each.at(-4) === '0');
  expect(withZero.length).toBeGreaterThan(0);
  for (const each of withZero) expect(readPix(each)).not.toBeNull();
});

test.each<[string, string, string]>([
  ['no Pix account', code({ account: field('26', field('00', 'com.outro')) }), '26'],
  ['neither key nor address', code({ account: account('') }), '26'],
  ['an address with its scheme', code({ account: account(field('25', 'https://pix.exemplo.com/1')) }), '26.25'],
  ['another currency', code({ currency: '840' }), '53'],
  ['an amount with three decimals', code({ amount: '1.234' }), '54'],
  ['a negative amount', code({ amount: '-1.00' }), '54'],
  ['a name of 26 characters', code({ name: 'N'.repeat(26) }), '59'],
  ['a city of 16 characters', code({ city: 'C'.repeat(16) }), '60'],
  ['a broken additional template', code({ more: field('62', '05') }), '62'],
  ['a txid of 26 characters', code({ more: field('62', field('05', 'x'.repeat(26))) }), '62.05'],
])('%s is refused', (_what, text, wrong) => {
  expect(parsePix(text)).toEqual({ problem: 'field', field: wrong });
});

test('a recurrence needs no address of a charge', () => {
  const recurrence = field('80', field('00', 'br.gov.bcb.pix') + field('25', 'pix.exemplo.com/rec/1'));
  expect(readPix(code({ account: account(''), more: field('62', field('05', '***')) + recurrence }))).not.toBeNull();
});

test('nonsense, huge and nested input ends at once, with nothing', () => {
  const nested = Array.from({ length: 20 }).reduce<string>((inner) => field('26', inner.slice(0, 95)), 'x');
  for (const text of ['', '000201', '0'.repeat(1_000_000), nested, sealed(nested), sealed('000201'), '😀'.repeat(300)])
    expect(readPix(text)).toBeNull();
  fc.assert(fc.property(fc.string(), (text) => readPix(text) === null && readPix(sealed(`000201${text}`)) === null));
});
