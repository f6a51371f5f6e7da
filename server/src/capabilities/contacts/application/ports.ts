import type { AccountId, ContactId, ContactSourceId, Instant } from '@centralita/kernel';
import type { Sql } from '../../accounts/index.ts';

export type { AccountKeys, ChangeConfiguration, ConfigurationRefusal, Editor, ReadConfiguration, Sql } from '../../accounts/index.ts';
export { drawSigningSecret, openSigningKey } from '../../accounts/index.ts';

export interface ContactSource {
  readonly sourceId: ContactSourceId;
  readonly name: string;
  /** The key of its signatures, sealed. */
  readonly secret: Buffer;
  readonly createdAt: Instant;
  readonly version: number;
}
export interface ContactSourceTable {
  /** The account behind a source, before there is one. */
  accountOf(sourceId: string): Promise<AccountId | undefined>;
  list(sql: Sql): Promise<ContactSource[]>;
  find(sql: Sql, sourceId: ContactSourceId): Promise<ContactSource | undefined>;
  findToChange(sql: Sql, sourceId: ContactSourceId): Promise<ContactSource | undefined>;
  nameTaken(sql: Sql, name: string, except: ContactSourceId): Promise<boolean>;
  write(sql: Sql, source: ContactSource): Promise<void>;
  /** With the contacts that it made. @returns how many those were */
  remove(sql: Sql, sourceId: ContactSourceId): Promise<number>;
}

/** A message about one contact, as its source sent it. */
export interface SourceMessage {
  readonly sourceId: ContactSourceId;
  readonly messageId: string;
  readonly externalId: string;
  /** When it happened at the source: ISO 8601 in UTC with microseconds. */
  readonly changedAt: string;
}
export interface SourceContactTable {
  /** The source is not removed until this transaction ends. @returns false: it is gone already */
  hold(sql: Sql, sourceId: ContactSourceId): Promise<boolean>;
  /** @returns false: the message was taken before, or another transaction takes it just now and was waited for */
  noteMessage(sql: Sql, message: SourceMessage, takenAt: Instant): Promise<boolean>;
  /** Notes the change if nothing later is known of the contact. @returns the contact it is about, null: there is none (yet, or any more); undefined: something later is known */
  noteChange(sql: Sql, message: SourceMessage, takenAt: Instant): Promise<{ readonly contactId: ContactId | null } | undefined>;
  numbersOf(sql: Sql, contactId: ContactId): Promise<readonly string[]>;
  write(sql: Sql, message: SourceMessage, contact: { readonly contactId: ContactId; readonly name: string; readonly numbers: readonly string[] }): Promise<void>;
  remove(sql: Sql, contactId: ContactId): Promise<void>;
}
