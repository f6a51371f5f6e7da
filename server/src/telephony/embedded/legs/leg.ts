import type { AccountId, BridgeId, DeviceId, Instant, LegCause, LegId, TrunkId } from '@centralita/kernel';
import type { MediaProtection } from '@centralita/media';
import type { Dialog } from '@centralita/sip';
import type { LegOrigin, Party } from '../../port/index.ts';
import type { LegState } from './leg-state.ts';

/** What is known of a leg for as long as it lives. Its bridge, plays, holds and recordings refer to it by id. */
export interface Leg {
  readonly id: LegId;
  readonly account: AccountId;
  readonly direction: 'incoming' | 'outgoing';
  readonly origin?: LegOrigin;
  readonly deviceId?: DeviceId;
  /** Of an outgoing leg to a number: the trunk of the attempt under way. */
  trunkId?: TrunkId;
  readonly caller: Party;
  readonly dialled: string;
  readonly media: 'plain' | 'browser';
  /** Of a plain leg: what its line asks. Of an outgoing one: the line of the attempt under way. */
  protection: MediaProtection;
  /** The leg whose media worker this one shares; legs of one bridge must share one. */
  readonly workerOf: LegId;
  state: LegState;
  since: Instant;
  call: LegCall;
}

/** The SIP side of a leg. Late calls do nothing: they crossed the end. */
export interface LegCall {
  /** 180 to a caller. */
  ring(): void;
  /** 183 with our SDP. @returns false when the caller sent no offer, so that it can hear nothing before the answer */
  earlyMedia(): boolean;
  /** 200 to a caller. @returns false when it is too late */
  answer(): boolean;
  /** Rejects, cancels or hangs up, whichever fits. */
  end(cause: LegCause): void;
  /** Of an established call, or an incoming one being set up. */
  readonly dialog: Dialog | undefined;
  /** 302 to a caller not answered yet, REFER to an answered peer. @returns the SIP status of the attempt */
  redirect(targetUri: string): Promise<number>;
}

export interface LegPlacement {
  readonly legId: LegId;
  readonly bridgeId: BridgeId;
}
