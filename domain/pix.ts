import type { Cents } from './money';

/** What a Pix BR Code says. Only read, never built: the bank makes it. */
export interface PixCode {
  /** Field 54, centavos; null where the code names no amount. */
  amountCents: Cents | null;
  /** Field 62.05; null where there is none or it is `***`. */
  txid: string | null;
  /** Field 26.25, without scheme: where a dynamic charge is fetched. A code has this or `key`. */
  url: string | null;
  /** Field 26.01: the beneficiário's Pix key. */
  key: string | null;
  /** Fields 59 and 60. */
  name: string;
  city: string;
}

// EMV QRCPS allows 512 characters in all.
const MAX_LENGTH = 512;

/**
 * Reads a Pix copia e cola (BR Code: EMV QRCPS, "Manual de Padrões para Iniciação do Pix" of Banco Central).
 * Lengths count characters, as banks write them; the CRC is over the UTF-8 bytes.
 * @returns null when the structure is broken (a length, a mandatory field, no Pix account) or the CRC is another.
 */
export function readPix(brCode: string): PixCode | null {
  if (brCode.length > MAX_LENGTH) return null;
  const fields = readFields(brCode);
  if (!fields || !brCode.startsWith('000201') || !hasItsCrc(brCode)) return null;
  const account = pixAccount(fields);
  const [name, city] = [fields.get('59'), fields.get('60')];
  const brazilian = /^\d{4}$/.test(fields.get('52') ?? '') && fields.get('53') === '986' && fields.get('58') === 'BR';
  const amount = fields.get('54');
  const additional = fields.has('62') ? readFields(fields.get('62') ?? '') : new Map<string, string>();
  if (!account || !name || !city || !brazilian || !additional) return null;
  if (amount !== undefined && !/^\d{1,10}(\.\d{0,2})?$/.test(amount)) return null;
  const txid = additional.get('05') ?? '***';
  return {
    ...account,
    amountCents: amount === undefined ? null : toCents(amount),
    txid: txid === '***' ? null : txid,
    name,
    city,
  };
}

/** Fields by their two-digit id; null when a length does not fit or an id comes twice. */
function readFields(text: string): Map<string, string> | null {
  const characters = [...text];
  const fields = new Map<string, string>();
  for (let at = 0; at < characters.length;) {
    const head = /^(\d{2})(\d{2})$/.exec(characters.slice(at, at + 4).join(''));
    const [, id = '', length = ''] = head ?? [];
    const end = at + 4 + Number(length);
    if (!head || end > characters.length || fields.has(id)) return null;
    fields.set(id, characters.slice(at + 4, end).join(''));
    at = end;
  }
  return fields;
}

/** The template 26 to 51 that names Pix, with a key or an address. */
function pixAccount(fields: Map<string, string>): Pick<PixCode, 'key' | 'url'> | null {
  for (let id = 26; id <= 51; id++) {
    const template = readFields(fields.get(String(id)) ?? '');
    if (template?.get('00')?.toLowerCase() !== 'br.gov.bcb.pix') continue;
    const [key, url] = [template.get('01') || null, template.get('25') || null];
    return key !== null || url !== null ? { key, url } : null;
  }
  return null;
}

/** The CRC is the last field: `6304` and four hexadecimal digits, over everything before those four. */
function hasItsCrc(brCode: string): boolean {
  const written = /6304([0-9A-F]{4})$/.exec(brCode)?.[1];
  return written !== undefined && crc16(brCode.slice(0, -4)) === written;
}

/** CRC-16/CCITT-FALSE over the UTF-8 bytes: polynomial 0x1021, begins with 0xFFFF; four upper-case digits. */
function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}

/** `10`, `10.`, `10.5` and `10.50` are the same amount. */
function toCents(amount: string): Cents {
  const [whole = '', fraction = ''] = amount.split('.');
  return Number(whole + fraction.padEnd(2, '0')) as Cents;
}
