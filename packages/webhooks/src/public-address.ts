import ipaddr from 'ipaddr.js';

/** IPv6 addresses that are given out to the public; the rest is reserved, embeds IPv4, or is somebody's own. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/** Whether an address (IPv4 or IPv6, as text) is one of the public internet, and not of this machine, its networks, or a special use. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  // An IPv4 address in IPv6's clothes is that IPv4 address.
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL_IPV6);
}
