import type { AfterServiceId, CallId, DeviceId, FlowRunId, Instant, OfferId, WaitingId } from '@centralita/kernel';
import type { ConfigurationChange } from '../../capabilities/accounts/index.ts';
import type { Effect } from '../../floor/program.ts';
import type { PersonCommand } from '../../http/floor-port.ts';
import type { SwitchSnapshot, TelephonyEvent, TelephonyFact } from '../../telephony/port/index.ts';

/**
 * What an account's floor may be told. Numbers, names and digits within are references (`per_…`) whose values the floor has
 * put into `world.personal`; an empty number is withheld and stays empty.
 */
export type Input = TelephonyInput | SnapshotInput | ConfigurationInput | TimerInput | EffectRefusedInput | PersonInput;

/** A fact of the switch. `seq` and `at` are the switch's own. */
export interface TelephonyInput {
  readonly type: 'telephony';
  readonly seq: number;
  readonly at: Instant;
  readonly fact: TelephonyFact;
}
export const telephonyInput = (event: TelephonyEvent): TelephonyInput => ({ type: 'telephony', seq: event.seq, at: event.at, fact: event.fact });

/** What the switch holds of this account, when the buffer of events did not reach back. Rows of other accounts are left out. */
export interface SnapshotInput {
  readonly type: 'switch-snapshot';
  readonly snapshot: SwitchSnapshot;
}

export interface ConfigurationInput {
  readonly type: 'configuration';
  readonly change: ConfigurationChange;
}

/** The engine refused an effect for good: whoever waits for it must hear of it. */
export interface EffectRefusedInput {
  readonly type: 'effect-refused';
  readonly effect: Effect;
  readonly reason: string;
}

/** Firings of timers. Each names what it was set for, so that a late or repeated one finds nothing and is refused. */
export type TimerInput =
  /** `until` left out: the offer's own end (rows of version 3). */
  | { readonly type: 'ring-time-over'; readonly offerId: OfferId; readonly until?: Instant }
  | { readonly type: 'maximum-wait-over'; readonly waitingId: WaitingId }
  | { readonly type: 'relaxing-due'; readonly waitingId: WaitingId; readonly step: number }
  | { readonly type: 'announcement-due'; readonly waitingId: WaitingId }
  | { readonly type: 'menu-time-over'; readonly flowRunId: FlowRunId; readonly stepId: string; readonly attempt: number }
  | { readonly type: 'closing-time-over'; readonly flowRunId: FlowRunId }
  | { readonly type: 'return-time-over'; readonly callId: CallId; readonly until: Instant }
  | { readonly type: 'after-service-limit-over'; readonly afterServiceId: AfterServiceId }
  | { readonly type: 'device-trusted-again'; readonly deviceId: DeviceId };

/** What people ask for: the same words as at the edge, where the application has checked who may. */
export type PersonInput = PersonCommand;
