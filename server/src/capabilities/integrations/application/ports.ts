import type { AccountId, ConversationEnding, ConversationId, Direction, EndedBy, Instant, NumberId, QueueId, UserId, WebhookDeliveryId, WebhookDeliveryState, WebhookEvent, WebhookFailure, WebhookId, WebhookStop } from '@centralita/kernel';
import type { AccountKeys, ChangeConfiguration, ConfigurationRefusal, ReadConfiguration, Sql } from '../../accounts/index.ts';
import type { Line, Next, Reply } from '../domain/attempts.ts';
import type { Happened } from '../domain/webhook-events.ts';

export type { ConfigurationRefusal, Editor, Sql } from '../../accounts/index.ts';

export interface WebhookSettings {
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly active: boolean;
}
export interface Webhook extends WebhookSettings {
  readonly webhookId: WebhookId;
  readonly version: number;
  readonly stopped: WebhookStop | null;
  readonly line: Line;
  /** Sealed with the account's key. */
  readonly secret: Buffer;
  /** The one before, which signs too until `oldSecretUntil`. */
  readonly oldSecret: Buffer | null;
  readonly oldSecretUntil: Instant | null;
}

/** How many messages of a webhook are in each state that waits for something. */
export interface Backlog {
  readonly waiting: number;
  readonly dead: number;
}

export interface WebhookTable {
  list(sql: Sql): Promise<(Webhook & Backlog)[]>;
  findToChange(sql: Sql, webhookId: WebhookId): Promise<Webhook | undefined>;
  /** `fromNow`: what happened before is not told any more. */
  write(sql: Sql, webhook: Webhook, fromNow: boolean): Promise<void>;
  remove(sql: Sql, webhookId: WebhookId): Promise<void>;
  count(sql: Sql): Promise<number>;
  addressTaken(sql: Sql, url: string, except: WebhookId): Promise<boolean>;
  backlog(sql: Sql, webhookId: WebhookId): Promise<Backlog>;
  /** A message about nothing, to see whether it arrives. */
  addTest(sql: Sql, webhookId: WebhookId, deliveryId: WebhookDeliveryId, at: Instant): Promise<void>;
  /** Those that were delivered or given up wait again, as if never tried. @returns how many */
  sendAgain(sql: Sql, webhookId: WebhookId, which: Resend, now: Instant): Promise<number>;
  deliveries(sql: Sql, webhookId: WebhookId, filter: DeliveryFilter): Promise<LoggedDelivery[]>;
}
export type Resend = { readonly which: 'message'; readonly deliveryId: WebhookDeliveryId } | { readonly which: 'dead'; readonly occurredSince: Instant };

export interface DeliveryFilter {
  readonly state: WebhookDeliveryState | undefined;
  /** Messages with a lower revision only. */
  readonly before: number | undefined;
  readonly limit: number;
}
export interface LoggedDelivery {
  readonly deliveryId: WebhookDeliveryId;
  readonly type: WebhookEvent | typeof TEST_EVENT;
  readonly conversationId: ConversationId | null;
  readonly revision: number;
  readonly occurredAt: Instant;
  readonly state: WebhookDeliveryState;
  readonly attempts: number;
  readonly lastAttemptAt: Instant | null;
  readonly lastStatus: number | null;
  readonly lastFailure: WebhookFailure | null;
  readonly dueAt: Instant | null;
}
export const TEST_EVENT = 'webhook.test';

/** What a message says of a conversation: as it is when the message is sent. */
export interface ToldConversation {
  readonly conversationId: ConversationId;
  readonly direction: Direction;
  readonly startedAt: Instant;
  /** Null where there is none, it is hidden, or it has been erased. */
  readonly customer: { readonly number: string | null; readonly name: string | null };
  readonly numberId: NumberId | null;
  readonly menuPath: readonly string[];
  readonly queueId: QueueId | null;
  readonly agentId: UserId | null;
  readonly answeredAt: Instant | null;
  readonly waitMs: number | null;
  readonly endedAt: Instant | null;
  readonly ending: ConversationEnding | null;
  readonly endedBy: EndedBy | null;
}

/** A message to be sent now. */
export interface Delivery {
  readonly deliveryId: WebhookDeliveryId;
  readonly type: LoggedDelivery['type'];
  readonly occurredAt: Instant;
  readonly revision: number;
  readonly attempts: number;
  /** Null for a test. */
  readonly conversation: ToldConversation | null;
}

export interface Attempt {
  readonly deliveryId: WebhookDeliveryId;
  readonly at: Instant;
  readonly reply: Reply;
  readonly next: Next;
}

/** The messages on their way, each webhook a line of its own. */
export interface DeliveryTable {
  /** Active webhooks and the turn up to which each has been told; `full`: too many messages wait already. */
  readers(account: AccountId): Promise<readonly { readonly webhookId: WebhookId; readonly readUpTo: number; readonly full: boolean }[]>;
  /** Adds a message for what the webhook asks for, and that it has been told up to turn `seq`, together. Once, however often it is called. @returns messages added */
  add(account: AccountId, webhookId: WebhookId, happened: readonly Happened[], readUpTo: number, seq: number): Promise<number>;
  /** Undefined: there is no such webhook, or it is not active. */
  line(account: AccountId, webhookId: WebhookId): Promise<Webhook | undefined>;
  /** The earliest that are due, `limit` at most; nobody else takes them before `heldUntil`. */
  take(account: AccountId, webhookId: WebhookId, limit: number, now: Instant, heldUntil: Instant): Promise<Delivery[]>;
  /** What came of the attempts, for the messages and, unless a person has changed the webhook meanwhile, for the line, together. */
  record(account: AccountId, webhook: Pick<Webhook, 'webhookId' | 'version'>, attempts: readonly Attempt[], line: Line, stopped: WebhookStop | null): Promise<void>;
  /** When the next message is due; undefined when none waits. */
  nextDue(account: AccountId, webhookId: WebhookId): Promise<Instant | undefined>;
}

export interface Receiver {
  /** Never throws. @param headers with the signature */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Reply>;
  /** Why nothing can be sent there, as far as the address itself tells. */
  refuses(url: URL): 'private-address' | 'https-required' | 'credentials' | undefined;
}

export interface WebhookDeps {
  readonly change: ChangeConfiguration;
  readonly read: ReadConfiguration;
  readonly webhooks: WebhookTable;
  readonly accountKeys: AccountKeys;
  readonly receiver: Pick<Receiver, 'refuses'>;
  readonly now: () => Instant;
  readonly drawId: (kind: 'webhook' | 'webhookDelivery') => string;
}

export const NOT_FOUND: { readonly ok: false; readonly refusal: ConfigurationRefusal } = { ok: false, refusal: { code: 'not-found' } };
