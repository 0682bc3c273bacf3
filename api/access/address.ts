import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
// As a whole: its functions call each other by `this`.
import ipaddr from 'ipaddr.js';

/** An IPv6 customer has a whole /64 to choose addresses from. */
const IPV6_PARTS_OF_ONE = 4;

/**
 * Where a request comes from, for limits and the audit: the other end of the connection, or, where that is a proxy
 * that we trust, the last address in X-Forwarded-For that is none of ours. Whatever stands before it anybody can write.
 *
 * @param trusted networks as `10.0.0.0/8`
 * @returns null without a connection, as in a test that calls the API in its own process
 */
export function addressOf(context: Context, trusted: readonly string[]): string | null {
  const direct = remoteAddress(context);
  if (direct === null) return null;
  const hops = (context.req.header('X-Forwarded-For') ?? '').split(',').map((hop) => hop.trim());
  let address = direct;
  while (isTrusted(address, trusted)) {
    const hop = hops.pop();
    if (hop === undefined || !ipaddr.isValid(hop)) break;
    address = hop;
  }
  return address;
}

/** One key for all addresses that one customer of a provider has. */
export function limitKey(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return parsed.toNormalizedString().split(':').slice(0, IPV6_PARTS_OF_ONE).join(':');
}

export function isTrusted(address: string, trusted: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return trusted.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(network);
    return base.kind() === parsed.kind() && parsed.match(base, bits);
  });
}

function remoteAddress(context: Context): string | null {
  // Without a socket the environment is empty, and getConnInfo throws.
  if ((context.env as { incoming?: unknown } | undefined)?.incoming === undefined) return null;
  return getConnInfo(context).remote.address ?? null;
}
