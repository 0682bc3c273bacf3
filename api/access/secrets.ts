import { createHash, randomBytes } from 'node:crypto';

/** 256 bits, for cookies and tokens. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What the record keeps of a secret. A secret of 256 random bits needs no slow hash. */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** @param kind `u` for people, `t` for tokens, `w` for webhooks */
export function newId(kind: 'u' | 't' | 'w'): string {
  return `${kind}-${randomBytes(6).toString('hex')}`;
}
