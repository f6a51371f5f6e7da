import { assertNever, decided, type Decider, refused } from '@centralita/kernel';
import type { DeviceId, Instant, UserId } from '@centralita/kernel';

/*
 *   device-came-online ──► online ── device-failed ──► failing ── device-came-online ──► online …
 *   every state ── device-went-offline ──► (gone)
 */

/** A device the switch can reach. `failing`: placing a leg to it just failed, so it is left alone until `until`. */
export type Device =
  | { readonly state: 'online'; readonly deviceId: DeviceId; readonly userId: UserId | null; readonly since: Instant }
  | { readonly state: 'failing'; readonly deviceId: DeviceId; readonly userId: UserId | null; readonly since: Instant; readonly until: Instant };

interface DeviceEventFacts {
  readonly deviceId: DeviceId;
  readonly userId: UserId | null;
  readonly at: Instant;
}
export type DeviceEvent =
  | (DeviceEventFacts & { readonly type: 'device-came-online' })
  | (DeviceEventFacts & { readonly type: 'device-went-offline'; readonly reason: 'unregistered' | 'expired' | 'connection-lost' | 'removed' })
  | (DeviceEventFacts & { readonly type: 'device-failed'; readonly until: Instant })
  /** A browser got its credential for one sign-in, or lost it. */
  | (DeviceEventFacts & { readonly type: 'device-assigned'; readonly userId: UserId })
  | (DeviceEventFacts & { readonly type: 'device-removed' });

/** A device to which a leg could not be placed gets no queue work for this long, unless it registers anew before. */
export const DISTRUST_MS = 10_000;

export type DeviceCommand =
  | { readonly type: 'come-online'; readonly deviceId: DeviceId; readonly userId: UserId | null }
  | { readonly type: 'go-offline'; readonly reason: 'unregistered' | 'expired' | 'connection-lost' | 'removed' }
  | { readonly type: 'fail' }
  | { readonly type: 'trust' };

export type DeviceRefusal = 'already-so';

export const device: Decider<Device, DeviceCommand, Exclude<DeviceEvent, { type: 'device-assigned' | 'device-removed' }>, DeviceRefusal> = {
  decide(state, command, { now: at }) {
    if (command.type === 'come-online') {
      return state?.state === 'online' && state.userId === command.userId ? refused('already-so') : decided({ type: 'device-came-online', deviceId: command.deviceId, userId: command.userId, at });
    }
    if (!state) return refused('already-so');
    const seen = { deviceId: state.deviceId, userId: state.userId, at };
    switch (command.type) {
      case 'go-offline':
        return decided({ ...seen, type: 'device-went-offline', reason: command.reason });
      case 'fail':
        return state.state === 'online' ? decided({ ...seen, type: 'device-failed', until: at + DISTRUST_MS }) : refused('already-so');
      case 'trust':
        return state.state === 'failing' && at >= state.until ? decided({ ...seen, type: 'device-came-online' }) : refused('already-so');
      default:
        return assertNever(command);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'device-came-online':
        return { state: 'online', deviceId: event.deviceId, userId: event.userId, since: event.at };
      case 'device-failed':
        return state && { state: 'failing', deviceId: state.deviceId, userId: state.userId, since: event.at, until: event.until };
      case 'device-went-offline':
        return undefined;
      default:
        return assertNever(event);
    }
  },
};
