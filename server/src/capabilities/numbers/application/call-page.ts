import { randomBytes } from 'node:crypto';
import type { AccountId, Clock, Instant, Language, NumberId, Result } from '@centralita/kernel';
import { ok, randomId, refuse } from '@centralita/kernel';
import type { DeviceCredential } from '../../../telephony/port/index.ts';
import type { AccountKeys, ChangeConfiguration, ReadConfiguration, Sql } from '../../accounts/index.ts';
import { derivedKey, seal } from './ports.ts';

export interface CallPage {
  readonly slug: string;
  readonly accountName: string;
  readonly open: boolean;
  readonly recordingNotice: boolean;
  readonly language: Language;
  readonly numberId: NumberId;
  readonly number: string;
  readonly callsPerAddressPerMinute: number;
  readonly callsAtOnce: number;
}
export interface CallPageTable {
  /** The account behind a slug, before there is one. */
  accountOf(slug: string): Promise<AccountId | undefined>;
  find(sql: Sql, slug: string): Promise<CallPage | undefined>;
}
/** One-call credentials among the devices. */
export interface GuestDevices {
  insert(sql: Sql, guest: { readonly deviceId: string; readonly username: string; readonly secret: Buffer; readonly onlyNumber: string; readonly expiresAt: Instant }): Promise<void>;
  /** Those whose time to call has not run out, or who were made in the last minute. */
  liveGuests(sql: Sql, now: Instant): Promise<number>;
}

export interface CallPageDeps {
  readonly read: ReadConfiguration;
  readonly change: ChangeConfiguration;
  readonly callPages: CallPageTable;
  readonly guests: GuestDevices;
  readonly accountKeys: AccountKeys;
  readonly clock: Clock;
  readonly guestLimits: GuestLimits;
  readonly guestCredentialLifetimeMs: number;
  readonly provisionDevice: (account: AccountId, device: DeviceCredential) => Promise<{ readonly accepted: boolean }>;
  /** Callers from the page who are in a call or about to be, as the floor sees them. */
  readonly guestsInCall: (account: AccountId) => number;
}

export async function showCallPage(deps: Pick<CallPageDeps, 'read' | 'callPages'>, slug: string): Promise<{ readonly account: AccountId; readonly page: CallPage } | undefined> {
  const account = await deps.callPages.accountOf(slug);
  const page = account && (await deps.read(account, (sql) => deps.callPages.find(sql, slug)));
  return account && page && { account, page };
}

export interface GuestCallCredential {
  readonly deviceId: string;
  readonly username: string;
  readonly password: string;
  readonly expiresAt: Instant;
  readonly target: string;
}

/** Lets somebody without an account call this center's number, once, within a minute, and nothing else. */
export async function admitGuestCall(
  deps: CallPageDeps,
  slug: string,
  from: { readonly address: string; readonly requestId: string },
): Promise<Result<GuestCallCredential, { readonly code: 'not-found' | 'call-page-closed' | 'rate-limited' | 'overloaded' | 'switch-away'; readonly retryAfterSeconds?: number }>> {
  const shown = await showCallPage(deps, slug);
  if (!shown) return refuse({ code: 'not-found' });
  const { account, page } = shown;
  if (!page.open) return refuse({ code: 'call-page-closed' });
  const waitMs = deps.guestLimits.attempt(`${account} ${from.address}`, page.callsPerAddressPerMinute);
  if (waitMs > 0) return refuse({ code: 'rate-limited', retryAfterSeconds: Math.ceil(waitMs / 1_000) });
  const waiting = await deps.read(account, (sql) => deps.guests.liveGuests(sql, deps.clock.now()));
  if (Math.max(waiting, deps.guestsInCall(account)) >= page.callsAtOnce) return refuse({ code: 'overloaded', retryAfterSeconds: 30 });
  const credential: GuestCallCredential = {
    deviceId: randomId('device'),
    username: `g-${randomBytes(10).toString('hex')}`,
    password: randomBytes(24).toString('base64url'),
    expiresAt: deps.clock.now() + deps.guestCredentialLifetimeMs,
    target: page.number,
  };
  const { deviceId, username, password, expiresAt, target } = credential;
  const secret = seal(derivedKey(await deps.accountKeys.keyOf(account), 'secrets'), password, deviceId);
  await deps.change({ account, actor: 'call-page', requestId: from.requestId }, async (sql) => {
    await deps.guests.insert(sql, { deviceId, username, secret, onlyNumber: target, expiresAt });
    return ok({ value: undefined, audit: [{ action: 'guest-call-admitted', entity: 'device', entityId: deviceId }], floor: [] });
  });
  const provisioned = await deps.provisionDevice(account, { deviceId, kind: 'guest', username, password, expiresAt, onlyNumber: target });
  return provisioned.accepted ? ok(credential) : refuse({ code: 'switch-away' });
}

const WINDOW_MS = 60_000;
const ADDRESSES_LIMIT = 20_000;

/** Calls per address within a moving minute, in memory. */
export class GuestLimits {
  readonly #clock: Clock;
  readonly #calls = new Map<string, Instant[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns ms until this address may call again; 0: it counts as calling now */
  attempt(key: string, limit: number): number {
    const now = this.#clock.now();
    const recent = (this.#calls.get(key) ?? []).filter((at) => now - at < WINDOW_MS);
    if (recent.length >= limit) return WINDOW_MS - (now - recent[0]!);
    this.#calls.delete(key);
    // The oldest address goes: with this many at once the account's own limit holds.
    if (this.#calls.size >= ADDRESSES_LIMIT) this.#calls.delete(this.#calls.keys().next().value!);
    this.#calls.set(key, [...recent, now]);
    return 0;
  }
}
