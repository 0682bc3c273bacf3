import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts what must not be readable in the database or its backups (AES-256-GCM). */
export interface SecretBox {
  seal(plain: string): Buffer;
  /** @throws SecretsKeyError when the key is another one or the bytes were changed. */
  open(sealed: Buffer): string;
}

/** Sealed under another key: nothing can be sent until SECRETS_KEY is the right one again. */
export class SecretsKeyError extends Error {}

/** @param key SECRETS_KEY: any text of 32 characters or more. */
export function createSecretBox(key: string): SecretBox {
  const secret = createHash('sha256').update(key).digest();
  return {
    seal(plain) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', secret, nonce);
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open(sealed) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, NONCE_BYTES));
        decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const body = sealed.subarray(NONCE_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
      } catch {
        throw new SecretsKeyError('SECRETS_KEY não é a chave com que as credenciais foram guardadas');
      }
    },
  };
}
