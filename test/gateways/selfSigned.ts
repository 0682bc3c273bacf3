import { generateKeyPairSync, sign } from 'node:crypto';

const [SEQUENCE, SET, INTEGER, BIT_STRING, OID, UTF8, UTC_TIME] = [0x30, 0x31, 0x02, 0x03, 0x06, 0x0c, 0x17];

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** A certificate for `localhost` that nobody vouches for, made anew: no key lies in the repository. */
export function selfSignedCertificate(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const ed25519 = der(SEQUENCE, der(OID, Buffer.from([0x2b, 0x65, 0x70])));
  const commonName = der(OID, Buffer.from([0x55, 0x04, 0x03]));
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, commonName, der(UTF8, Buffer.from('localhost')))));
  const validity = der(SEQUENCE, ...['200101000000Z', '491231000000Z'].map((time) => der(UTC_TIME, Buffer.from(time))));
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
