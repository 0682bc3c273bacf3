import { createHmac, timingSafeEqual } from 'node:crypto';

export type WebhookErrorCode =
  /** The secret is none of the scheme: `whsec_` and base64. */
  | 'segredo_invalido'
  | 'cabecalho_ausente'
  /** Too old, or from the future: a copy that somebody sends again. */
  | 'fora_do_prazo'
  /** Somebody else's, or changed on the way. */
  | 'assinatura_invalida'
  | 'conteudo_ilegivel';

/** Why a call is not to be believed; answer it with 400 and do nothing. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';

  constructor(
    readonly code: WebhookErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export interface VerifiedWebhook {
  /** The same for every delivery of one event: who has seen it does nothing again. */
  id: string;
  sentAt: Date;
  /** The body's JSON. */
  payload: unknown;
}

const TOLERANCE_SECONDS = 300;

/**
 * Checks a call of ours by the Standard Webhooks scheme: HMAC-SHA256 of `id.timestamp.body`.
 * @param secret `whsec_…`, as it was shown when the webhook was made
 * @param headers of the request, as Node or fetch have them
 * @param body exactly as it was received: JSON that was parsed and written again has other bytes
 * @throws WebhookError
 */
export function verifyWebhook(
  secret: string,
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>,
  body: string | Uint8Array,
  { toleranceSeconds = TOLERANCE_SECONDS, now = new Date() }: { toleranceSeconds?: number; now?: Date } = {},
): VerifiedWebhook {
  const key = keyOf(secret);
  const id = header(headers, 'webhook-id');
  const timestamp = header(headers, 'webhook-timestamp');
  const signatures = header(headers, 'webhook-signature');
  const seconds = /^\d{1,15}$/.test(timestamp) ? Number(timestamp) : NaN;
  const late = Math.abs(now.getTime() / 1_000 - seconds);
  if (!(late <= toleranceSeconds))
    throw new WebhookError('fora_do_prazo', 'o aviso não é de agora: confira o relógio deste servidor');

  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  // Several while a secret is being replaced.
  const isOurs = signatures.split(' ').some((signature) => {
    const [version, value = ''] = signature.split(',', 2);
    const given = Buffer.from(value, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isOurs) throw new WebhookError('assinatura_invalida', 'a assinatura do aviso não confere');
  try {
    return { id, sentAt: new Date(seconds * 1_000), payload: JSON.parse(text) as unknown };
  } catch {
    throw new WebhookError('conteudo_ilegivel', 'o aviso não é JSON');
  }
}

function keyOf(secret: string): Buffer {
  const encoded = secret.replace(/^whsec_/, '');
  if (!/^[A-Za-z0-9+/]{16,}={0,2}$/.test(encoded))
    throw new WebhookError('segredo_invalido', 'o segredo não é whsec_ e base64');
  return Buffer.from(encoded, 'base64');
}

function header(
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>,
  name: string,
): string {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  if (typeof value !== 'string' || value === '')
    throw new WebhookError('cabecalho_ausente', `falta o cabeçalho ${name}`);
  return value;
}
