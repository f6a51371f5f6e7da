import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { parseUri } from '@centralita/sip';
import { addressRanges, isLoopback, plainAddress } from './addresses.ts';

export interface MediaAddressing {
  /** @param peer the peer's IP address, or undefined where only a name is known. @returns what our SDP says, undefined for the bound address */
  advertisedTo(peer: string | undefined): string | undefined;
}

/**
 * The address our SDP names to a peer: the public one outside our networks, else the one we bind, else (bound to all) our own
 * address in the peer's network. Never 0.0.0.0: that means "hold" (RFC 3264 section 8.4).
 */
export function mediaAddressing(of: { readonly rtpAddress: string; readonly publicAddress?: string; readonly localNetworks?: readonly string[] }): MediaAddressing {
  const local = addressRanges(['127.0.0.0/8', '::1', ...(of.localNetworks ?? [])]);
  const boundToAll = of.rtpAddress === '0.0.0.0' || of.rtpAddress === '::';
  return {
    advertisedTo(peer) {
      const address = peer === undefined ? undefined : plainAddress(peer);
      const outside = address === undefined || isIP(address) === 0 || !local.includes(address);
      if (of.publicAddress !== undefined && outside) return of.publicAddress;
      return boundToAll ? ownAddressTowards(address) : undefined;
    },
  };
}

/** The host of a SIP URI when it is an address and not a name. */
export function addressOfUri(uri: string): string | undefined {
  const host = parseUri(uri)?.host.replace(/^\[|\]$/g, '');
  return host !== undefined && isIP(host) !== 0 ? host : undefined;
}

function ownAddressTowards(peer: string | undefined): string | undefined {
  if (peer !== undefined && isLoopback(peer)) return '127.0.0.1';
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === 'IPv4' && !address.internal);
  const near = peer === undefined ? undefined : own.find((address) => address.cidr !== null && addressRanges([address.cidr]).includes(peer));
  return (near ?? own[0])?.address;
}
