import type { Timers } from '../timers.ts';
import type { LiveFlow } from '../transport/door.ts';
import type { TimerValues } from './timer-values.ts';

/** What every transaction needs from the layer. */
export interface TransactionContext {
  readonly timers: Timers;
  readonly values: TimerValues;
  /** Sends text that was written once, so that a repeat costs no serialising. */
  sendText(text: string, callId: string, flow: LiveFlow): void;
  repeated(): void;
}
