import type { AfterServiceId, CallId, DeviceId, FlowRunId, Instant, OfferId, PersonalRef, StatusId, UserId, WaitingId } from '@centralita/kernel';
import type { ConfigurationChange } from '../../capabilities/accounts/index.ts';
import type { Effect } from '../../floor/program.ts';
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
  | { readonly type: 'ring-time-over'; readonly offerId: OfferId }
  | { readonly type: 'maximum-wait-over'; readonly waitingId: WaitingId }
  | { readonly type: 'relaxing-due'; readonly waitingId: WaitingId; readonly step: number }
  | { readonly type: 'announcement-due'; readonly waitingId: WaitingId }
  | { readonly type: 'menu-time-over'; readonly flowRunId: FlowRunId; readonly stepId: string; readonly attempt: number }
  | { readonly type: 'closing-time-over'; readonly flowRunId: FlowRunId }
  | { readonly type: 'return-time-over'; readonly callId: CallId; readonly until: Instant }
  | { readonly type: 'after-service-limit-over'; readonly afterServiceId: AfterServiceId }
  | { readonly type: 'device-trusted-again'; readonly deviceId: DeviceId };

/** What people ask for. `agentId` is the person who acts; the application has checked who may. */
export type PersonInput =
  /** The application has provisioned `deviceId` (its secret never passes here). Repeated for each tab. */
  | { readonly type: 'sign-in'; readonly agentId: UserId; readonly deviceId: DeviceId | null }
  /** `asked` is refused during a call; `session-ended` and `removed` are not. */
  | { readonly type: 'sign-out'; readonly agentId: UserId; readonly reason: 'asked' | 'session-ended' | 'removed' }
  /** One of several tabs or panels has gone for good: its device is removed, the person stays. */
  | { readonly type: 'remove-device'; readonly agentId: UserId; readonly deviceId: DeviceId }
  | { readonly type: 'choose-status'; readonly agentId: UserId; readonly statusId: StatusId }
  | { readonly type: 'return-from-not-answering'; readonly agentId: UserId }
  | { readonly type: 'decline-offer'; readonly agentId: UserId; readonly offerId: OfferId }
  | { readonly type: 'hold-call'; readonly agentId: UserId; readonly callId: CallId }
  | { readonly type: 'resume-call'; readonly agentId: UserId; readonly callId: CallId }
  | { readonly type: 'send-digits'; readonly agentId: UserId; readonly callId: CallId; readonly digits: PersonalRef }
  | { readonly type: 'hang-up'; readonly agentId: UserId; readonly callId: CallId }
  | { readonly type: 'pause-recording'; readonly agentId: UserId; readonly callId: CallId }
  | { readonly type: 'resume-recording'; readonly agentId: UserId; readonly callId: CallId }
  | { readonly type: 'finish-after-service'; readonly agentId: UserId; readonly afterServiceId: AfterServiceId };
