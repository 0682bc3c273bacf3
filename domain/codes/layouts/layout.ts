/**
 * What a carteira, a conta and a título have that may go into a campo livre, by the names banks give them. All text:
 * with or without leading zeros, a part after a hyphen is a check digit. Each bank takes what its layout uses.
 */
export const layoutFields = [
  'agencia',
  'agencia_dv',
  'conta',
  'conta_dv',
  'carteira',
  'variacao',
  'modalidade',
  'convenio',
  'codigo_beneficiario',
  'codigo_beneficiario_dv',
  // As the client counts it, or as the bank prints it.
  'nosso_numero',
  // With the year, the convênio or the prefix, as the bank keeps it.
  'nosso_numero_completo',
  'nosso_numero_17d',
  'seu_numero',
  'numero_documento',
  'valor',
  'data_processamento',
  // Banco do Brasil: the nosso número has 17 digits, in one system's words or the other's.
  'nosso_numero_17',
  'codigo_servico',
  // Caixa, Santander, Inter, Sicoob, Sicredi.
  'emissao',
  'ios',
  'operacao',
  'parcela',
  'byte',
  'posto',
  'tipo_carteira',
  'tipo_cobranca',
] as const;
export type LayoutField = (typeof layoutFields)[number];

export type LayoutFields = Readonly<Partial<Record<LayoutField, string>>>;

/** How one bank fills the 25 digits that are its own, and checks its nosso número. */
export interface BankLayout {
  /** COMPE, three digits. */
  code: string;
  /** @throws RangeError, in Portuguese, naming the field that is missing, too long or no number. */
  freeField(fields: LayoutFields): string;
  /** The digit printed after the nosso número; may be X or P, two digits at Banrisul. @throws RangeError as freeField. */
  ourNumberDigit(fields: LayoutFields): string;
  /** The nosso número as it is printed; absent = as the bank keeps it. */
  printedOurNumber?(ourNumber: string): string;
  /** Who receives, read back from a campo livre; null where the layout does not tell. */
  beneficiary(freeField: string): string | null;
}

/** The field's digits with leading zeros. @throws RangeError when it is missing, longer, or no number. */
export function digits(fields: LayoutFields, field: LayoutField | readonly LayoutField[], size: number): string {
  const [name, text] = given(fields, field);
  const number = plain(text);
  if (!/^\d+$/.test(number)) throw new RangeError(`${name}: só dígitos`);
  const significant = number.length > size ? number.replace(/^0+/, '') : number;
  if (significant.length > size) throw new RangeError(`${name}: até ${size} dígitos, e tem ${significant.length}`);
  return significant.padStart(size, '0');
}

/** The same where the field may be absent. */
export function digitsOr(fields: LayoutFields, field: LayoutField, size: number, otherwise: string): string {
  return fields[field] ? digits(fields, field, size) : otherwise;
}

/** The first field that is there, by name and text. @throws RangeError when none is. */
export function given(fields: LayoutFields, field: LayoutField | readonly LayoutField[]): [LayoutField, string] {
  const names = typeof field === 'string' ? [field] : field;
  for (const name of names) {
    const text = fields[name]?.trim();
    if (text) return [name, text];
  }
  throw new RangeError(`falta ${names.join(' ou ')}`);
}

/** Without the mask: `1234-5` is 1234, `12.345` is 12345, `109/00000395-2` (with the carteira) is 00000395. */
export function plain(text: string): string {
  return text
    .trim()
    .replace(/^\d{2,3}\/(?=\d{8})/, '')
    .replace(/-[\dXP]{1,2}$/, '')
    .replace(/[\s./]/g, '');
}
