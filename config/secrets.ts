import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** Sealed bytes that know their place begin so. */
const FORM = Buffer.from('box1');
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Where sealed bytes belong: a purpose, and what tells one row of it from the others (domain/account/sealedPlaces.ts). */
interface Place {
  purpose: string;
  row: string;
}

/** What earlier versions sealed without saying where it belongs, and kept. */
const sealedBefore: ReadonlySet<string> = new Set(['gatewayAccount', 'gatewayToken', 'webhook']);

/** Encrypts what must not be readable in the database or its backups, nor be moved within it (AES-256-GCM). */
export interface SecretBox {
  seal(plain: string, place: Place): Buffer;
  /** @throws SecretsKeyError when the key is another one, the bytes were changed, or they belong elsewhere. */
  open(sealed: Buffer, place: Place): string;
  /** The same in the present form; null when it is. @throws SecretsKeyError like `open`. */
  reseal(sealed: Buffer, place: Place): Buffer | null;
}

/** Sealed under another key: nothing can be sent until SECRETS_KEY is the right one again. */
export class SecretsKeyError extends Error {}

/** @param key SECRETS_KEY: any text of 32 characters or more. */
export function createSecretBox(key: string): SecretBox {
  const secret = createHash('sha256').update(key).digest();

  function seal(plain: string, place: Place): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(bytesOf(place));
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([FORM, nonce, cipher.getAuthTag(), body]);
  }

  function open(sealed: Buffer, place: Place): string {
    if (isPresentForm(sealed)) {
      const plain = decrypt(secret, sealed.subarray(FORM.length), bytesOf(place));
      if (plain !== null) return plain;
    }
    // By chance it may begin like the present form: it is asked again, and is only what the key says it is.
    const plain = sealedBefore.has(place.purpose) ? decrypt(secret, sealed, null) : null;
    if (plain === null)
      throw new SecretsKeyError(
        'SECRETS_KEY não é a chave com que as credenciais foram guardadas, ou elas foram trocadas de lugar no registro',
      );
    return plain;
  }

  return {
    seal,
    open,
    reseal: (sealed, place) => (isPresentForm(sealed) ? null : seal(open(sealed, place), place)),
  };
}

function isPresentForm(sealed: Buffer): boolean {
  return sealed.subarray(0, FORM.length).equals(FORM);
}

function bytesOf({ purpose, row }: Place): Buffer {
  return Buffer.from(JSON.stringify([purpose, row]));
}

/** @returns null for another key, other bytes, or another place. */
function decrypt(secret: Buffer, sealed: Buffer, place: Buffer | null): string | null {
  try {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', secret, nonce, { authTagLength: TAG_BYTES });
    if (place) decipher.setAAD(place);
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const body = sealed.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
