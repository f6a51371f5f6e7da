import type { AccountId, DeviceId, TrunkId } from '@centralita/kernel';
import type { MediaProtection } from '@centralita/media';
import type { DigestServer, Flow, IncomingInvite, SipRequest } from '@centralita/sip';
import { addressRanges, type AddressRanges, LOOPBACK, plainAddress } from '../addresses.ts';
import type { Bans } from '../devices/bans.ts';
import type { Device, Devices } from '../devices/devices.ts';
import type { Registrar } from '../devices/registrar.ts';
import type { Legs } from '../legs/legs.ts';
import type { LegOrigin, Party } from '../../port/index.ts';
import type { Directory } from '../trunks/directory.ts';
import { callerOf, callerOverTrunk, dialledOverTrunk } from '../trunks/identity.ts';
import type { Trunks } from '../trunks/trunks.ts';

/** What becomes of an INVITE. `ignore`: the sender learns nothing, not even that somebody listens. */
export type Verdict =
  | { readonly kind: 'ignore' }
  | { readonly kind: 'challenge'; readonly stale: boolean }
  | { readonly kind: 'refuse'; readonly status: number; readonly reason: string }
  | Admitted;

export interface Admitted {
  readonly kind: 'admit';
  readonly account: AccountId;
  readonly origin: LegOrigin;
  readonly caller: Party;
  readonly dialled: string;
  readonly deviceId?: DeviceId;
  readonly trunkId?: TrunkId;
  /** What the line's profile asks of a plain leg; browsers bring their own. */
  readonly protection: MediaProtection;
  readonly fallbackDeviceIds: readonly DeviceId[];
}

const IGNORE: Verdict = { kind: 'ignore' };
const NOT_FOUND: Verdict = { kind: 'refuse', status: 404, reason: 'Not Found' };
const FORBIDDEN: Verdict = { kind: 'refuse', status: 403, reason: 'Forbidden' };

/** Who may call in: trunks by their address, devices and guests by their secret, and whoever dials an open number on this machine, or from where the operator opened it. */
export class Admission {
  readonly #devices: Devices;
  readonly #registrar: Registrar;
  readonly #trunks: Trunks;
  readonly #directory: Directory;
  readonly #digest: DigestServer;
  readonly #bans: Bans;
  readonly #legs: Legs;
  readonly #open: AddressRanges;
  readonly #guestsUsed = new Set<DeviceId>();

  constructor(of: { devices: Devices; registrar: Registrar; trunks: Trunks; directory: Directory; digest: DigestServer; bans: Bans; legs: Legs; openTo: readonly string[] }) {
    this.#devices = of.devices;
    this.#registrar = of.registrar;
    this.#trunks = of.trunks;
    this.#directory = of.directory;
    this.#digest = of.digest;
    this.#bans = of.bans;
    this.#legs = of.legs;
    this.#open = addressRanges([...LOOPBACK, ...of.openTo]);
    of.devices.onRemoved((device) => this.#guestsUsed.delete(device.deviceId));
  }

  /** Before parsing. A banned address is heard only where a registered device or a trunk shares it. */
  acceptSource(address: string): boolean {
    return !this.#bans.isBanned(plainAddress(address)) || this.#trunks.isTrunkAddress(address) || this.#registrar.hasAddress(address);
  }

  /** Requests outside known dialogs, before anything is spent on them. */
  admit(request: SipRequest, flow: Flow): 'answer' | 'drop' {
    const ours = this.#isOurs(flow);
    if (!ours && this.#bans.isBanned(plainAddress(flow.remote.address))) return 'drop';
    // Of a call that died with an earlier switch: its 481 frees the far end, and says no more than that nothing is there.
    if (request.toTag !== '') return 'answer';
    if (request.method === 'REGISTER' || ours || isWebSocket(flow)) return 'answer';
    if (request.method !== 'INVITE') return 'drop';
    return this.#mayBeDevice(request, flow) || this.#open.includes(flow.remote.address) ? 'answer' : 'drop';
  }

  judge(invite: IncomingInvite): Verdict {
    const { request, flow } = invite;
    if (isWebSocket(flow) || this.#registrar.isRegistered(flow) || request.headers.get('Authorization') !== undefined) {
      const verdict = this.#asDevice(invite);
      if (verdict !== undefined) return verdict;
    }
    const lines = this.#trunks.from(flow.remote.address);
    if (lines.length > 0) return this.#overTrunk(invite);
    if (this.#open.includes(flow.remote.address)) {
      const owner = this.#directory.openToLoopback(invite.requestUser);
      if (owner !== undefined) return { kind: 'admit', ...owner, origin: { kind: 'loopback' }, protection: 'none', caller: callerOf(invite.from), dialled: invite.requestUser };
    }
    return this.#mayBeDevice(request, flow) ? { kind: 'challenge', stale: false } : IGNORE;
  }

  #overTrunk(invite: IncomingInvite): Verdict {
    for (const line of this.#trunks.from(invite.flow.remote.address)) {
      const { trunkId, profile } = line.trunk;
      const dialled = dialledOverTrunk(invite, profile);
      const owner = this.#directory.forTrunk(trunkId, line.account, dialled);
      if (owner === undefined) continue;
      if (this.#legs.onTrunk(trunkId) >= profile.channelLimit) return { kind: 'refuse', status: 503, reason: 'All Lines In Use' };
      return { kind: 'admit', ...owner, origin: { kind: 'trunk', trunkId }, trunkId, protection: profile.srtp ?? 'none', caller: callerOverTrunk(invite, profile), dialled };
    }
    return NOT_FOUND;
  }

  /** @returns undefined where nothing says that this is a device: another rule may know the sender */
  #asDevice(invite: IncomingInvite): Verdict | undefined {
    const { request, flow } = invite;
    const verdict = this.#digest.verify(request, (username) => this.#devices.byUsername(username)?.password);
    if (verdict.outcome === 'accepted') {
      const device = this.#devices.byUsername(verdict.username);
      if (device === undefined) return { kind: 'challenge', stale: false };
      this.#bans.succeeded(plainAddress(flow.remote.address));
      return device.kind === 'guest' ? this.#asGuest(invite, device) : this.#fromDevice(invite, device);
    }
    if (verdict.outcome === 'wrong' && verdict.nonceEchoed) this.#registrar.wrongPassword(flow);
    const known = isWebSocket(flow) || this.#registrar.isRegistered(flow) || verdict.nonceEchoed;
    return known ? { kind: 'challenge', stale: verdict.outcome === 'stale' } : undefined;
  }

  #fromDevice(invite: IncomingInvite, device: Device): Verdict {
    return {
      kind: 'admit',
      account: device.account,
      origin: { kind: 'device', deviceId: device.deviceId },
      deviceId: device.deviceId,
      protection: 'none',
      caller: { number: device.username },
      dialled: invite.requestUser,
      fallbackDeviceIds: [],
    };
  }

  /** One call to one number, once. The second attempt is refused even while the first still rings. */
  #asGuest(invite: IncomingInvite, device: Device): Verdict {
    if (device.onlyNumber === undefined || invite.requestUser.replace(/^\+/, '') !== device.onlyNumber.replace(/^\+/, '')) return FORBIDDEN;
    if (this.#guestsUsed.has(device.deviceId) || invite.replaces !== undefined) return FORBIDDEN;
    const owner = this.#directory.ofAccount(device.account, device.onlyNumber);
    if (owner === undefined) return NOT_FOUND;
    this.#guestsUsed.add(device.deviceId);
    return { kind: 'admit', ...owner, origin: { kind: 'guest', deviceId: device.deviceId }, deviceId: device.deviceId, protection: 'none', caller: { number: '' }, dialled: device.onlyNumber };
  }

  #isOurs(flow: Flow): boolean {
    return this.#registrar.isRegistered(flow) || this.#registrar.wasAt(flow) || this.#trunks.isTrunkAddress(flow.remote.address);
  }

  /** A phone that does not register, one that registered with the switch before this one, or one that shows a nonce of ours. */
  #mayBeDevice(request: SipRequest, flow: Flow): boolean {
    return this.#devices.isContactHost(flow.remote.address) || this.#registrar.wasAt(flow) || request.headers.get('Authorization') !== undefined;
  }
}

export const isWebSocket = (flow: Flow): boolean => flow.protocol === 'ws' || flow.protocol === 'wss';
