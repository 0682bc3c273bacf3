import { toDecimal, type Cents } from '../../../domain/kinds/money';

/** The `qrCode` of a boleto híbrido, as the bank makes it: a dynamic code that points to the charge. */
export interface QrCode {
  url: string;
  txId: string;
  emv: string;
}

/** What the answer has where there is no Pix. */
export const NO_QR_CODE: QrCode = { url: '', txId: '', emv: '' };

/** @param of whom it names, each letter one character */
export function createQrCode(boleto: { number: string; amountCents: Cents }, of: Receiver = RECEIVER): QrCode {
  const txId = `BOLETO${boleto.number}DATA00`;
  const url = `qrcodepix.exemplo/pix/v2/cobv/${txId.toLowerCase()}`;
  return { url, txId, emv: buildEmv(url, boleto.amountCents, of) };
}

interface Receiver {
  name: string;
  city: string;
}

const RECEIVER: Receiver = { name: 'PROVEDOR INVENTADO', city: 'BRASILIA' };

/** The same code for another amount, with its right CRC. */
export function withAmount({ url, ...rest }: QrCode, amountCents: Cents): QrCode {
  return { ...rest, url, emv: buildEmv(url, amountCents) };
}

/** The same code with a CRC that does not fit. */
export function withWrongCrc({ emv, ...rest }: QrCode): QrCode {
  const last = emv.slice(-1);
  return { ...rest, emv: emv.slice(0, -1) + (last === '0' ? '1' : '0') };
}

function buildEmv(url: string, amountCents: Cents, { name, city }: Receiver = RECEIVER): string {
  const body = [
    field('00', '01'),
    field('01', '12'),
    field('26', field('00', 'br.gov.bcb.pix') + field('25', url)),
    field('52', '0000'),
    field('53', '986'),
    field('54', toDecimal(amountCents)),
    field('58', 'BR'),
    field('59', name),
    field('60', city),
    field('62', field('05', '***')),
    '6304',
  ].join('');
  return body + crc16(body);
}

function field(id: string, value: string): string {
  return id + String(value.length).padStart(2, '0') + value;
}

/** CRC-16/CCITT-FALSE of the UTF-8 bytes, by the shift-and-fold form: not the one that domain/codes/pix.ts checks with. */
function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text)) {
    crc = ((crc >> 8) | (crc << 8)) & 0xffff;
    crc ^= byte;
    crc ^= (crc & 0xff) >> 4;
    crc ^= (crc << 12) & 0xffff;
    crc ^= ((crc & 0xff) << 5) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
