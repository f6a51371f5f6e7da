import { isIP } from 'node:net';
import { ignoreFailure } from '@centralita/kernel';
import { lookup, Resolver as NameServer } from 'node:dns/promises';
import type { Timers } from '../timers.ts';
import type { SipUri } from '../message/uri.ts';
import type { Address, Protocol, Resolver } from './flow.ts';
import { addressOf } from './local-address.ts';

/** Where a request may be sent, best first. `name` is what a TLS certificate must be for. */
export interface Place extends Address {
  readonly protocol: Protocol;
  readonly name: string;
}

const GOOD_MS = 60_000;
const BAD_MS = 5_000;
const MAX_NAMES = 1_000;
/** A place that could not be reached goes to the end of the list for so long (RFC 3263 4.3 leaves the time to us). */
const AVOID_MS = 30_000;

/** Few networks have SRV records, and some drop such questions: an answer that takes longer is not worth a caller's time. */
const nameServer = new NameServer({ timeout: 1_500, tries: 2 });

export const systemResolver: Resolver = {
  addresses: async (host) => (await lookup(host, { all: true, verbatim: true })).map((one) => one.address),
  services: (name) => nameServer.resolveSrv(name),
};

interface Known {
  places: readonly Place[] | undefined;
  until: number;
  asking: Promise<readonly Place[]> | undefined;
}

/**
 * RFC 3263 without NAPTR: the transport comes from the URI. A literal address is answered in the same tick; a name that is known is
 * too, and is asked again behind its back when it is old, so that a slow name server never holds a call up twice.
 */
export class Locator {
  readonly #resolver: Resolver;
  readonly #timers: Timers;
  readonly #known = new Map<string, Known>();
  readonly #avoid = new Map<string, number>();

  constructor(resolver: Resolver, timers: Timers) {
    this.#resolver = resolver;
    this.#timers = timers;
  }

  /** Rejects when the name is unknown. */
  locate(uri: SipUri): readonly Place[] | Promise<readonly Place[]> {
    const protocol = protocolOf(uri);
    const host = addressOf(uri.host);
    const port = uri.port ?? (protocol === 'tls' || protocol === 'wss' ? 5061 : 5060);
    if (isIP(host) !== 0) return [{ address: host, port, protocol, name: host }];
    const key = `${protocol}:${host}:${uri.port ?? ''}`;
    let known = this.#known.get(key);
    if (!known) {
      if (this.#known.size >= MAX_NAMES) this.#known.delete(this.#known.keys().next().value!);
      known = { places: undefined, until: 0, asking: undefined };
      this.#known.set(key, known);
    }
    const fresh = this.#timers.now() < known.until;
    if (!fresh) known.asking ??= this.#ask(known, host, protocol, uri.port);
    if (known.places) {
      if (known.asking) ignoreFailure('sip name refresh', known.asking); // The old answer serves; #ask has set when to try again.
      return this.#sorted(known.places);
    }
    if (known.asking) return known.asking.then((places) => this.#sorted(places));
    return Promise.reject(new Error(`${host} was not found a moment ago`));
  }

  avoid(place: Address): void {
    if (this.#avoid.size >= MAX_NAMES) this.#avoid.clear();
    this.#avoid.set(`${place.address}:${place.port}`, this.#timers.now() + AVOID_MS);
  }

  #sorted(places: readonly Place[]): readonly Place[] {
    if (this.#avoid.size === 0) return places;
    const now = this.#timers.now();
    const bad = (place: Place) => ((this.#avoid.get(`${place.address}:${place.port}`) ?? 0) > now ? 1 : 0);
    return places.toSorted((a, b) => bad(a) - bad(b));
  }

  async #ask(known: Known, host: string, protocol: Protocol, port: number | undefined): Promise<readonly Place[]> {
    try {
      const places = await this.#resolve(host, protocol, port);
      known.places = places;
      known.until = this.#timers.now() + GOOD_MS;
      return places;
    } catch (error) {
      known.until = this.#timers.now() + BAD_MS;
      throw error;
    } finally {
      known.asking = undefined;
    }
  }

  async #resolve(host: string, protocol: Protocol, port: number | undefined): Promise<readonly Place[]> {
    const secure = protocol === 'tls' || protocol === 'wss';
    // A name without a dot is of this machine or of its network's search list: no SRV there.
    if (port === undefined && this.#resolver.services && host.includes('.')) {
      const service = secure ? `_sips._tcp.${host}` : `_sip._${protocol}.${host}`;
      // No SRV record is the usual case, told as an error by name servers (RFC 3263 4.2 then asks for addresses).
      const records = await this.#resolver.services(service).catch(() => []);
      const places: Place[] = [];
      for (const record of records.toSorted((a, b) => a.priority - b.priority || b.weight - a.weight)) {
        const addresses = await this.#resolver.addresses(record.name).catch(() => []);
        for (const address of addresses) places.push({ address, port: record.port, protocol, name: host });
      }
      if (places.length > 0) return places;
    }
    const addresses = await this.#resolver.addresses(host);
    if (addresses.length === 0) throw new Error(`${host} has no address`);
    return addresses.map((address) => ({ address, port: port ?? (secure ? 5061 : 5060), protocol, name: host }));
  }
}

/** RFC 3261 19.1.5 and RFC 7118 for the transport parameter; `sips` over TCP is TLS. */
export function protocolOf(uri: SipUri): Protocol {
  const named = uri.params.get('transport')?.toLowerCase();
  if (uri.scheme === 'sips') return named === 'ws' || named === 'wss' ? 'wss' : 'tls';
  return named === 'tcp' || named === 'tls' || named === 'ws' || named === 'wss' ? named : 'udp';
}
