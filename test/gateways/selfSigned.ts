import {
  createHash,
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';

const [SEQUENCE, SET, INTEGER, BIT_STRING, OCTETS, NULL, OID, UTF8, UTC_TIME] = [
  0x30, 0x31, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x17,
];
const EXPLICIT = 0xa0;

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** A certificate and its key, PEM. */
export interface SelfSigned {
  key: string;
  cert: string;
}

/**
 * A certificate for `localhost`, or of a client, that nobody vouches for, made anew: no key lies in the repository.
 * @param days first and last, `YYMMDD`
 */
export function selfSignedCertificate(
  subject = 'localhost',
  days: readonly [string, string] = ['200101', '491231'],
): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const ed25519 = der(SEQUENCE, der(OID, Buffer.from([0x2b, 0x65, 0x70])));
  const commonName = der(OID, Buffer.from([0x55, 0x04, 0x03]));
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, commonName, der(UTF8, Buffer.from(subject)))));
  const validity = der(SEQUENCE, ...days.map((day) => der(UTC_TIME, Buffer.from(`${day}000000Z`))));
  const version = der(EXPLICIT, der(INTEGER, Buffer.from([2])));
  const serial = der(INTEGER, Buffer.from([1]));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const body = der(SEQUENCE, version, serial, ed25519, name, validity, name, spki);
  const signature = der(BIT_STRING, Buffer.from([0]), sign(null, body, privateKey));
  const cert = der(SEQUENCE, body, ed25519, signature);
  const pem = cert.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${pem}\n-----END CERTIFICATE-----\n`,
  };
}

const PKCS = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01];
const pkcs = (...arcs: number[]): Buffer => der(OID, Buffer.from([...PKCS, ...arcs]));

/** Both as a PKCS #12 file: bags that are not encrypted, and with a password a MAC by which it is known. RFC 7292. */
export function toPfx({ key, cert }: SelfSigned, password?: string): Buffer {
  const data = (content: Buffer): Buffer => der(SEQUENCE, pkcs(0x07, 0x01), der(EXPLICIT, der(OCTETS, content)));
  const bag = (type: number, value: Buffer): Buffer =>
    der(SEQUENCE, pkcs(0x0c, 0x0a, 0x01, type), der(EXPLICIT, value));
  const keyBag = bag(0x01, createPrivateKey(key).export({ type: 'pkcs8', format: 'der' }));
  const { raw } = new X509Certificate(cert);
  const certBag = bag(0x03, der(SEQUENCE, pkcs(0x09, 0x16, 0x01), der(EXPLICIT, der(OCTETS, raw))));
  const safe = der(SEQUENCE, data(der(SEQUENCE, keyBag, certBag)));
  const mac = password === undefined ? [] : [macOf(safe, password)];
  return der(SEQUENCE, der(INTEGER, Buffer.from([3])), data(safe), ...mac);
}

/** Appendix B: one round, one block of SHA-256; the password as UTF-16 with its end. */
function macOf(safe: Buffer, password: string): Buffer {
  const salt = randomBytes(8);
  const secret = Buffer.from(`${password}\0`, 'utf16le').swap16();
  const filled = (bytes: Buffer) => Buffer.alloc(64 * Math.ceil(bytes.length / 64), bytes);
  const macKey = createHash('sha256')
    .update(Buffer.concat([Buffer.alloc(64, 3), filled(salt), filled(secret)]))
    .digest();
  const mac = createHmac('sha256', macKey).update(safe).digest();
  const sha256 = der(SEQUENCE, der(OID, Buffer.from('608648016503040201', 'hex')), der(NULL));
  return der(SEQUENCE, der(SEQUENCE, sha256, der(OCTETS, mac)), der(OCTETS, salt));
}
