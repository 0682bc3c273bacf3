import { createSecureContext, type SecureContext } from 'node:tls';

/** What an account shows to its bank: certificate and private key as PEM (one text may hold both), or a PKCS #12 file. */
export type ClientCertificate =
  { cert: string; key: string; passphrase?: string } | { pfx: Buffer; passphrase?: string };

/** The certificate cannot be read, its key does not belong to it, or its passphrase is another. */
export class UnusableCertificate extends Error {}

const TRUSTED = { minVersion: 'TLSv1.2' } as const;

/** @param ca authorities (PEM) instead of those that Node knows. @throws UnusableCertificate */
export function secureContext(certificate?: ClientCertificate, ca?: string): SecureContext {
  try {
    return createSecureContext({ ...TRUSTED, ...certificate, ...(ca === undefined ? {} : { ca }) });
  } catch (error) {
    // OpenSSL's own words name no secret, and say nothing to people.
    throw new UnusableCertificate('o certificado da conta não pode ser lido', { cause: error });
  }
}
