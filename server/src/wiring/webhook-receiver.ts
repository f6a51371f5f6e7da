import { Resolver } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP, isIPv4, type LookupFunction } from 'node:net';
import os from 'node:os';
import ipaddr from 'ipaddr.js';
import { SECOND_MS, type WebhookFailure } from '@centralita/kernel';
import type { Receiver, Reply } from '../capabilities/integrations/index.ts';

/** Until the status is there. */
const ANSWER_MS = 15 * SECOND_MS;
const RESOLVE_MS = 2 * SECOND_MS;
/** A connection whose answer goes on after its status for longer, or beyond this, is not used again. */
const REST_MS = SECOND_MS;
const REST_BYTES = 16 * 1_024;
/** An idle connection is closed before anybody between forgets it. */
const IDLE_MS = 5 * SECOND_MS;

export interface ReceiverOptions {
  /** Private addresses (or ranges of them) that the operator allows, and to which plain HTTP may go. */
  readonly allowed: readonly string[];
  /** Addresses of a name. Left out: DNS, never the hosts file, and without holding a thread while no server answers. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  /** Addresses of this machine, which may be public ones. Left out: those that it has at that moment. */
  readonly own?: () => readonly string[];
  readonly answerMs?: number;
}

/**
 * Other people's servers, reached so that no address of ours can be: a name is resolved once and the connection goes to the very
 * address that was looked at; redirects are not followed; this machine's own addresses, private and reserved ranges are refused but for those allowed.
 */
export function receiverOver({ allowed, resolve = resolveByDns, own = ownAddresses, answerMs = ANSWER_MS }: ReceiverOptions): Receiver & { close(): void } {
  const isAllowed = addressesIn(allowed);
  // Without a limit of their own: several webhooks may lead to one machine, and one that hangs must not keep the others back.
  const agents = { 'https:': new https.Agent({ keepAlive: true, timeout: IDLE_MS }), 'http:': new http.Agent({ keepAlive: true, timeout: IDLE_MS }) };
  const mayReach = (address: string, protocol: string): boolean => {
    if (isAllowed(address)) return true;
    const judged = ipaddr.process(address);
    return protocol === 'https:' && judged.range() === 'unicast' && !own().some((one) => ipaddr.process(one).toString() === judged.toString());
  };
  const lookupFor = (protocol: string): LookupFunction => (name, { all }, done) => {
    resolve(name).then(
      (addresses) => {
        const wrong = addresses.find((address) => !mayReach(address, protocol));
        if (wrong !== undefined || addresses.length === 0) return done(wrong === undefined ? failure('unresolved') : failure('address-not-allowed'), []);
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        return all ? done(null, found) : done(null, found[0]!.address, found[0]!.family);
      },
      () => done(failure('unresolved'), []),
    );
  };
  return {
    refuses: ({ protocol, hostname, username, password, hash }) => {
      if (username || password || hash) return 'credentials';
      const address = hostname.replace(/^\[|\]$/g, '');
      if (isIP(address) !== 0) return isAllowed(address) ? undefined : protocol !== 'https:' ? 'https-required' : mayReach(address, protocol) ? undefined : 'private-address';
      // What a name leads to is seen at each connection; without anything allowed plain HTTP cannot go anywhere.
      return protocol === 'https:' || allowed.length > 0 ? undefined : 'https-required';
    },
    post: (url, headers, body) => post(new URL(url), { agents, lookupFor, mayReach, answerMs }, headers, body),
    close: () => Object.values(agents).forEach((agent) => agent.destroy()),
  };
}

interface Way {
  readonly agents: { readonly 'https:': https.Agent; readonly 'http:': http.Agent };
  readonly lookupFor: (protocol: string) => LookupFunction;
  readonly mayReach: (address: string, protocol: string) => boolean;
  readonly answerMs: number;
}

function post(url: URL, { agents, lookupFor, mayReach, answerMs }: Way, headers: Readonly<Record<string, string>>, body: string): Promise<Reply> {
  const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
  // An address is connected to without being looked up.
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !mayReach(literal, protocol)) return Promise.resolve({ failure: 'address-not-allowed' });
  return new Promise((resolve) => {
    const request = (protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      agent: agents[protocol],
      lookup: lookupFor(protocol),
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'user-agent': 'Centralita' },
    });
    const patience = setTimeout(() => request.destroy(new Unreachable('time-out')), answerMs);
    request.on('response', (response) => {
      clearTimeout(patience);
      resolve(replyOf(response));
      passOver(response);
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(patience);
      resolve({ failure: failureOf(error) });
    });
    request.end(body);
  });
}

/** What a receiver says besides its status. */
function passOver(response: http.IncomingMessage): void {
  const end = setTimeout(() => response.destroy(), REST_MS);
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > REST_BYTES) response.destroy();
  });
  response.on('close', () => clearTimeout(end));
  // The status was heard: how the rest of it ends is nobody's concern.
  response.on('error', () => {});
}

function replyOf({ statusCode = 0, headers }: http.IncomingMessage): Reply {
  const asked = headers['retry-after'];
  const retryAfterMs = asked === undefined ? Number.NaN : /^\d+$/.test(asked) ? Number(asked) * SECOND_MS : Date.parse(asked) - Date.now();
  return Number.isFinite(retryAfterMs) ? { status: statusCode, retryAfterMs: Math.max(0, retryAfterMs) } : { status: statusCode };
}

type Unheard = Exclude<WebhookFailure, 'status'>;

class Unreachable extends Error {
  readonly failure: Unheard;
  constructor(kind: Unheard) {
    super(kind);
    this.failure = kind;
  }
}
const failure = (kind: Unheard): Unreachable => new Unreachable(kind);

const REFUSED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);
const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO$)/;

function failureOf(error: NodeJS.ErrnoException): Unheard {
  if (error instanceof Unreachable) return error.failure;
  // Of several addresses of a name, the last one's.
  const last = error instanceof AggregateError ? (error.errors.at(-1) as NodeJS.ErrnoException | undefined) : error;
  const code = last?.code ?? '';
  if (code === 'ETIMEDOUT') return 'time-out';
  if (REFUSED.has(code)) return 'refused';
  return TLS.test(code) ? 'tls' : 'broken';
}

/** @throws when no server answers in time, or there is no such name */
async function resolveByDns(name: string): Promise<readonly string[]> {
  if (name === 'localhost') return ['127.0.0.1'];
  const dns = new Resolver({ timeout: RESOLVE_MS, tries: 1 });
  const found = await Promise.allSettled([dns.resolve4(name), dns.resolve6(name)]);
  return found.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
}

const ownAddresses = (): readonly string[] => Object.values(os.networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address));

function addressesIn(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address, prefix] = range.split('/') as [string, string];
    list.addSubnet(address, Number(prefix), isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  return (address) => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
