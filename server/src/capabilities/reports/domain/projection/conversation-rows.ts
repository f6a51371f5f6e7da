import type { ReportedEvent, ReportedEventOf } from '../floor-events.ts';
import { beginSegment, evolveSegment, segmentOf } from '../segment.ts';
import type { Draft } from './draft.ts';
import type { ConversationRecord, SegmentRecord } from './rows.ts';

/** Where in the journal an event stands; ids of rows that the floor has no id for are made of it, so a rebuild makes them anew. */
export interface Place {
  readonly seq: number;
  readonly index: number;
}

/** Writes what the event changes in the rows of its conversation. Events of a conversation that is not in hand are passed over. */
export function projectConversation(draft: Draft, event: ReportedEvent, place: Place): void {
  if (event.type === 'conversation-started') {
    startConversation(draft, event, place);
    return;
  }
  if (!('conversationId' in event)) return;
  const conversation = draft.conversations.get(event.conversationId);
  if (conversation === undefined) return;
  switch (event.type) {
    case 'queued':
      enterQueue(draft, conversation, event, place);
      break;
    case 'overflowed':
      overflow(draft, event);
      break;
    case 'conversation-answered':
    case 'call-connected':
      joinAgents(draft, conversation, event, place);
      break;
    case 'offer-made':
      makeOffer(draft, event, place);
      break;
    case 'offer-accepted':
    case 'offer-declined':
    case 'offer-expired':
    case 'offer-withdrawn':
      endOffer(draft, event);
      break;
    case 'leg-quality-measured':
      measureQuality(draft, conversation, event);
      break;
    default:
      projectRecording(draft, event, place);
  }
  changeSegment(draft, event);
  const changed = evolveConversation(draft.conversations.get(event.conversationId)!, event);
  if (changed !== draft.conversations.get(event.conversationId)) draft.conversations.put(event.conversationId, changed);
  if (event.type === 'conversation-agent-left') leave(draft, event.conversationId, event.agentId, event.at);
  if (event.type === 'conversation-ended') for (const { agentId } of draft.openParticipations(event.conversationId)) leave(draft, event.conversationId, agentId, event.at);
}

function startConversation(draft: Draft, event: ReportedEventOf<'conversation-started'>, { seq, index }: Place): void {
  const { conversationId, callId, direction, at, customer, dialled, numberId, owner } = event;
  const agentId = owner.kind === 'agent' ? owner.agentId : null;
  draft.conversations.put(conversationId, {
    conversationId,
    callId,
    direction,
    startedAt: at,
    endedAt: null,
    customerKind: customer.kind ?? 'phone',
    customerNumberRef: customer.number,
    customerNameRef: customer.name,
    dialledRef: dialled,
    numberId,
    queueId: null,
    segmentId: null,
    agentId,
    colleagueId: event.colleagueId,
    answeredAt: null,
    waitMs: null,
    connectedMs: null,
    holdMs: 0,
    afterServiceMs: null,
    customerMos: null,
    menuPath: [],
    ending: null,
    endedBy: null,
    firstSeq: seq,
  });
  // Whoever dials takes part from the first ring on: unanswered calls are in their history too (S2.46).
  if (agentId !== null) join(draft, draft.conversations.get(conversationId)!, agentId, at, { seq, index });
}

/** Sums that follow from the event alone; what segments contribute is added in `changeSegment`. */
function evolveConversation(conversation: ConversationRecord, event: ReportedEvent): ConversationRecord {
  switch (event.type) {
    case 'conversation-menu-chosen':
      return { ...conversation, menuPath: [...conversation.menuPath, event.label] };
    case 'conversation-answered':
      // In a call between colleagues the one who dialled stays its agent.
      return { ...conversation, agentId: conversation.direction === 'internal' ? conversation.agentId : event.agentId, answeredAt: conversation.answeredAt ?? event.at };
    case 'waiting-ended':
      return { ...conversation, waitMs: (conversation.waitMs ?? 0) + event.waitMs };
    case 'conversation-agent-left':
      return { ...conversation, connectedMs: (conversation.connectedMs ?? 0) + event.talkMs };
    case 'call-resumed':
    case 'call-agent-lost':
      return { ...conversation, holdMs: conversation.holdMs + event.heldMs };
    case 'after-service-ended':
      return { ...conversation, afterServiceMs: (conversation.afterServiceMs ?? 0) + event.durationMs };
    case 'conversation-ended':
      return { ...conversation, endedAt: event.at, ending: event.ending, endedBy: event.by, queueId: event.queueId ?? conversation.queueId };
    default:
      return conversation;
  }
}

function enterQueue(draft: Draft, conversation: ConversationRecord, event: ReportedEventOf<'queued'>, { seq }: Place): void {
  const { segmentId, queueId, conversationId, reason, priority } = event;
  const nothingYet = { offerId: null, overflowReason: null, overflowQueueId: null, afterServiceId: null, afterServiceReason: null };
  draft.putIn('segments', segmentId, { ...beginSegment(event, thresholdOf(draft, queueId)), segmentId, conversationId, reason, priority, ...nothingYet, firstSeq: seq });
  draft.conversations.put(conversationId, { ...conversation, queueId, segmentId });
}

function overflow(draft: Draft, { segmentId, reason, to }: ReportedEventOf<'overflowed'>): void {
  const segment = draft.segments.get(segmentId);
  if (segment !== undefined) draft.putIn('segments', segmentId, { ...segment, overflowReason: reason, overflowQueueId: to.kind === 'queue' ? to.queueId : null });
}

function thresholdOf(draft: Draft, queueId: string): number | null {
  const rule = draft.rules.get(`queue ${queueId}`)?.value;
  return rule !== undefined && 'thresholdMs' in rule ? rule.thresholdMs : null;
}

function changeSegment(draft: Draft, event: ReportedEvent): void {
  const which = segmentOf(event);
  if (which === undefined) return;
  const segmentId = 'segmentId' in which ? which.segmentId : draft.conversations.get(which.latestOf)?.segmentId;
  const before = segmentId ? draft.segments.get(segmentId) : undefined;
  if (event.type === 'call-ended') sumHolds(draft, event, before);
  if (before === undefined) return;
  let after = evolveSegment(before, event);
  if (event.type === 'conversation-answered') after = { ...after, offerId: event.offerId };
  if (event.type === 'after-service-ended') after = { ...after, afterServiceId: event.afterServiceId, afterServiceReason: event.reason };
  if (after !== before) draft.putIn('segments', after.segmentId, after);
}

/** A hold that the call's end cut short was not resumed: it shows in the sum of the last answer only. */
function sumHolds(draft: Draft, event: ReportedEventOf<'call-ended'>, segment: SegmentRecord | undefined): void {
  const conversation = draft.conversations.get(event.conversationId);
  if (conversation === undefined || event.endedIn !== 'holding') return;
  const before = segment?.holdMs ?? conversation.holdMs;
  draft.conversations.put(event.conversationId, { ...conversation, holdMs: conversation.holdMs + event.heldMs - before });
}

function joinAgents(draft: Draft, conversation: ConversationRecord, event: ReportedEventOf<'conversation-answered' | 'call-connected'>, place: Place): void {
  join(draft, conversation, event.agentId, event.at, place);
  if (event.type === 'call-connected' && event.other.kind === 'agent') join(draft, conversation, event.other.agentId, event.at, place);
}

function join(draft: Draft, { conversationId, startedAt }: ConversationRecord, agentId: string, at: number, { seq, index }: Place): void {
  if (draft.openParticipation(conversationId, agentId) !== undefined) return;
  const participationId = `${conversationId}:${agentId}:${seq}:${index}`;
  draft.putIn('participations', participationId, { participationId, conversationId, agentId, startedAt, fromAt: at, toAt: null, mos: null, firstSeq: seq });
}

function leave(draft: Draft, conversationId: string, agentId: string, at: number): void {
  const part = draft.openParticipation(conversationId, agentId);
  if (part !== undefined) draft.putIn('participations', part.participationId, { ...part, toAt: at });
}

function measureQuality(draft: Draft, conversation: ConversationRecord, { agentId, quality }: ReportedEventOf<'leg-quality-measured'>): void {
  const mos = Math.round(quality.mos * 100) / 100;
  if (agentId === null) {
    draft.conversations.put(conversation.conversationId, { ...conversation, customerMos: mos });
    return;
  }
  const part = draft.lastParticipation(conversation.conversationId, agentId);
  if (part !== undefined) draft.putIn('participations', part.participationId, { ...part, mos });
}

function makeOffer(draft: Draft, event: ReportedEventOf<'offer-made'>, { seq }: Place): void {
  const { offerId, conversationId, segmentId, queueId, agentId, at, waitedMs, selection, rank, passedOver, runnersUp } = event;
  draft.putIn('offers', offerId, {
    offerId,
    conversationId,
    segmentId,
    queueId,
    agentId,
    offeredAt: at,
    waitedMs,
    selection,
    ...rank,
    passedOver,
    runnersUp,
    endedAt: null,
    ending: null,
    endedBy: null,
    ringMs: null,
    withdrawal: null,
    firstSeq: seq,
  });
}

function endOffer(draft: Draft, event: ReportedEventOf<'offer-accepted' | 'offer-declined' | 'offer-expired' | 'offer-withdrawn'>): void {
  const offer = draft.offers.get(event.offerId);
  if (offer === undefined) return;
  const endings = { 'offer-accepted': 'accepted', 'offer-declined': 'declined', 'offer-expired': 'expired', 'offer-withdrawn': 'withdrawn' } as const;
  draft.putIn('offers', event.offerId, {
    ...offer,
    endedAt: event.at,
    ending: endings[event.type],
    endedBy: event.type === 'offer-accepted' ? 'agent' : event.by,
    ringMs: event.ringMs,
    withdrawal: event.type === 'offer-withdrawn' ? event.reason : null,
  });
}

function projectRecording(draft: Draft, event: ReportedEvent, { seq }: Place): void {
  if (event.type === 'recording-begun') {
    const { recordingId, conversationId, callId, agentId, queueId, at } = event;
    const nothingYet = { stoppedAt: null, durationMs: null, bytes: null, file: null, failure: null };
    draft.putIn('recordings', recordingId, { recordingId, conversationId, callId, agentId, queueId, state: 'running', startedAt: at, ...nothingYet, firstSeq: seq });
    return;
  }
  if (!('recordingId' in event) || event.recordingId === null) return;
  const row = draft.recordings.get(event.recordingId);
  if (row === undefined) return;
  const put = (change: Partial<typeof row>): void => draft.putIn('recordings', row.recordingId, { ...row, ...change });
  switch (event.type) {
    case 'recording-paused':
      return put({ state: 'paused' });
    case 'recording-continued':
      return put({ state: 'running' });
    case 'recording-stopped':
      return put({ state: 'stopping', stoppedAt: event.at });
    case 'recording-completed':
      return put({ state: 'completed', stoppedAt: row.stoppedAt ?? event.at, durationMs: event.durationMs, bytes: event.bytes, file: event.file });
    case 'recording-lost':
      return put({ state: 'lost', stoppedAt: row.stoppedAt ?? event.at, failure: event.reason, file: event.file });
    default:
      // Calls name their recording too; they do not change it.
  }
}
