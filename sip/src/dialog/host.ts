import type { Timers } from '../timers.ts';
import type { LiveFlow } from '../transport/door.ts';
import type { Flow } from '../transport/flow.ts';
import type { RequestSender } from '../transaction/request-sender.ts';
import type { TimerValues } from '../transaction/timer-values.ts';

/** What dialogs need from the user agent that they live in. */
export interface DialogHost {
  readonly timers: Timers;
  readonly values: TimerValues;
  readonly sender: RequestSender;
  readonly product: string | undefined;
  readonly sessionTimer: { readonly expiresSeconds: number; readonly minSeconds: number } | undefined;
  newToken(): string;
  /** Our Contact towards the peer of a flow: `<sip:user@host:port;transport=tcp>`. */
  contact(flow: Flow, user: string | undefined): string;
  fault(where: string, error: unknown): void;
}

export type { LiveFlow };

export const ALLOW = 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, INFO, REFER, NOTIFY, MESSAGE';
/** Option tags that we understand in Require (RFC 3261 8.2.2.3). */
export const SUPPORTED_TAGS: readonly string[] = ['100rel', 'timer', 'replaces', 'norefersub'];
export const SUPPORTED = '100rel, timer, replaces';
