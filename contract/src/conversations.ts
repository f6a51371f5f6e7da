import { CONVERSATION_ENDINGS, DIRECTIONS, ENDED_BY } from '@centralita/kernel';
import { z } from 'zod';
import { partyView } from './live.ts';

const instant = z.number().int();

export const conversationRow = z.object({
  conversationId: z.string(),
  direction: z.enum(DIRECTIONS),
  startedAt: instant,
  endedAt: instant.nullable(),
  customer: partyView,
  queueId: z.string().nullable(),
  queueName: z.string().nullable(),
  agentId: z.string().nullable(),
  agentName: z.string().nullable(),
  waitMs: z.number().int().nullable(),
  talkMs: z.number().int().nullable(),
  ending: z.enum(CONVERSATION_ENDINGS).nullable(),
  outcome: z.string().nullable(),
  tags: z.array(z.string()),
  hasRecording: z.boolean(),
});
export type ConversationRow = z.infer<typeof conversationRow>;

export const conversationFilter = z.object({
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  from: z.coerce.number().int().optional(),
  to: z.coerce.number().int().optional(),
  queueId: z.string().optional(),
  agentId: z.string().optional(),
  ending: z.enum(CONVERSATION_ENDINGS).optional(),
  direction: z.enum(DIRECTIONS).optional(),
  /** Digits of the customer's number, anywhere in it. */
  number: z.string().max(32).optional(),
  mine: z.stringbool().optional(),
});
export type ConversationFilter = z.infer<typeof conversationFilter>;

/** One moment of a conversation, oldest first. `kind` selects the sentence; `facts` fill it. */
export const timelineEntry = z.object({
  at: instant,
  kind: z.enum([
    'entered',
    'greeting-played',
    'menu-digit',
    'menu-timed-out',
    'queued',
    'position-announced',
    'relaxed',
    'offered',
    'offer-declined',
    'offer-expired',
    'offer-withdrawn',
    'answered',
    'held',
    'resumed',
    'agent-lost',
    'agent-returned',
    'returned-to-queue',
    'overflowed',
    'recording-started',
    'recording-paused',
    'recording-resumed',
    'dialed',
    'ringing',
    'ended',
    'after-service-started',
    'after-service-ended',
  ]),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type TimelineEntry = z.infer<typeof timelineEntry>;

/** Why this agent: the rank key of the chosen one, how many were passed over for each reason, and up to ten runners-up. */
export const offerExplanation = z.object({
  offerId: z.string(),
  at: instant,
  agentId: z.string(),
  agentName: z.string(),
  selection: z.string(),
  rank: z.object({ skillLevel: z.number(), idleMs: z.number(), queuePriority: z.number() }),
  passedOver: z.record(z.string(), z.number().int()),
  runnersUp: z.array(z.object({ agentId: z.string(), agentName: z.string(), skillLevel: z.number(), idleMs: z.number() })),
});
export type OfferExplanation = z.infer<typeof offerExplanation>;

export const noteView = z.object({ noteId: z.string(), authorId: z.string(), authorName: z.string(), at: instant, editedAt: instant.nullable(), text: z.string() });
export type NoteView = z.infer<typeof noteView>;

export const recordingView = z.object({
  recordingId: z.string(),
  state: z.enum(['running', 'ready', 'failed', 'deleted']),
  startedAt: instant,
  durationMs: z.number().int().nullable(),
  failure: z.string().nullable(),
});
export type RecordingView = z.infer<typeof recordingView>;

export const conversationView = conversationRow.extend({
  number: z.string().nullable(),
  endedBy: z.enum(ENDED_BY).nullable(),
  menuPath: z.array(z.string()),
  holdMs: z.number().int().nullable(),
  afterServiceMs: z.number().int().nullable(),
  participants: z.array(z.object({ role: z.enum(['customer', 'agent']), userId: z.string().nullable(), name: z.string().nullable(), number: z.string().nullable(), from: instant, to: instant.nullable(), mos: z.number().nullable() })),
  timeline: z.array(timelineEntry),
  offers: z.array(offerExplanation),
  notes: z.array(noteView),
  recordings: z.array(recordingView),
  allowedActions: z.array(z.enum(['write-note', 'set-tags', 'set-outcome', 'play-recording', 'download-trace'])),
});
export type ConversationView = z.infer<typeof conversationView>;

export const conversationPage = z.object({ items: z.array(conversationRow), nextCursor: z.string().nullable() });
export type ConversationPage = z.infer<typeof conversationPage>;

/** PUT /api/conversations/:id/after-service — everything the form holds; saved as it is typed. */
export const afterServiceForm = z.object({
  note: z.string().max(10_000),
  tags: z.array(z.string().min(1).max(40)).max(20),
  outcome: z.string().max(40).nullable(),
});
export type AfterServiceForm = z.infer<typeof afterServiceForm>;

export const recordingLink = z.object({ url: z.string(), expiresAt: instant });
