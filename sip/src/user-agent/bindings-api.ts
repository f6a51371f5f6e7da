import type { Flow } from '../transport/flow.ts';
import type { IncomingRequest } from './api.ts';

/** Where a registered device is reached (RFC 3261 10). `flow` is the connection or UDP pair that the REGISTER came on. */
export interface Binding {
  /** The registrar's key: a device's user name. */
  readonly aor: string;
  readonly contact: string;
  readonly flow: Flow;
  readonly expiresAt: number;
  /** `+sip.instance` (RFC 5626), which lets a device that came back on another connection replace its old binding. */
  readonly instance?: string;
  readonly userAgent?: string;
}

export interface BindingsOptions {
  readonly minSeconds?: number;
  readonly maxSeconds?: number;
  readonly defaultSeconds?: number;
  readonly maxPerAor?: number;
  readonly max?: number;
  onChange?(change: BindingChange): void;
}

export interface BindingChange {
  readonly kind: 'added' | 'refreshed' | 'removed';
  readonly binding: Binding;
  /** Of a removal. `replaced`: the same device came on another flow. */
  readonly why?: 'unregistered' | 'expired' | 'connection-lost' | 'replaced' | 'revoked';
  /** Bindings that the address of record still has. */
  readonly left: number;
}

export interface Bindings {
  /** Does what an authenticated REGISTER asks for and answers it (200 with the bindings, 400, 423, 503). */
  register(aor: string, request: IncomingRequest): void;
  /** Freshest first. */
  find(aor: string): readonly Binding[];
  /** Every binding that came on the flow: whose device is it? */
  onFlow(flow: Flow): readonly Binding[];
  /** To be called from `onFlowClosed`. */
  flowClosed(flow: Flow): void;
  revoke(aor: string): void;
  readonly count: number;
  close(): void;
}
