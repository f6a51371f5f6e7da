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
  insert(sql: Sql, guest: { readonly deviceId: string; readonly username: string; readonly secret: Buffer; readonly onlyNumber: string; readonly address: string; readonly expiresAt: Instant }): Promise<void>;
  /** Those whose time to call has not run out. The account's other admissions wait until this transaction ends, so that a count holds. */
  countToAdmit(sql: Sql, address: string, now: Instant): Promise<{ readonly all: number; readonly fromAddress: number; readonly nextExpiryFromAddress: Instant | null }>;
}

export interface CallPageDeps {
  readonly read: ReadConfiguration;
  readonly change: ChangeConfiguration;
  readonly callPages: CallPageTable;
  readonly guests: GuestDevices;
  readonly accountKeys: AccountKeys;
  readonly clock: Clock;
  /** Also the window of the limit per address: a credential that still lives is a call of the last minute. */
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

type GuestRefusal = { readonly code: 'rate-limited' | 'overloaded'; readonly retryAfterSeconds: number };

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
  const credential: GuestCallCredential = {
    deviceId: randomId('device'),
    username: `g-${randomBytes(10).toString('hex')}`,
    password: randomBytes(24).toString('base64url'),
    expiresAt: deps.clock.now() + deps.guestCredentialLifetimeMs,
    target: page.number,
  };
  const { deviceId, username, password, expiresAt, target } = credential;
  const secret = seal(derivedKey(await deps.accountKeys.keyOf(account), 'secrets'), password, deviceId);
  const refused = await deps.change<GuestRefusal | undefined>({ account, actor: 'call-page', requestId: from.requestId }, async (sql) => {
    const refusal = await overLimits(deps, sql, account, page, from.address);
    if (refusal) return ok({ value: refusal, audit: [], floor: [] });
    await deps.guests.insert(sql, { deviceId, username, secret, onlyNumber: target, address: from.address, expiresAt });
    return ok({ value: undefined, audit: [{ action: 'guest-call-admitted', entity: 'device', entityId: deviceId }], floor: [] });
  });
  if (!refused.ok) return refuse({ code: 'not-found' });
  if (refused.value) return refuse(refused.value);
  const provisioned = await deps.provisionDevice(account, { deviceId, kind: 'guest', username, password, expiresAt, onlyNumber: target });
  return provisioned.accepted ? ok(credential) : refuse({ code: 'switch-away' });
}

/** The credentials themselves are what is counted, so a restart forgets no call, and a crowd at once is counted as one after another. */
async function overLimits(deps: CallPageDeps, sql: Sql, account: AccountId, page: CallPage, address: string): Promise<GuestRefusal | undefined> {
  const now = deps.clock.now();
  const { all, fromAddress, nextExpiryFromAddress } = await deps.guests.countToAdmit(sql, address, now);
  if (fromAddress >= page.callsPerAddressPerMinute) return { code: 'rate-limited', retryAfterSeconds: Math.ceil(((nextExpiryFromAddress ?? now) - now) / 1_000) };
  if (Math.max(all, deps.guestsInCall(account)) >= page.callsAtOnce) return { code: 'overloaded', retryAfterSeconds: 30 };
  return undefined;
}
