import ipaddr from 'ipaddr.js';

/** IPv6 addresses assigned to the public internet. The others are reserved, private, or embed IPv4. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an address (IPv4 or IPv6, as text) is on the public internet, not on this machine, in a private network or
 * reserved.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  // Converts an IPv4-mapped IPv6 address to IPv4.
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL_IPV6);
}
