import type { ReportedEvent, ReportedEventOf, ReportedTurn } from '../floor-events.ts';
import { projectActivity } from './activity-rows.ts';
import { projectConversation, type Place } from './conversation-rows.ts';
import type { Draft } from './draft.ts';
import { sentenceOf } from './timeline.ts';

/** Conversations and agents whose rows must be in hand before these turns are projected; those that begin in them need none. */
export interface Needs {
  readonly conversations: Set<string>;
  readonly agents: Set<string>;
  readonly begun: Set<string>;
}

export function needsOf(turns: readonly ReportedTurn[], draft: Draft): Needs {
  const needs: Needs = { conversations: new Set(), agents: new Set(), begun: new Set() };
  for (const turn of turns) addNeeds(needs, turn, draft);
  return needs;
}

function addNeeds(needs: Needs, turn: ReportedTurn, draft: Draft): void {
  for (const event of turn.events as readonly ReportedEvent[]) {
    if (event.type === 'conversation-started') {
      needs.begun.add(event.conversationId);
      // Its legs and its call came first, in the same turn; the tables know nothing of it yet.
      needs.conversations.delete(event.conversationId);
    } else if ('conversationId' in event && !needs.begun.has(event.conversationId) && draft.conversations.get(event.conversationId) === undefined) needs.conversations.add(event.conversationId);
    if (isAboutAgent(event) && !draft.openIntervals.has(event.agentId)) needs.agents.add(event.agentId);
  }
}

const isAboutAgent = (event: ReportedEvent): event is ReportedEventOf<'agent-signed-in' | 'agent-signed-out' | 'status-chosen' | 'activity-changed'> =>
  event.type === 'agent-signed-in' || event.type === 'agent-signed-out' || event.type === 'status-chosen' || event.type === 'activity-changed';

/**
 * One committed turn into rows. Everything that history shows follows from the journal by this function alone, in order, so
 * that a rebuild gives the same rows.
 */
export function projectTurn(draft: Draft, turn: ReportedTurn): void {
  turn.events.forEach((known, index) => {
    // Types that are not among the reported ones fall through every switch below.
    const event = known as ReportedEvent;
    const place: Place = { seq: turn.seq, index };
    if (event.type === 'configuration-taken') {
      takeRule(draft, event, place);
      return;
    }
    projectActivity(draft, event, place);
    projectConversation(draft, event, place);
    const sentence = sentenceOf(event);
    if (sentence === undefined || !('conversationId' in event) || draft.conversations.get(event.conversationId) === undefined) return;
    draft.timeline.add({ conversationId: event.conversationId, place: index, at: event.at, ...sentence, firstSeq: turn.seq });
  });
}

function takeRule(draft: Draft, { change }: ReportedEventOf<'configuration-taken'>, { seq }: Place): void {
  if (change.value === null) return;
  const ruleId = `${change.entity} ${change.id}`;
  if (change.entity === 'queue') draft.rules.put(ruleId, { ruleId, entity: 'queue', value: { thresholdMs: change.value.serviceLevelThresholdMs }, firstSeq: seq });
  else if (change.entity === 'status') draft.rules.put(ruleId, { ruleId, entity: 'status', value: { takesQueueWork: change.value.takesQueueWork }, firstSeq: seq });
}
