import type { AccountId, ConversationEnding, ConversationId, Direction, EndedBy, Instant, PartyKind, QueueId, RecordingId, UserId } from '@centralita/kernel';

/** How far a permission reaches for its holder; every read is filtered by it in SQL. */
export type Scope = 'own' | 'group' | 'queue' | 'account';

/** Who looks, and how far their permission for this reaches. */
export interface Viewer {
  readonly account: AccountId;
  readonly userId: UserId;
  readonly scope: Scope;
}

export interface Party {
  readonly kind: PartyKind;
  /** Empty when withheld, erased, or of a visitor of the call page. */
  readonly number: string;
  readonly name: string | null;
  readonly contactId: string | null;
}

export interface HistoryRow {
  readonly conversationId: ConversationId;
  readonly direction: Direction;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly customer: Party;
  readonly queueId: QueueId | null;
  readonly queueName: string | null;
  readonly agentId: UserId | null;
  readonly agentName: string | null;
  readonly waitMs: number | null;
  readonly talkMs: number | null;
  readonly ending: ConversationEnding | null;
  readonly outcome: string | null;
  readonly tags: string[];
  readonly hasRecording: boolean;
}

export interface HistoryFilter {
  readonly limit: number;
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  readonly queueId?: QueueId | undefined;
  readonly agentId?: UserId | undefined;
  readonly ending?: ConversationEnding | undefined;
  readonly direction?: Direction | undefined;
  /** Digits of the customer's number, anywhere in it. */
  readonly number?: string | undefined;
  readonly mine?: boolean | undefined;
}

/** Where a page ends: the next one begins with what is older. */
export interface Mark {
  readonly startedAt: Instant;
  readonly conversationId: ConversationId;
}

export type Fact = string | number | boolean | null;
/** Sentences of the timeline, as the projection and the contract name them. */
export type TimelineKind =
  | 'entered'
  | 'greeting-played'
  | 'menu-digit'
  | 'menu-timed-out'
  | 'queued'
  | 'position-announced'
  | 'relaxed'
  | 'offered'
  | 'offer-declined'
  | 'offer-expired'
  | 'offer-withdrawn'
  | 'answered'
  | 'held'
  | 'resumed'
  | 'agent-lost'
  | 'agent-returned'
  | 'returned-to-queue'
  | 'overflowed'
  | 'recording-started'
  | 'recording-paused'
  | 'recording-resumed'
  | 'dialed'
  | 'ringing'
  | 'ended'
  | 'after-service-started'
  | 'after-service-ended';

export interface Participant {
  readonly role: 'customer' | 'agent';
  readonly userId: UserId | null;
  readonly name: string | null;
  readonly number: string | null;
  readonly from: Instant;
  readonly to: Instant | null;
  readonly mos: number | null;
}

export interface OfferWhy {
  readonly offerId: string;
  readonly at: Instant;
  readonly agentId: UserId;
  readonly agentName: string;
  readonly selection: string;
  readonly rank: { readonly skillLevel: number; readonly idleMs: number; readonly queuePriority: number };
  readonly passedOver: Record<string, number>;
  readonly runnersUp: { readonly agentId: UserId; readonly agentName: string; readonly skillLevel: number; readonly idleMs: number }[];
}

export interface Note {
  readonly noteId: string;
  readonly authorId: UserId;
  readonly authorName: string;
  readonly at: Instant;
  readonly editedAt: Instant | null;
  readonly text: string;
}

export interface RecordingEntry {
  readonly recordingId: RecordingId;
  readonly state: 'running' | 'ready' | 'failed' | 'deleted';
  readonly startedAt: Instant;
  readonly durationMs: number | null;
  readonly failure: string | null;
}

export interface HistoryDetail extends HistoryRow {
  readonly number: string | null;
  readonly endedBy: EndedBy | null;
  readonly menuPath: string[];
  readonly holdMs: number | null;
  readonly afterServiceMs: number | null;
  readonly participants: Participant[];
  readonly timeline: { readonly at: Instant; readonly kind: TimelineKind; readonly facts: Record<string, Fact> }[];
  readonly offers: OfferWhy[];
  readonly notes: Note[];
  readonly recordings: RecordingEntry[];
}

export interface History {
  /** Newest first; one row more than `filter.limit` when there are more. */
  list(viewer: Viewer, filter: HistoryFilter, after: Mark | undefined): Promise<HistoryRow[]>;
  find(viewer: Viewer, conversationId: ConversationId): Promise<HistoryDetail | undefined>;
  /** Whether this conversation is within the viewer's scope. */
  reaches(viewer: Viewer, conversationId: ConversationId): Promise<boolean>;
  /** How many conversations this number has had. */
  countOf(account: AccountId, digits: string): Promise<number>;
}

export interface AfterServiceForm {
  readonly note: string;
  readonly tags: readonly string[];
  readonly outcome: string | null;
}

/** What people write about conversations. Its own tables: a rebuild of the history does not touch them. */
export interface Annotations {
  outcomeExists(account: AccountId, outcome: string): Promise<boolean>;
  /** The form as a whole replaces what it was: one note per author, the conversation's tags, its outcome. */
  saveForm(account: AccountId, author: UserId, conversationId: ConversationId, noteId: string, form: AfterServiceForm): Promise<void>;
  setTags(account: AccountId, author: UserId, conversationId: ConversationId, tags: readonly string[]): Promise<void>;
  setOutcome(account: AccountId, author: UserId, conversationId: ConversationId, outcome: string | null): Promise<void>;
  addNote(account: AccountId, author: UserId, conversationId: ConversationId, noteId: string, text: string): Promise<Note>;
  findNote(account: AccountId, noteId: string): Promise<{ readonly authorId: UserId; readonly conversationId: ConversationId } | undefined>;
  editNote(account: AccountId, noteId: string, text: string): Promise<Note>;
}
