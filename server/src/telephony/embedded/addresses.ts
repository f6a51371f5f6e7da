import { BlockList, isIP } from 'node:net';

/** CIDR ranges, asked with addresses as sockets give them (IPv4 in IPv6 clothes included). */
export interface AddressRanges {
  includes(address: string): boolean;
}

/** @throws {RangeError} on a range that is none; provisioning checks with `isRange` first */
export function addressRanges(ranges: readonly string[]): AddressRanges {
  const list = new BlockList();
  for (const range of ranges) {
    const { address, family, prefix } = parseRange(range);
    list.addSubnet(address, prefix, family);
  }
  return { includes: (address) => isListed(list, plainAddress(address)) };
}

export function isRange(range: string): boolean {
  try {
    parseRange(range);
    return true;
  } catch {
    return false;
  }
}

export const LOOPBACK = ['127.0.0.0/8', '::1'];
const loopback = addressRanges(LOOPBACK);
export const isLoopback = (address: string): boolean => loopback.includes(address);

/** `::ffff:192.0.2.1` as `192.0.2.1`, without a zone. */
export function plainAddress(address: string): string {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(bare) ? bare.slice(7) : bare;
}

function isListed(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

function parseRange(range: string): { address: string; family: 'ipv4' | 'ipv6'; prefix: number } {
  const [address = '', bits] = range.split('/');
  const version = isIP(address);
  const widest = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? widest : Number(bits);
  if (version === 0 || bits === '' || !Number.isInteger(prefix) || prefix < 0 || prefix > widest) throw new RangeError('not an address range');
  return { address, family: version === 4 ? 'ipv4' : 'ipv6', prefix };
}
