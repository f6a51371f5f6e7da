import type { AccountId, Clock, DeviceId } from '@centralita/kernel';
import { parseUri } from '@centralita/sip';
import { plainAddress } from '../addresses.ts';
import type { DeviceCredential } from '../../port/index.ts';

export interface Device extends DeviceCredential {
  readonly account: AccountId;
}

/** The devices that control has provisioned: who may register, under which name, with which secret. */
export class Devices {
  readonly #byId = new Map<DeviceId, Device>();
  readonly #byUsername = new Map<string, Device>();
  /** Hosts of phones that do not register: their calls are challenged, not dropped. */
  readonly #contactHosts = new Map<string, number>();
  readonly #clock: Clock;
  readonly #removed: ((device: Device) => void)[] = [];
  readonly #provisioned: ((device: Device) => void)[] = [];
  #sweepAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Called when a device is gone: removed, expired, or provisioned anew under another name. */
  onRemoved(listener: (device: Device) => void): void {
    this.#removed.push(listener);
  }

  onProvisioned(listener: (device: Device) => void): void {
    this.#provisioned.push(listener);
  }

  /** Adds and updates; what is not named stays. */
  provision(account: AccountId, credentials: readonly DeviceCredential[]): readonly Device[] {
    return credentials.map((credential) => {
      const before = this.#byId.get(credential.deviceId);
      if (before !== undefined) this.#drop(before, before.username !== credential.username);
      const device: Device = { ...credential, account };
      const clash = this.#byUsername.get(device.username);
      if (clash !== undefined) this.#drop(clash, true);
      this.#byId.set(device.deviceId, device);
      this.#byUsername.set(device.username, device);
      this.#countHost(device, 1);
      this.#sweepAt = Math.min(this.#sweepAt, device.expiresAt ?? Number.POSITIVE_INFINITY);
      for (const listener of this.#provisioned) listener(device);
      return device;
    });
  }

  remove(deviceId: DeviceId): boolean {
    const device = this.#byId.get(deviceId);
    if (device !== undefined) this.#drop(device, true);
    return device !== undefined;
  }

  get(deviceId: DeviceId): Device | undefined {
    this.sweep();
    return this.#byId.get(deviceId);
  }

  byUsername(username: string): Device | undefined {
    this.sweep();
    return this.#byUsername.get(username);
  }

  isContactHost(address: string): boolean {
    return this.#contactHosts.has(plainAddress(address));
  }

  /** Takes expired secrets out. Looks at the devices only when the earliest of them is due. */
  sweep(): void {
    const now = this.#clock.now();
    if (now < this.#sweepAt) return;
    this.#sweepAt = Number.POSITIVE_INFINITY;
    for (const device of [...this.#byId.values()]) {
      if (device.expiresAt === undefined) continue;
      if (device.expiresAt <= now) this.#drop(device, true);
      else this.#sweepAt = Math.min(this.#sweepAt, device.expiresAt);
    }
  }

  #drop(device: Device, gone: boolean): void {
    this.#byId.delete(device.deviceId);
    this.#byUsername.delete(device.username);
    this.#countHost(device, -1);
    if (gone) for (const listener of this.#removed) listener(device);
  }

  #countHost(device: Device, by: 1 | -1): void {
    const host = device.contact === undefined ? undefined : parseUri(device.contact)?.host;
    if (host === undefined) return;
    const count = (this.#contactHosts.get(host) ?? 0) + by;
    if (count > 0) this.#contactHosts.set(host, count);
    else this.#contactHosts.delete(host);
  }
}
