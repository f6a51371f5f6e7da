import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Reading the interfaces takes about 0.1 ms, too much for every message; they seldom change. */
const KEEP_MS = 10_000;

let readAt = -KEEP_MS;
let known: { readonly address: string; readonly family: 'ipv4' | 'ipv6'; readonly subnet: BlockList; readonly internal: boolean }[] = [];

/** Which of our addresses a peer reaches us at, for a socket that is bound to all of them. */
export function localAddressTowards(peer: string, now: number): string {
  const family = isIP(peer) === 6 ? 'ipv6' : 'ipv4';
  if (now - readAt >= KEEP_MS) readInterfaces(now);
  const own = known.filter((one) => one.family === family);
  const near = own.find((one) => one.subnet.check(peer, family)) ?? own.find((one) => !one.internal) ?? own[0];
  return near?.address ?? (family === 'ipv6' ? '::1' : '127.0.0.1');
}

function readInterfaces(now: number): void {
  readAt = now;
  known = [];
  for (const addresses of Object.values(networkInterfaces())) {
    for (const one of addresses ?? []) {
      const family = one.family === 'IPv6' ? 'ipv6' : 'ipv4';
      const bits = Number(one.cidr?.split('/')[1]);
      // A link-local address means nothing without its interface.
      if (!Number.isInteger(bits) || one.address.startsWith('fe80:')) continue;
      const subnet = new BlockList();
      subnet.addSubnet(one.address, bits, family);
      known.push({ address: one.address, family, subnet, internal: one.internal });
    }
  }
}

export const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::' || address === '';

/** `::ffff:127.0.0.1` of a dual-stack socket is the IPv4 address that everybody else knows. */
export const plainAddress = (address: string): string => (address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address);

/** In URIs and Via an IPv6 address stands in brackets. */
export const hostOf = (address: string): string => (address.includes(':') ? `[${address}]` : address);
export const addressOf = (host: string): string => (host.startsWith('[') ? host.slice(1, -1) : host);
