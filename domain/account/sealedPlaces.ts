/** Where sealed bytes belong. Taken anywhere else they do not open, whoever wrote them there. */
export interface SealedPlace {
  purpose: 'gatewayAccount' | 'gatewayToken' | 'webhook' | 'signIn';
  /** What tells it from others of its purpose. */
  row: string;
}

/**
 * The credentials of an account belong to its addresses too: who changes an address in the record, and has not the key,
 * is sent nothing.
 * @param account.fingerprint of the credentials that identify it
 */
export function accountPlace(account: {
  gateway: string;
  baseUrl: string;
  authUrl: string | null;
  fingerprint: string;
}): SealedPlace {
  const { gateway, baseUrl, authUrl, fingerprint } = account;
  return { purpose: 'gatewayAccount', row: JSON.stringify([gateway, baseUrl, authUrl, fingerprint]) };
}

export function tokenPlace(accountId: number): SealedPlace {
  return { purpose: 'gatewayToken', row: String(accountId) };
}

export function webhookPlace(webhookId: string): SealedPlace {
  return { purpose: 'webhook', row: webhookId };
}

/** A sign-in under way, which the browser keeps. */
export const signInPlace: SealedPlace = { purpose: 'signIn', row: '' };

/** config/secrets.ts, as far as the other rooms need it. */
export interface Sealer {
  seal(plain: string, place: SealedPlace): Buffer;
  open(sealed: Buffer, place: SealedPlace): string;
}
