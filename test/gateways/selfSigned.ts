import { createHash, createHmac, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const [SEQUENCE, SET, INTEGER, BIT_STRING, OID, UTF8, UTC_TIME] = [0x30, 0x31, 0x02, 0x03, 0x06, 0x0c, 0x17];

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/**
 * A certificate for `localhost` that nobody vouches for, made anew: no key lies in the repository.
 * @param days first and last, `YYMMDD`
 */
export function selfSignedCertificate(days: readonly [string, string] = ['200101', '491231']): {
  key: string;
  cert: string;
} {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const ed25519 = der(SEQUENCE, der(OID, Buffer.from([0x2b, 0x65, 0x70])));
  const commonName = der(OID, Buffer.from([0x55, 0x04, 0x03]));
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, commonName, der(UTF8, Buffer.from('localhost')))));
  const validity = der(SEQUENCE, ...days.map((day) => der(UTC_TIME, Buffer.from(`${day}000000Z`))));
  const version = der(0xa0, der(INTEGER, Buffer.from([2])));
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

/** Both as a PKCS #12 file: bags that are not encrypted, and a MAC by which the password is known. RFC 7292. */
export function toPfx({ key, cert }: { key: string; cert: string }, password: string): Buffer {
  const [OCTETS, EXPLICIT, NULL] = [0x04, 0xa0, 0x05];
  const oid = (hex: string) => der(OID, Buffer.from(hex, 'hex'));
  const pkcs9x509 = oid('2a864886f70d01091601');
  const bag = (kind: string, content: Buffer) =>
    der(SEQUENCE, oid(`2a864886f70d010c0a01${kind}`), der(EXPLICIT, content));
  const data = (content: Buffer) => der(SEQUENCE, oid('2a864886f70d010701'), der(EXPLICIT, der(OCTETS, content)));
  const pkcs8 = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' });
  const x509 = Buffer.from(cert.replace(/-----.*-----/g, ''), 'base64');
  const certBag = der(SEQUENCE, pkcs9x509, der(EXPLICIT, der(OCTETS, x509)));
  const safe = der(SEQUENCE, data(der(SEQUENCE, bag('01', pkcs8), bag('03', certBag))));
  // Appendix B: one round, one block of SHA-256; the password as UTF-16 with its end.
  const salt = randomBytes(8);
  const secret = Buffer.from(`${password}\0`, 'utf16le').swap16();
  const filled = (bytes: Buffer) => Buffer.alloc(64 * Math.ceil(bytes.length / 64), bytes);
  const macKey = createHash('sha256')
    .update(Buffer.concat([Buffer.alloc(64, 3), filled(salt), filled(secret)]))
    .digest();
  const mac = createHmac('sha256', macKey).update(safe).digest();
  const sha256 = der(SEQUENCE, oid('608648016503040201'), der(NULL));
  const macData = der(SEQUENCE, der(SEQUENCE, sha256, der(OCTETS, mac)), der(OCTETS, salt));
  return der(SEQUENCE, der(INTEGER, Buffer.from([3])), data(safe), macData);
}
