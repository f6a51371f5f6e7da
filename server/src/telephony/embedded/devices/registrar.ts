import type { AccountId, Clock, DeviceId } from '@centralita/kernel';
import { createBindings, type Binding, type BindingChange, type Bindings, type DigestServer, type Flow, type IncomingRequest, type Timers } from '@centralita/sip';
import { plainAddress } from '../addresses.ts';
import type { Emit } from '../legs/legs.ts';
import type { Logger } from '../logger.ts';
import type { Bans } from './bans.ts';
import type { Device, Devices } from './devices.ts';
import { RegistrationFile, type KeptRegistration } from './registration-file.ts';

/** Where a call to a device goes. */
export interface DeviceRoute {
  readonly uri: string;
  readonly flow?: Flow;
  readonly nextHop?: string;
  readonly webSocket: boolean;
  /** The peer's address, where it is known before the call. */
  readonly address?: string;
}

const REASONS = { unregistered: 'unregistered', revoked: 'unregistered', expired: 'expired', 'connection-lost': 'connection-lost', replaced: 'connection-lost' } as const;

/** Who of the provisioned devices is where. Bindings outlive control; those of UDP and TCP phones outlive the switch too. */
export class Registrar {
  readonly #bindings: Bindings;
  readonly #devices: Devices;
  readonly #digest: DigestServer;
  readonly #bans: Bans;
  readonly #file: RegistrationFile;
  readonly #emit: Emit;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Registered devices by id; their account stays known even while control has not provisioned them again. */
  readonly #online = new Map<DeviceId, AccountId>();
  readonly #addresses = new Map<string, number>();

  constructor(of: { devices: Devices; digest: DigestServer; bans: Bans; timers: Timers; clock: Clock; emit: Emit; dataDir: string; logger: Logger }) {
    this.#devices = of.devices;
    this.#digest = of.digest;
    this.#bans = of.bans;
    this.#emit = of.emit;
    this.#clock = of.clock;
    this.#logger = of.logger;
    this.#file = new RegistrationFile(of.dataDir, of.clock, of.logger);
    for (const kept of this.#file.all()) this.#online.set(kept.deviceId, kept.account);
    this.#bindings = createBindings(of.timers, { maxPerAor: 5, max: 50_000, onChange: (change) => this.#changed(change) });
    of.devices.onRemoved((device) => this.#revoke(device));
    of.devices.onProvisioned((device) => this.#provisioned(device));
  }

  /** A REGISTER from anybody: unknown users and wrong passwords get the same challenge. */
  register(incoming: IncomingRequest): void {
    const { request, flow } = incoming;
    const verdict = this.#digest.verify(request, (username) => this.#devices.byUsername(username)?.password);
    if (verdict.outcome === 'accepted') {
      const device = this.#devices.byUsername(verdict.username);
      // The address of record must be the one whose password was shown (RFC 3261 10.3 step 4), and guests only call.
      if (device !== undefined && device.kind !== 'guest' && request.to?.sip?.user === device.username) {
        this.#bans.succeeded(plainAddress(flow.remote.address));
        return this.#bindings.register(device.username, incoming);
      }
      return incoming.respond(403);
    }
    if (verdict.outcome === 'wrong' && verdict.nonceEchoed) this.wrongPassword(flow);
    incoming.respond(401, { headers: { 'WWW-Authenticate': this.#digest.challenge(verdict.outcome === 'stale') } });
  }

  /** Counts towards a ban, unless the flow belongs to somebody who is registered. */
  wrongPassword(flow: Flow): void {
    if (this.isRegistered(flow)) return;
    if (this.#bans.failed(plainAddress(flow.remote.address))) this.#logger.warn({ protocol: flow.protocol }, 'source banned after too many wrong passwords');
  }

  isRegistered(flow: Flow): boolean {
    return this.#bindings.onFlow(flow).length > 0;
  }

  /** Somebody is registered from this address; its messages cannot be dropped before they are told apart by their flow. */
  hasAddress(address: string): boolean {
    return this.#addresses.has(plainAddress(address));
  }

  /** A phone registered before this switch started, calling from where it was. */
  wasAt(flow: Flow): boolean {
    return this.#file.isAt(plainAddress(flow.remote.address), flow.remote.port);
  }

  deviceOn(flow: Flow): Device | undefined {
    const [binding] = this.#bindings.onFlow(flow);
    return binding && this.#devices.byUsername(binding.aor);
  }

  route(device: Device): DeviceRoute | undefined {
    const bound = this.#bindings.find(device.username).find((binding) => binding.flow.open);
    if (bound !== undefined) {
      const webSocket = bound.flow.protocol === 'ws' || bound.flow.protocol === 'wss';
      return { uri: bound.contact, flow: bound.flow, webSocket, address: bound.flow.remote.address };
    }
    if (device.contact !== undefined) return { uri: device.contact, webSocket: false };
    const kept = this.#file.find(device.username);
    return kept && { uri: kept.contact, nextHop: `sip:${bracketed(kept.address)}:${kept.port};transport=${kept.protocol}`, webSocket: false, address: kept.address };
  }

  online(): readonly { readonly deviceId: DeviceId; readonly account: AccountId }[] {
    return [...this.#online].map(([deviceId, account]) => ({ deviceId, account }));
  }

  flowClosed(flow: Flow): void {
    this.#bindings.flowClosed(flow);
  }

  /** Kept registrations that ran out while nobody refreshed them. */
  sweep(): void {
    for (const kept of this.#file.takeExpired()) {
      if (this.#bindings.find(kept.username).length === 0 && !this.#isAlwaysThere(kept.username)) this.#goOffline(kept, 'expired');
    }
  }

  close(): void {
    this.#file.close();
    this.#bindings.close();
  }

  #changed(change: BindingChange): void {
    const { binding, kind } = change;
    const device = this.#devices.byUsername(binding.aor);
    this.#countAddress(binding, kind);
    if (device === undefined && kind !== 'removed') return;
    if (kind === 'removed') {
      if (change.left > 0 || change.why === 'replaced') return;
      const known = device ?? this.#file.find(binding.aor);
      this.#file.forget(binding.aor);
      if (known !== undefined && device?.contact === undefined) this.#goOffline(known, REASONS[change.why ?? 'unregistered']);
      return;
    }
    if (device === undefined) return;
    this.#file.keep({ deviceId: device.deviceId, account: device.account, username: device.username }, binding);
    this.#goOnline(device);
  }

  /** A phone that does not register counts as reachable where it was said to be; the floor distrusts it when a call to it fails. */
  #provisioned(device: Device): void {
    if (device.contact !== undefined) this.#goOnline(device);
    else if (this.route(device) === undefined) this.#goOffline(device, 'unregistered');
  }

  #isAlwaysThere(username: string): boolean {
    return this.#devices.byUsername(username)?.contact !== undefined;
  }

  #goOnline(device: Device): void {
    if (this.#online.has(device.deviceId)) return;
    this.#online.set(device.deviceId, device.account);
    this.#emit(device.account, { type: 'device-online', deviceId: device.deviceId });
  }

  #goOffline(of: Pick<KeptRegistration, 'deviceId' | 'account'>, reason: 'unregistered' | 'expired' | 'connection-lost'): void {
    if (!this.#online.delete(of.deviceId)) return;
    this.#emit(of.account, { type: 'device-offline', deviceId: of.deviceId, reason });
  }

  #revoke(device: Device): void {
    this.#file.forget(device.username);
    this.#bindings.revoke(device.username);
    this.#goOffline(device, device.expiresAt !== undefined && device.expiresAt <= this.#clock.now() ? 'expired' : 'unregistered');
  }

  #countAddress(binding: Binding, kind: BindingChange['kind']): void {
    if (kind === 'refreshed') return;
    const address = plainAddress(binding.flow.remote.address);
    const count = (this.#addresses.get(address) ?? 0) + (kind === 'added' ? 1 : -1);
    if (count > 0) this.#addresses.set(address, count);
    else this.#addresses.delete(address);
  }
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);
