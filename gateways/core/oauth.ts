import type { TokenResult } from '../../domain/gateway';
import { classifyNoAnswer, cleaned, type Classified } from './classified';
import { isRecord, parseJson } from './json';
import type { Mask } from './printable';
import type { HttpOutcome } from './transport';

/* OAuth 2.0, client credentials: what every token endpoint answers (RFC 6749, 4.4 and 5). */

const DEFAULT_TOKEN_SECONDS = 600;
const LONGEST_TOKEN_SECONDS = 86_400;
/** What a header can carry, at a length that servers take. Anything else would fail each call instead of one answer. */
const USABLE_TOKEN = /^[\x21-\x7e]{1,8192}$/;

/** What an answer that is no readable success means, by the codes of one bank. */
export type ClassifyAnswer = (answer: Extract<HttpOutcome, { kind: 'answered' }>) => Classified;

export function basic(clientId: string, clientSecret: string): string {
  return Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
}

/** A token endpoint registers nothing: whatever it did not answer can be asked again. */
export function readToken(outcome: HttpOutcome, mask: Mask, classify: ClassifyAnswer): TokenResult {
  if (outcome.kind === 'answered' && outcome.status === 200) {
    const answer = parseJson(outcome.body);
    if (isRecord(answer) && typeof answer.access_token === 'string' && USABLE_TOKEN.test(answer.access_token)) {
      const seconds = Number(answer.expires_in);
      const lifetime = Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_TOKEN_SECONDS;
      const expiresInMs = Math.min(lifetime, LONGEST_TOKEN_SECONDS) * 1_000;
      return { kind: 'token', value: answer.access_token, expiresInMs };
    }
  }
  const classified = cleaned(outcome.kind === 'answered' ? classify(outcome) : classifyNoAnswer(outcome), mask);
  const kind = ['transient', 'quota', 'ambiguous'].includes(classified.kind) ? 'transient' : 'config';
  return { kind, message: classified.message, retryAfterMs: classified.retryAfterMs };
}
