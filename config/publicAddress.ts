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

/**
 * The first thing that is wrong with an address to which notices are to be sent, in the operator's words; null = none.
 * A name is judged when it is resolved, at each call.
 * @param loopback whether this machine itself, also by plain http, is allowed: with GATEWAYS=simulated
 */
export function addressProblem(text: string, { loopback }: { loopback: boolean }): string | null {
  const url = URL.parse(text);
  if (!url) return 'não é um endereço como https://erp.exemplo.com.br/avisos';
  if (url.username !== '' || url.password !== '') return 'não pode ter usuário nem senha';
  if (url.hash !== '') return 'não pode ter fragmento (#)';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isOwn = host === 'localhost' || isLoopbackAddress(host);
  if (isOwn && loopback) return /^https?:$/.test(url.protocol) ? null : 'deve começar com https://';
  if (url.protocol !== 'https:') return 'deve começar com https://';
  if (isOwn || (ipaddr.isValid(host) && !isPublicAddress(host))) return 'é de rede interna ou reservada';
  return null;
}
