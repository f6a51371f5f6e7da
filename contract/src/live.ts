import { ACTIVITIES, DIRECTIONS, LANGUAGES, PARTY_KINDS } from '@centralita/kernel';
import { z } from 'zod';

const instant = z.number().int().describe('ms since 1970-01-01T00:00:00Z');

/** Who calls, as known to us. `number` is empty when withheld, and for a visitor of the public call page (`web`), who has none. */
export const partyView = z.object({ kind: z.enum(PARTY_KINDS), number: z.string(), name: z.string().nullable(), contactId: z.string().nullable() });
export type PartyView = z.infer<typeof partyView>;

/** Topic `me`, key `agent`: the two facts of D6 about the reader. */
export const meAgent = z.object({
  userId: z.string(),
  statusId: z.string(),
  statusSince: instant,
  activity: z.enum(ACTIVITIES),
  activitySince: instant,
  /** Devices of this person that are reachable now. */
  devicesOnline: z.number().int(),
  outgoingCalls: z.boolean(),
});
export type MeAgent = z.infer<typeof meAgent>;

/** Topic `me`, key `offer`: the queue call that rings now. The SIP INVITE carries the same id in `X-Centralita-Offer`. */
export const meOffer = z.object({
  offerId: z.string(),
  conversationId: z.string(),
  caller: partyView,
  queueId: z.string(),
  queueName: z.string(),
  waitedMs: z.number().int(),
  offeredAt: instant,
  expiresAt: instant,
  /** What the menu learnt: `Menú: 1, Ventas`. */
  menuPath: z.array(z.string()),
  earlierCalls: z.number().int(),
});
export type MeOffer = z.infer<typeof meOffer>;

/** Topic `me`, key `call:<callId>`: a live call of the reader. */
export const meCall = z.object({
  callId: z.string(),
  conversationId: z.string(),
  direction: z.enum(DIRECTIONS),
  state: z.enum(['dialing', 'ringing', 'talking', 'holding', 'reconnecting']),
  since: instant,
  answeredAt: instant.nullable(),
  other: partyView,
  queueId: z.string().nullable(),
  queueName: z.string().nullable(),
  recording: z.enum(['off', 'on', 'paused']),
  quality: z.object({ mos: z.number(), lossRatio: z.number(), jitterMs: z.number() }).nullable(),
  allowedActions: z.array(z.enum(['hold', 'resume', 'send-digits', 'hang-up', 'pause-recording', 'resume-recording'])),
});
export type MeCall = z.infer<typeof meCall>;

/** Topic `me`, key `after-service`: the form to fill in, and its clock. */
export const meAfterService = z.object({
  afterServiceId: z.string(),
  conversationId: z.string(),
  queueName: z.string(),
  caller: partyView,
  startedAt: instant,
  /** Null: this queue sets no limit (S2.28). */
  endsAt: instant.nullable(),
});
export type MeAfterService = z.infer<typeof meAfterService>;

/** Topic `board`, key `totals` (S4.12 to S4.14). Ratios are null while nothing was offered. */
export const boardTotals = z.object({
  waiting: z.number().int(),
  longestWaitSince: instant.nullable(),
  offeredToday: z.number().int(),
  answeredToday: z.number().int(),
  abandonedToday: z.number().int(),
  serviceLevel: z.number().nullable(),
  serviceLevelThresholdMs: z.number().int().nullable(),
  averageHandleMs: z.number().nullable(),
  occupancy: z.number().nullable(),
  linesInUse: z.number().int(),
  linesInbound: z.number().int(),
  linesOutbound: z.number().int(),
  lineLimit: z.number().int().nullable(),
  agentsByActivity: z.record(z.enum(ACTIVITIES), z.number().int()),
  simulated: z.boolean(),
});
export type BoardTotals = z.infer<typeof boardTotals>;

/** Topic `board`, key `queue:<id>`. */
export const boardQueue = z.object({
  queueId: z.string(),
  name: z.string(),
  waiting: z.number().int(),
  longestWaitSince: instant.nullable(),
  agentsFree: z.number().int(),
  agentsSignedIn: z.number().int(),
  serviceLevel: z.number().nullable(),
  serviceLevelTarget: z.number(),
  serviceLevelThresholdMs: z.number().int(),
  offeredToday: z.number().int(),
  answeredToday: z.number().int(),
  abandonedToday: z.number().int(),
});
export type BoardQueue = z.infer<typeof boardQueue>;

/** Topic `board`, key `agent:<userId>`. */
export const boardAgent = z.object({
  userId: z.string(),
  name: z.string(),
  extension: z.string().nullable(),
  statusId: z.string(),
  statusName: z.string(),
  statusTakesWork: z.boolean(),
  activity: z.enum(ACTIVITIES),
  since: instant,
  /** A limit in ms for this activity, shown and warned past (talking 8 min, after-service its queue's limit); null: none. */
  limitMs: z.number().int().nullable(),
  with: partyView.nullable(),
  queueName: z.string().nullable(),
  answeredToday: z.number().int(),
  averageHandleMs: z.number().nullable(),
});
export type BoardAgent = z.infer<typeof boardAgent>;

/** Which board of the past, and of when. */
export const pastBoardQuery = z.object({ at: z.coerce.number().int().min(0).describe('ms since 1970-01-01T00:00:00Z'), topic: z.enum(['board', 'demo-board']).default('board') });
export type PastBoardQuery = z.infer<typeof pastBoardQuery>;

/** Topic `board`, key `status:<statusId>`: what the account calls it in each language, once for all of its agents. */
export const boardStatus = z.object({ statusId: z.string(), names: z.record(z.enum(LANGUAGES), z.string()), icon: z.string() });
export type BoardStatus = z.infer<typeof boardStatus>;

/** Somebody who waited at an instant of the past. */
export const pastWaiting = z.object({ waitingId: z.string(), conversationId: z.string(), queueId: z.string(), queueName: z.string(), customer: partyView, queuedAt: instant });
export type PastWaiting = z.infer<typeof pastWaiting>;

/** The board as it was at an instant: the same entities as the live one, and what of them leads to a conversation. */
export const pastBoard = z.object({
  at: instant,
  /** The first instant that can be asked for. */
  firstAt: instant,
  totals: boardTotals,
  queues: z.array(boardQueue),
  agents: z.array(boardAgent.extend({ conversationId: z.string().nullable() })),
  statuses: z.array(boardStatus),
  /** Longest wait first. */
  waiting: z.array(pastWaiting),
});
export type PastBoard = z.infer<typeof pastBoard>;
