import type { Cents } from '../kinds/money';

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

/** What is wrong with a text that is no Pix code; `field` by its id, `26.25` inside a template. */
export type PixProblem =
  | { problem: 'length' }
  /** A length that does not fit, a field twice, not begun with 000201 or not ended by the CRC. */
  | { problem: 'structure' }
  | { problem: 'crc'; found: string; expected: string }
  | { problem: 'field'; field: string };

// EMV QRCPS allows 512 characters in all; the field's limits are from the same manual.
const MAX_LENGTH = 512;
const PIX = 'br.gov.bcb.pix';

/**
 * Reads a Pix copia e cola (BR Code: EMV QRCPS, "Manual de Padrões para Iniciação do Pix" of Banco Central).
 * Lengths count characters, as banks write them; the CRC is over the UTF-8 bytes.
 * @returns null when the structure is broken (a length, a mandatory field, no Pix account) or the CRC is another.
 */
export function readPix(brCode: string): PixCode | null {
  const read = parsePix(brCode);
  return 'problem' in read ? null : read;
}

/** As readPix, with the first thing that is wrong. */
export function parsePix(brCode: string): PixCode | PixProblem {
  if (brCode.length > MAX_LENGTH) return { problem: 'length' };
  const fields = readFields(brCode);
  const found = /6304([0-9A-Fa-f]{4})$/.exec(brCode)?.[1];
  if (!fields || !brCode.startsWith('000201') || found === undefined) return { problem: 'structure' };
  const expected = crc16(brCode.slice(0, -4));
  if (found !== expected) return { problem: 'crc', found, expected };

  const account = pixAccount(fields);
  if (typeof account === 'string') return { problem: 'field', field: account };
  const additional = readFields(fields.get('62') ?? '');
  if (!additional) return { problem: 'field', field: '62' };
  const [amount, name = '', city = '', txid = '***'] = [
    fields.get('54'),
    fields.get('59'),
    fields.get('60'),
    additional.get('05'),
  ];
  const right: Readonly<Record<string, boolean>> = {
    '52': /^\d{4}$/.test(fields.get('52') ?? ''),
    '53': fields.get('53') === '986',
    '54': amount === undefined || /^\d{1,10}(\.\d{0,2})?$/.test(amount),
    '58': fields.get('58') === 'BR',
    '59': /^.{1,25}$/u.test(name),
    '60': /^.{1,15}$/u.test(city),
    '62.05': /^[\x20-\x7e]{1,25}$/.test(txid),
  };
  const wrong = Object.keys(right).find((field) => !right[field]);
  if (wrong !== undefined) return { problem: 'field', field: wrong };
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

/** The template 26 to 51 that names Pix, with a key or an address; the id of the field that is wrong. */
function pixAccount(fields: Map<string, string>): Pick<PixCode, 'key' | 'url'> | string {
  for (let id = 26; id <= 51; id++) {
    const template = readFields(fields.get(String(id)) ?? '');
    if (template?.get('00')?.toLowerCase() !== PIX) continue;
    const [key, url] = [template.get('01') ?? null, template.get('25') ?? null];
    if (key !== null && !/^.{1,77}$/u.test(key)) return `${id}.01`;
    // The scheme is always https and never written.
    if (url !== null && (!/^\S{1,77}$/.test(url) || url.includes('://'))) return `${id}.25`;
    return key !== null || url !== null || isRecurring(fields) ? { key, url } : String(id);
  }
  return '26';
}

/** Pix Automático: the address of the recurrence stands in template 80, that of a charge may be missing. */
function isRecurring(fields: Map<string, string>): boolean {
  const template = readFields(fields.get('80') ?? '');
  return template?.get('00')?.toLowerCase() === PIX && template.has('25');
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
