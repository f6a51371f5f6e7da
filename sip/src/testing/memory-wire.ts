import { parseMessage } from '../message/parse-message.ts';
import type { SipMessage } from '../message/sip-message.ts';
import type { Timers } from '../timers.ts';
import type { Door, LiveFlow } from '../transport/door.ts';
import type { Address } from '../transport/flow.ts';
import type { DatagramEndpoint, OpenUdp } from '../transport/transport-layer.ts';

export interface Datagram {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly lost: boolean;
}

const name = (address: Address): string => `${address.address}:${address.port}`;

/** UDP in virtual time: whole user agents, with a wire that can be watched and broken. */
export class MemoryWire {
  readonly #timers: Timers;
  readonly #sockets = new Map<string, (text: string, from: Address) => void>();
  readonly log: Datagram[] = [];
  latencyMs = 1;
  /** Whether a datagram gets lost. */
  loses: (text: string, from: string, to: string) => boolean = () => false;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** To be given to a user agent in place of the real sockets. */
  readonly openUdp: OpenUdp = (address, port, door) => Promise.resolve(this.#open({ address, port }, door));

  #open(bound: Address, door: Door): DatagramEndpoint {
    const flowTo = (remote: Address): LiveFlow => ({
      id: `udp:${name(bound)}>${name(remote)}`,
      protocol: 'udp',
      local: bound,
      remote,
      open: true,
      send: (text) => this.send(text, bound, remote),
      towardsPort: (port) => flowTo({ address: remote.address, port }),
      close: () => undefined,
    });
    this.listen(bound, (text, from) => {
      const bytes = Buffer.from(text);
      const message = parseMessage(bytes);
      if (typeof message === 'string') door.drop('malformed');
      else door.receive(message, bytes, flowTo(from));
    });
    return {
      protocol: 'udp',
      bound,
      flowTo,
      close: async () => void this.#sockets.delete(name(bound)),
    };
  }

  listen(at: Address, receive: (text: string, from: Address) => void): void {
    this.#sockets.set(name(at), receive);
  }

  send(text: string, from: Address, to: Address): void {
    const lost = this.loses(text, name(from), name(to));
    this.log.push({ at: this.#timers.now(), from: name(from), to: name(to), text, lost });
    if (!lost) this.#timers.after(this.latencyMs, () => this.#sockets.get(name(to))?.(text, from));
  }

  /** First lines of what went over the wire, as `from>to line`. */
  lines(): string[] {
    return this.log.map((one) => `${one.from}>${one.to} ${one.text.slice(0, one.text.indexOf('\r\n'))}`);
  }
}

/** A peer without any SIP stack: it says what the test tells it to, and keeps what it hears. */
export class ScriptedPeer {
  readonly address: Address;
  readonly #wire: MemoryWire;
  readonly heard: { readonly at: number; readonly message: SipMessage }[] = [];
  onMessage: ((message: SipMessage) => void) | undefined;

  constructor(wire: MemoryWire, timers: Timers, address: Address) {
    this.#wire = wire;
    this.address = address;
    wire.listen(address, (text) => {
      const message = parseMessage(Buffer.from(text));
      if (typeof message === 'string') throw new Error(`a peer was sent no SIP: ${message}`);
      this.heard.push({ at: timers.now(), message });
      this.onMessage?.(message);
    });
  }

  say(text: string, to: Address): void {
    this.#wire.send(text, this.address, to);
  }

  /** Times at which a kind of message was heard, from the first one. */
  times(what: string): number[] {
    const heard = this.heard.filter(({ message }) => (message.kind === 'request' ? message.method === what : String(message.status) === what));
    return heard.map(({ at }) => at - heard[0]!.at);
  }
}
