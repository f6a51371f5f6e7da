import type { SipMessage } from '../message/sip-message.ts';
import type { Timers } from '../timers.ts';
import type { Flow, Protocol, TransportLimits } from './flow.ts';

/** A flow as the layers of this library see it. */
export interface LiveFlow extends Flow {
  send(text: string): void;
  /** UDP: the same peer at another port, for a Via without `rport`. */
  towardsPort?(port: number): LiveFlow;
}

/** What sockets tell the transport layer. Everything that comes in passes here, so it is counted and contained in one place. */
export interface Door {
  readonly limits: TransportLimits;
  readonly timers: Timers;
  now(): number;
  /** False when the source is refused or over its rate; counted. */
  mayReceive(address: string, protocol: Protocol): boolean;
  /** @param bytes the message as it came, for the trace. */
  receive(message: SipMessage, bytes: Uint8Array | undefined, flow: LiveFlow): void;
  opened(flow: LiveFlow): boolean;
  closed(flow: LiveFlow, reason: string): void;
  sendFailed(flow: Flow, error: Error): void;
  drop(why: string): void;
  fault(where: string, error: unknown): void;
}
