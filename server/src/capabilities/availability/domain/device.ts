import type { DeviceId, Instant, UserId } from '@centralita/kernel';

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
  | (DeviceEventFacts & { readonly type: 'device-failed'; readonly until: Instant });
