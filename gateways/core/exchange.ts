import type { Exchange, LookResult, RegisterResult } from '../../domain/gateway';
import { cleaned, type Classified } from './classified';
import { printableExchange, type Mask } from './printable';
import type { HttpOutcome, HttpRequest } from './transport';

/* How the end of an exchange is told to the port. */

export function toExchange(request: HttpRequest, outcome: HttpOutcome, durationMs: number, mask: Mask): Exchange {
  const sent = outcome.kind === 'answered' || outcome.kind === 'noAnswer';
  return {
    status: sent ? outcome.status : null,
    request: printableExchange(`${request.method} ${request.url}${request.body ? ` ${request.body}` : ''}`, mask),
    response: outcome.kind === 'answered' ? printableExchange(outcome.body, mask) : null,
    durationMs: Math.round(durationMs),
    sentAt: sent ? outcome.sentAt : null,
  };
}

export function withoutBody(outcome: HttpOutcome): HttpOutcome {
  return outcome.kind === 'answered' ? { ...outcome, body: '' } : outcome;
}

export function toFailure(classified: Classified, mask: Mask, exchange: Exchange): RegisterResult {
  return { ...cleaned(classified, mask), bankId: null, exchange };
}

/** The end of a call that only asks. */
export function unusable(
  classified: Classified,
  mask: Mask,
  exchange: Exchange,
): Extract<LookResult, { kind: 'unusable' }> {
  const { kind, message, retryAfterMs } = cleaned(classified, mask);
  // A 404 that is not the API's own says nothing about the boleto, and stops nobody else's.
  const stops = (kind === 'auth' || kind === 'config') && exchange.status !== 404;
  return { kind: 'unusable', failure: stops ? kind : 'transient', message, retryAfterMs, exchange };
}
