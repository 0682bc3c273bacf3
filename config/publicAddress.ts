import ipaddr from 'ipaddr.js';

/**
 * Whether a call that somebody else directs may go to this address: one of the public network. Everything that is
 * special is refused, by whatever notation: private, link-local with the metadata of clouds, shared, mapped, translated.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An address of IPv4 inside one of IPv6 is judged as what it is.
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  // All that is given out of IPv6 begins with 001; what else counts as unicast is not on the public network.
  return !(parsed instanceof ipaddr.IPv6) || (parsed.parts[0] ?? 0) >> 13 === 1;
}

export function isLoopbackAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

/** Ranges that nobody but the company itself has. */
const ownRanges: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'carrierGradeNat']);

/** `10.1.0.0/16`: a network that is private as a whole, never this machine, link-local or the metadata of clouds. */
export function isPrivateNetwork(network: string): boolean {
  const version = ipaddr.IPv4.isValidCIDRFourPartDecimal(network)
    ? ipaddr.IPv4
    : ipaddr.IPv6.isValidCIDR(network)
      ? ipaddr.IPv6
      : null;
  if (!version) return false;
  const ends = [version.networkAddressFromCIDR(network), version.broadcastAddressFromCIDR(network)];
  return ends.every((address) => ownRanges.has(address.range()));
}

/** Whether an address is in one of the networks that the installation's own list allows. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return networks.some((network) => {
    const [first, bits] = ipaddr.parseCIDR(network);
    return first.kind() === parsed.kind() && parsed.match(first, bits);
  });
}

/**
 * The first thing that is wrong with an address to which notices are to be sent, in the operator's words; null = none.
 * A name is judged when it is resolved, at each call.
 * @param options.loopback whether this machine itself, also by plain http, is allowed: with GATEWAYS=simulated
 * @param options.networks private ones that are allowed
 */
export function addressProblem(
  text: string,
  { loopback, networks = [] }: { loopback: boolean; networks?: readonly string[] },
): string | null {
  const url = URL.parse(text);
  if (!url) return 'não é um endereço como https://erp.exemplo.com.br/avisos';
  if (url.username !== '' || url.password !== '') return 'não pode ter usuário nem senha';
  if (url.hash !== '') return 'não pode ter fragmento (#)';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isOwn = host === 'localhost' || isLoopbackAddress(host);
  if (isOwn && loopback) return /^https?:$/.test(url.protocol) ? null : 'deve começar com https://';
  if (url.protocol !== 'https:') return 'deve começar com https://';
  const isAllowed = isPublicAddress(host) || isInNetworks(host, networks);
  if (isOwn || (ipaddr.isValid(host) && !isAllowed)) return 'é de rede interna ou reservada';
  return null;
}
