import type { AccountId, LegCause, TrunkId } from '@centralita/kernel';
import type { MediaProtection } from '@centralita/media';
import { escapeUser, parseUri, type Credentials, type Flow } from '@centralita/sip';
import type { Devices } from '../devices/devices.ts';
import type { Registrar } from '../devices/registrar.ts';
import type { Legs } from '../legs/legs.ts';
import { addressOfUri } from '../nat.ts';
import type { LegTarget, Party } from '../../port/index.ts';
import { identityToDevice, identityToTrunk, type OutgoingIdentity } from '../trunks/identity.ts';
import { toTrunk } from '../trunks/number-format.ts';
import type { Trunks } from '../trunks/trunks.ts';

/** One way to try: where the INVITE goes and as whom. */
export interface Route {
  readonly uri: string;
  readonly flow?: Flow;
  readonly nextHop?: string;
  readonly identity: OutgoingIdentity;
  readonly media: 'plain' | 'browser';
  readonly protection: MediaProtection;
  readonly peerAddress?: string;
  readonly trunkId?: TrunkId;
  readonly credentials?: Credentials;
  readonly contactUser?: string;
  /** Our own devices get the labels; carriers never do. */
  readonly own: boolean;
}

export type Routes = { readonly routes: readonly Route[] } | { readonly routes?: undefined; readonly cause: LegCause; readonly by: 'center' | 'network' };

/** Turns a target into ways to try, best first. Knows what is registered, which trunks are up and how many lines are free. */
export class RouteFinder {
  readonly #devices: Devices;
  readonly #registrar: Registrar;
  readonly #trunks: Trunks;
  readonly #legs: Legs;
  readonly #host: string;

  constructor(of: { devices: Devices; registrar: Registrar; trunks: Trunks; legs: Legs; host: string }) {
    this.#devices = of.devices;
    this.#registrar = of.registrar;
    this.#trunks = of.trunks;
    this.#legs = of.legs;
    this.#host = of.host;
  }

  find(account: AccountId, target: LegTarget, caller: Party): Routes {
    return target.kind === 'device' ? this.#toDevice(account, target.deviceId, caller) : this.#toNumber(account, target, caller);
  }

  /** Where a redirected caller or a referred phone should call. */
  uriOf(account: AccountId, target: LegTarget): string | undefined {
    if (target.kind === 'device') {
      const device = this.#devices.get(target.deviceId);
      return device?.account === account ? `sip:${device.username}@${this.#host}` : undefined;
    }
    const found = this.#toNumber(account, target, { number: '' });
    return found.routes?.[0]?.uri;
  }

  #toDevice(account: AccountId, deviceId: string, caller: Party): Routes {
    const device = this.#devices.get(deviceId);
    if (device === undefined || device.account !== account) return { cause: 'not-found', by: 'center' };
    const route = this.#registrar.route(device);
    if (route === undefined) return { cause: 'unreachable', by: 'network' };
    return {
      routes: [
        {
          uri: route.uri,
          flow: route.flow,
          nextHop: route.nextHop,
          identity: identityToDevice(caller, this.#host),
          media: device.kind === 'phone' && !route.webSocket ? 'plain' : 'browser',
          protection: 'none',
          peerAddress: route.address ?? addressOfUri(route.uri),
          own: true,
        },
      ],
    };
  }

  #toNumber(account: AccountId, target: Extract<LegTarget, { kind: 'number' }>, caller: Party): Routes {
    const routes: Route[] = [];
    let full = false;
    for (const trunkId of target.trunkIds) {
      const line = this.#trunks.get(trunkId);
      if (line === undefined || line.account !== account || !line.trunk.profile.outbound) continue;
      const { profile } = line.trunk;
      if (this.#legs.onTrunk(trunkId) >= profile.channelLimit) {
        full = true;
        continue;
      }
      for (const server of this.#trunks.serversInOrder(line)) {
        const place = parseUri(server);
        if (place === undefined) continue;
        const host = profile.registration === undefined ? `${place.host}${place.port === undefined ? '' : `:${place.port}`}` : (parseUri(profile.registration.registrar)?.host ?? place.host);
        routes.push({
          uri: `sip:${escapeUser(toTrunk(target.number, profile.numberFormat))}@${host}`,
          nextHop: server,
          identity: identityToTrunk(caller, profile, server),
          media: 'plain',
          protection: profile.srtp ?? 'none',
          peerAddress: addressOfUri(server),
          trunkId,
          credentials: profile.registration && { username: profile.registration.username, password: profile.registration.password },
          contactUser: profile.registration?.username,
          own: false,
        });
      }
    }
    if (routes.length > 0) return { routes };
    return full ? { cause: 'congestion', by: 'center' } : { cause: 'unreachable', by: 'center' };
  }
}
