import type { AccountId, DeviceId, Instant, Language, Role, StatusId, UserId } from '@centralita/kernel';
import type { FloorAgent, Reach, ReadConfiguration, Sql } from '../../accounts/index.ts';

export type { ChangeConfiguration, Editor, FloorChange, ReadConfiguration, Sql } from '../../accounts/index.ts';

export interface SignInCandidate {
  readonly userId: UserId;
  readonly account: AccountId;
  readonly passwordHash: string;
}

export interface SessionHolder {
  readonly sessionId: string;
  readonly account: AccountId;
  readonly userId: UserId;
  readonly role: Role;
  readonly language: Language;
}

/** Sessions are looked up before there is an account; everything else about people is inside one. */
export interface SessionTable {
  candidate(email: string): Promise<SignInCandidate | undefined>;
  holder(tokenHash: Buffer): Promise<SessionHolder | undefined>;
  start(account: AccountId, session: { readonly sessionId: string; readonly userId: UserId; readonly tokenHash: Buffer; readonly expiresAt: Instant }, address: string): Promise<void>;
  /** Ends it and gives back the devices that lived with it. */
  end(account: AccountId, sessionId: string, actor: string): Promise<readonly DeviceId[]>;
  /** Other sessions of this person that go on. */
  othersOf(account: AccountId, userId: UserId, except: string): Promise<number>;
}

export interface Person {
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly language: Language;
  readonly timeZone: string;
  readonly extension: string | null;
}
export interface Status {
  readonly statusId: StatusId;
  readonly names: Readonly<Record<Language, string>>;
  readonly icon: string;
  readonly takesQueueWork: boolean;
}
export interface AccountCard {
  readonly accountId: AccountId;
  readonly slug: string;
  readonly name: string;
  readonly timeZone: string;
  readonly language: Language;
  readonly simulated: boolean;
}

/** Words a person chooses from. */
export interface WordLists {
  readonly statuses: readonly Status[];
  readonly outcomes: readonly string[];
  readonly tags: readonly string[];
}

export interface PeopleTable {
  person(sql: Sql, userId: UserId): Promise<Person | undefined>;
  account(sql: Sql): Promise<AccountCard | undefined>;
  words(sql: Sql): Promise<WordLists>;
  names(sql: Sql): Promise<ReadonlyMap<UserId, { readonly name: string; readonly extension: string | null }>>;
  reachableUsers(sql: Sql, reach: Reach): Promise<readonly UserId[]>;
  reachableQueues(sql: Sql, reach: Reach): Promise<readonly string[]>;
  floorAgent(sql: Sql, userId: UserId): Promise<FloorAgent | null>;
}

export interface DeviceRow {
  readonly deviceId: DeviceId;
  readonly userId: UserId | null;
  readonly sessionId: string | null;
  readonly kind: 'browser' | 'phone' | 'guest';
  readonly username: string;
  /** Sealed with the account's key. */
  readonly secret: Buffer;
  readonly onlyNumber: string | null;
  readonly contact: string | null;
  readonly expiresAt: Instant | null;
}
export interface DeviceTable {
  insert(sql: Sql, device: DeviceRow): Promise<void>;
  remove(sql: Sql, deviceIds: readonly DeviceId[]): Promise<void>;
  /** Of this session, oldest first. */
  ofSession(sql: Sql, sessionId: string): Promise<readonly DeviceId[]>;
  expired(sql: Sql, now: Instant): Promise<readonly DeviceId[]>;
  all(sql: Sql): Promise<readonly DeviceRow[]>;
}

export interface Passwords {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
}

export type Read = ReadConfiguration;
