/**
 * First and last prefix (the first three digits) of the CEPs of each UF, from the Correios' table "Faixas de CEP".
 * GO and DF interlock; AM surrounds RR.
 */
const ranges: readonly (readonly [uf: string, from: number, to: number])[] = [
  ['SP', 10, 199],
  ['RJ', 200, 289],
  ['ES', 290, 299],
  ['MG', 300, 399],
  ['BA', 400, 489],
  ['SE', 490, 499],
  ['PE', 500, 569],
  ['AL', 570, 579],
  ['PB', 580, 589],
  ['RN', 590, 599],
  ['CE', 600, 639],
  ['PI', 640, 649],
  ['MA', 650, 659],
  ['PA', 660, 688],
  ['AP', 689, 689],
  ['AM', 690, 692],
  ['RR', 693, 693],
  ['AM', 694, 698],
  ['AC', 699, 699],
  ['DF', 700, 727],
  ['GO', 728, 729],
  ['DF', 730, 736],
  ['GO', 737, 767],
  ['RO', 768, 769],
  ['TO', 770, 779],
  ['MT', 780, 788],
  ['MS', 790, 799],
  ['PR', 800, 879],
  ['SC', 880, 899],
  ['RS', 900, 999],
];

const ufs = new Set(ranges.map(([uf]) => uf));

export function isUf(text: string): boolean {
  return ufs.has(text);
}

/** The UF of a CEP of 8 digits without punctuation; null when no UF has it. A CEP geral (…000) is as good as any. */
export function ufOfCep(cep: string): string | null {
  if (!/^\d{8}$/.test(cep)) return null;
  const prefix = Number(cep.slice(0, 3));
  return ranges.find(([, from, to]) => prefix >= from && prefix <= to)?.[0] ?? null;
}
