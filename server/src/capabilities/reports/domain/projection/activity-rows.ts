import type { Activity, Instant } from '@centralita/kernel';
import type { ReportedEvent, ReportedEventOf } from '../floor-events.ts';
import { intervalKey, type Draft } from './draft.ts';
import type { Place } from './conversation-rows.ts';
import type { IntervalRecord } from './rows.ts';

/** Writes what the event changes in the agents' time. An agent who is signed in has exactly one open interval. */
export function projectActivity(draft: Draft, event: ReportedEvent, place: Place): void {
  switch (event.type) {
    case 'agent-signed-in':
      begin(draft, { agentId: event.agentId, activity: 'idle', statusId: event.statusId, queueId: null, conversationId: null }, event.at, place);
      break;
    case 'agent-signed-out':
      end(draft, event.agentId, event.at);
      break;
    case 'status-chosen': {
      const open = draft.openInterval(event.agentId);
      if (open !== undefined) begin(draft, { ...open, statusId: event.statusId }, event.at, place);
      break;
    }
    case 'activity-changed':
      changeActivity(draft, event, place);
      break;
    default:
  }
}

function changeActivity(draft: Draft, event: ReportedEventOf<'activity-changed'>, place: Place): void {
  const { agentId, activity, at, contact, pause } = event;
  const open = draft.openInterval(agentId);
  if (activity === 'offline') end(draft, agentId, at);
  if (activity === 'offline' || open === undefined) return;
  const busyWith = contact.kind !== 'free' ? contact : pause.kind !== 'none' ? pause : undefined;
  const queueId = busyWith === undefined ? null : busyWith.kind === 'offered' ? (busyWith.by.kind === 'queue' ? busyWith.by.queueId : null) : 'queueId' in busyWith ? busyWith.queueId : null;
  const conversationId = busyWith?.conversationId ?? null;
  if (open.activity === activity && open.queueId === queueId && open.conversationId === conversationId) return;
  begin(draft, { agentId, activity, statusId: open.statusId, queueId, conversationId }, at, place);
}

type Stretch = Pick<IntervalRecord, 'agentId' | 'statusId' | 'queueId' | 'conversationId'> & { readonly activity: Activity };

function begin(draft: Draft, { agentId, activity, statusId, queueId, conversationId }: Stretch, at: Instant, { seq }: Place): void {
  const open = draft.openInterval(agentId);
  const rule = draft.rules.get(`status ${statusId}`)?.value;
  const takesQueueWork = rule !== undefined && 'takesQueueWork' in rule && rule.takesQueueWork;
  const stretch = { agentId, activity, statusId, takesQueueWork, queueId, conversationId, fromAt: at, toAt: null };
  // Two changes in one instant are one: no interval is empty.
  if (open !== undefined && open.fromAt === at) {
    draft.intervals.put(intervalKey(open), { ...open, ...stretch });
    return;
  }
  end(draft, agentId, at);
  draft.intervals.put(intervalKey(stretch), { ...stretch, firstSeq: seq });
  draft.openIntervals.set(agentId, intervalKey(stretch));
}

function end(draft: Draft, agentId: string, at: Instant): void {
  const open = draft.openInterval(agentId);
  if (open === undefined) return;
  // The switch's instants of two legs may cross by some ms: an interval never ends before it began.
  draft.intervals.put(intervalKey(open), { ...open, toAt: Math.max(open.fromAt, at) });
  draft.openIntervals.delete(agentId);
}
