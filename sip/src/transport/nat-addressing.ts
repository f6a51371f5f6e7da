import { isIP } from 'node:net';
import { BlockList } from 'node:net';
import type { Addressing } from './flow.ts';

/**
 * The usual rule behind a NAT: peers outside `localNetworks` (CIDR) are told `publicAddress`, the others our own address.
 * Loopback is always local.
 */
export function natAddressing(options: { readonly publicAddress?: string; readonly localNetworks?: readonly string[] }): Addressing {
  const local = new BlockList();
  for (const network of ['127.0.0.0/8', ...(options.localNetworks ?? [])]) {
    const [address, bits] = network.split('/');
    const family = isIP(address!) === 6 ? 'ipv6' : 'ipv4';
    local.addSubnet(address!, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  local.addAddress('::1', 'ipv6');
  return (peer) => {
    if (!options.publicAddress || local.check(peer.address, isIP(peer.address) === 6 ? 'ipv6' : 'ipv4')) return undefined;
    return { host: options.publicAddress };
  };
}
