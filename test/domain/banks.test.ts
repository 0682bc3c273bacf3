import fc from 'fast-check';
import { bankLayouts } from '../../domain/codes/layouts/banks';
import type { BankLayout, LayoutFields } from '../../domain/codes/layouts/layout';

/** One boleto of each bank that has everything its layout uses. */
const complete: Readonly<Record<string, LayoutFields>> = {
  '001': { convenio: '1234567', nosso_numero: '3', carteira: '17' },
  '033': { convenio: '1899775', nosso_numero: '90000267', carteira: '102' },
  '041': { agencia: '1102', convenio: '9000150', nosso_numero: '9274' },
  '077': { carteira: '110', operacao: '1234567', nosso_numero: '458' },
  '104': { convenio: '245274', carteira: 'RG', nosso_numero: '1' },
  '237': { agencia: '1172', carteira: '06', nosso_numero: '75896452', conta: '403005' },
  '341': { agencia: '0057', conta: '12345', carteira: '110', nosso_numero: '12345678' },
  '422': { agencia: '1150', agencia_dv: '0', conta: '627672', conta_dv: '9', nosso_numero: '50153004' },
  '748': { agencia: '0156', posto: '05', convenio: '85305', nosso_numero_completo: '19200009' },
  '756': { agencia: '4327', convenio: '229385', carteira: '1', nosso_numero: '2' },
};

const layout = (code: string): BankLayout => {
  const found = bankLayouts.get(code);
  if (!found) throw new Error(`no layout for ${code}`);
  return found;
};

test('the ten banks of the list, and no other', () => {
  expect([...bankLayouts.keys()].sort()).toEqual(Object.keys(complete).sort());
});

describe.each(Object.keys(complete))('bank %s', (code) => {
  const fields = complete[code] ?? {};

  test('fills 25 digits and tells who receives', () => {
    const freeField = layout(code).freeField(fields);
    expect(freeField).toMatch(/^\d{25}$/);
    expect(layout(code).beneficiary(freeField)).not.toBeNull();
  });

  test.each(Object.keys(fields))('names %s when it is missing, no number, or too long', (field) => {
    const told = (change: LayoutFields) => () => layout(code).freeField({ ...fields, ...change });
    expect(told({ [field]: '' })).toThrow(/^falta /);
    expect(told({ [field]: '12x' })).toThrow(new RegExp(`^${field}: `));
    expect(told({ [field]: '1'.repeat(18) })).toThrow(new RegExp(`^${field}: `));
  });

  test('reads the same with leading zeros, spaces and without the check digit behind a hyphen', () => {
    const expected = layout(code).freeField(fields);
    const { nosso_numero: number } = fields;
    if (number === undefined) return;
    expect(layout(code).freeField({ ...fields, nosso_numero: ` 0${number} ` })).toBe(expected);
    expect(layout(code).freeField({ ...fields, nosso_numero: `${number}-9` })).toBe(expected);
  });

  test('refuses nonsense with words, never otherwise', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(fields)), fc.string(), (field, text) => {
        try {
          expect(layout(code).freeField({ ...fields, [field]: text })).toMatch(/^\d{25}$/);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

describe('Banco do Brasil', () => {
  const freeField = (fields: LayoutFields) => layout('001').freeField({ carteira: '18', ...fields });

  test('takes the nosso número whole, with its convênio, and with the three zeros of its API', () => {
    const expected = freeField({ convenio: '1234567', nosso_numero: '47850002' });
    expect(freeField({ convenio: '1234567', nosso_numero: '12345670047850002' })).toBe(expected);
    expect(freeField({ convenio: '1234567', nosso_numero: '00012345670047850002' })).toBe(expected);
  });

  test('gives 17 digits only to carteiras 16 and 18', () => {
    const fields = { convenio: '123879', nosso_numero: '1234567899', codigo_servico: 'true' };
    expect(freeField({ ...fields, carteira: '16' })).toBe('1238790000000123456789921');
    expect(() => freeField({ ...fields, carteira: '17' })).toThrow(/^carteira: /);
  });

  test.each(['123', '12345', '123456789'])('knows no layout for the convênio %s', (convenio) => {
    expect(() => freeField({ convenio, nosso_numero: '1' })).toThrow(/^convenio: /);
  });
});

describe('Caixa', () => {
  const caixa = layout('104');

  test('the beneficiário from 1100000 on has seven digits and no check digit', () => {
    const fields = { carteira: 'RG', nosso_numero: '157460299' };
    const seven = caixa.freeField({ ...fields, convenio: '1242119' });
    expect(seven).toBe('1242119000100041574602991');
    expect(caixa.beneficiary(seven)).toBe('beneficiário 1242119');
    expect(caixa.beneficiary(caixa.freeField({ ...fields, convenio: '245274' }))).toBe('beneficiário 245274-0');
    expect(() => caixa.freeField({ ...fields, convenio: '1099999' })).toThrow(/^convenio: /);
  });

  test.each([
    ['RG', '14'],
    ['SR', '24'],
    ['1', '14'],
    ['24', '24'],
    ['SIG14', '14'],
    ['21', '21'],
  ])('carteira %s begins the nosso número with %s', (carteira, mode) => {
    const freeField = caixa.freeField({ convenio: '245274', carteira, nosso_numero: '1' });
    expect(freeField.charAt(10) + freeField.charAt(14)).toBe(mode);
  });
});

test('Itaú: the account digit that is given is the one that is printed', () => {
  const fields = { agencia: '1234', conta: '56789', carteira: '109', nosso_numero: '223345' };
  expect(
    layout('341')
      .freeField({ ...fields, conta_dv: '0' })
      .charAt(21),
  ).toBe('0');
  expect(layout('341').freeField(fields).charAt(21)).toBe('7');
});

test('Itaú: the digit of some carteiras leaves agência and conta out', () => {
  const digitAt = (carteira: string, agencia: string) =>
    layout('341').ourNumberDigit({ agencia, conta: '53678', carteira, nosso_numero: '258281' });
  for (const carteira of ['112', '126', '131', '145', '146', '150', '168'])
    expect(digitAt(carteira, '0001')).toBe(digitAt(carteira, '0002'));
  for (const carteira of ['109', '175', '138', '143'])
    expect(digitAt(carteira, '0001')).not.toBe(digitAt(carteira, '0002'));
});

test('Sicredi: the number of this year is made of year, byte and sequence', () => {
  const fields = { agencia: '0156', posto: '05', convenio: '85305', data_processamento: '2019-03-01' };
  const expected = layout('748').freeField({ ...fields, nosso_numero_completo: '19200009' });
  expect(layout('748').freeField({ ...fields, byte: '2', nosso_numero: '9' })).toBe(expected);
  expect(layout('748').freeField({ ...fields, nosso_numero: '200009' })).toBe(expected);
  expect(layout('748').freeField({ ...fields, nosso_numero: '19/200009-9' })).toBe(expected);
});
