import { activityOf } from '../../capabilities/availability/index.ts';
import type { Conversation } from '../../capabilities/conversations/index.ts';
import { timerId } from './timers.ts';
import type { LiveTables, World } from './world.ts';

export type LiveTableName = keyof LiveTables;
export type LiveRow<Name extends LiveTableName = LiveTableName> = LiveTables[Name] extends { get(key: string): infer Row | undefined } ? Row : never;
/** A row by its table and key. */
export type RowName = readonly [table: LiveTableName, key: string];

/** What must hold for one row of one table, between any two turns (design 3), as sentences about what is broken. */
export interface Rule<Name extends LiveTableName = LiveTableName> {
  readonly name: string;
  readonly table: Name;
  broken(world: World, row: LiveRow<Name>): readonly string[];
}

/** Whether the floor has something planned under this name. */
export type HasTimer = (id: string) => boolean;

/**
 * Everything that must hold between any two turns; empty when all is well. It walks the whole world: for tests, the simulator
 * and a watchdog, never inside a turn.
 */
export function brokenInvariants(world: World, hasTimer?: HasTimer): string[] {
  const broken: string[] = [];
  for (const [table, rules] of RULES_OF) {
    for (const [key, row] of world[table].entries()) {
      for (const rule of rules) told(broken, rule, world, row as LiveRow);
      if (hasTimer) missingTimer(broken, world, table, key, hasTimer);
    }
  }
  return broken;
}

/** The same for these rows alone: what a turn touched, and what is related to it. Rows that are gone are passed over. */
export function brokenAmong(world: World, rows: Iterable<RowName>, hasTimer?: HasTimer): string[] {
  const broken: string[] = [];
  for (const [table, key] of rows) {
    const row = world[table].get(key) as LiveRow | undefined;
    if (row === undefined) continue;
    for (const rule of RULES_OF.get(table) ?? NO_RULES) told(broken, rule, world, row);
    if (hasTimer) missingTimer(broken, world, table, key, hasTimer);
  }
  return broken;
}

function told(broken: string[], rule: Rule, world: World, row: LiveRow): void {
  const found = rule.broken(world, row);
  if (found !== WELL) for (const what of found) broken.push(`${rule.name}: ${what}`);
}

const WELL: readonly string[] = [];
const NO_RULES: readonly Rule[] = [];
const rule = <Name extends LiveTableName>(name: string, table: Name, broken: Rule<Name>['broken']): Rule => ({ name, table, broken }) as unknown as Rule;

export const RULES: readonly Rule[] = [
  rule('oneOwnerPerConversation', 'conversations', (world, one) => (isOwned(world, one) ? WELL : [`${one.conversationId} (${one.state}) has no owner`])),
  rule('oneOwnerPerConversation', 'waiting', (world, { waitingId, conversationId }) => {
    const conversation = world.conversations.get(conversationId);
    return conversation?.state === 'waiting' && conversation.waitingId === waitingId ? WELL : [`${waitingId} waits for a conversation that does not`];
  }),
  rule('oneOwnerPerConversation', 'flowRuns', (world, { flowRunId, conversationId }) => {
    const conversation = world.conversations.get(conversationId);
    return conversation?.state === 'in-flow' && conversation.flowRunId === flowRunId ? WELL : [`${flowRunId} runs for a conversation that is elsewhere`];
  }),
  rule('oneConversationPerCall', 'calls', (world, { callId, conversationId }) => (world.conversations.get(conversationId)?.callId === callId ? WELL : [`${callId} has no conversation`])),
  rule('callsHaveLiveLegs', 'calls', (world, call) => {
    const has = (legId: string): boolean => world.legs.has(legId);
    switch (call.state) {
      case 'open':
        return has(call.customerLegId) ? WELL : [`${call.callId} is open without its customer`];
      case 'dialing':
        return has(call.originLegId) && call.legIds.some(has) ? WELL : [`${call.callId} dials without legs`];
      case 'talking':
      case 'holding':
        return has(call.agentLegId) && has(call.other.legId) ? WELL : [`${call.callId} is ${call.state} without both legs`];
      case 'reconnecting':
        return has(call.other.legId) ? WELL : [`${call.callId} reconnects nobody`];
    }
  }),
  rule('legsHaveCalls', 'legs', (world, { legId, callId, state }) => (state === 'ending' || world.calls.has(callId) ? WELL : [`${legId} belongs to ${callId}, which is gone`])),
  rule('agentsHoldWhatTheyDo', 'agents', (world, agent) => {
    if (agent.state !== 'signed-in') return WELL;
    const { agentId, contact, pause } = agent;
    if (contact.kind === 'free' && pause.kind !== 'after-service') return WELL;
    const broken: string[] = [];
    if (contact.kind !== 'free' && !world.calls.has(contact.callId)) broken.push(`${agentId} is ${contact.kind} in a call that is gone`);
    if (contact.kind === 'offered' && contact.by.kind === 'queue' && world.offers.get(contact.by.offerId)?.agentId !== agentId) broken.push(`${agentId} is offered what is not there`);
    if (pause.kind === 'after-service' && world.afterServices.get(pause.afterServiceId)?.agentId !== agentId) broken.push(`${agentId} is in an after-service that is over`);
    return broken;
  }),
  // An agent knows of one call: whoever were in two would not know of one of them.
  rule('oneCallPerAgent', 'calls', (world, call) => {
    if (call.state === 'open') return WELL;
    const other = call.state === 'dialing' ? (call.target.kind === 'agent' ? call.target.agentId : undefined) : call.other.kind === 'agent' ? call.other.agentId : undefined;
    const broken: string[] = [];
    for (const agentId of other === undefined ? [call.agentId] : [call.agentId, other]) {
      const agent = world.agents.get(agentId);
      if (agent?.state !== 'signed-in' || agent.contact.kind === 'free' || agent.contact.callId !== call.callId) broken.push(`${agentId} does not know of ${call.callId}`);
    }
    return broken;
  }),
  rule('offersAndWaitingAgree', 'offers', (world, offer) => {
    const agent = world.agents.get(offer.agentId);
    const waiting = world.waiting.get(offer.waitingId);
    const rung = agent?.state === 'signed-in' && agent.contact.kind === 'offered' && agent.contact.by.kind === 'queue' && agent.contact.by.offerId === offer.offerId;
    const broken: string[] = [];
    if (!rung) broken.push(`${offer.offerId} rings ${offer.agentId}, who does not know`);
    if (waiting?.state !== 'offered' || waiting.offerId !== offer.offerId) broken.push(`${offer.offerId} is for nobody who waits`);
    if (offer.legs.length === 0) broken.push(`${offer.offerId} rings nothing`);
    return broken;
  }),
  rule('offersAndWaitingAgree', 'waiting', (world, one) => (one.state === 'offered' && !world.offers.has(one.offerId) ? [`${one.waitingId} waits for an offer that is over`] : WELL)),
  // Any instant will do: who is eligible does not depend on it.
  rule('queuesDrain', 'waiting', (world, { state, waitingId }) => {
    const agentId = state === 'in-line' ? world.indexes.matcher.matchForCustomer(waitingId, 0) : undefined;
    return agentId === undefined ? WELL : [`${waitingId} waits while ${agentId} is idle`];
  }),
  rule('queuesDrain', 'agents', (world, agent) => {
    if (activityOf(agent) !== 'idle') return WELL;
    const waitingId = world.indexes.matcher.matchForAgent(agent.agentId, 0);
    return waitingId === undefined ? WELL : [`${agent.agentId} is idle while ${waitingId} waits`];
  }),
  rule('afterServicesHaveAgents', 'afterServices', (world, { afterServiceId, agentId }) => {
    const agent = world.agents.get(agentId);
    return agent?.state === 'signed-in' && agent.pause.kind === 'after-service' && agent.pause.afterServiceId === afterServiceId ? WELL : [`${afterServiceId} is not ${agentId}'s`];
  }),
  rule('recordingsHaveCalls', 'recordings', (world, { recordingId, state, callId }) => {
    if (state === 'stopping') return WELL;
    const call = world.calls.get(callId);
    const itsOwn = call !== undefined && call.state !== 'open' && call.state !== 'dialing' && call.recordingId === recordingId;
    return itsOwn ? WELL : [`${recordingId} records a call that is over`];
  }),
];

const RULES_OF: ReadonlyMap<LiveTableName, readonly Rule[]> = Map.groupBy(
  [...RULES, rule('', 'devices', () => WELL)],
  ({ table }) => table,
);

function isOwned(world: World, conversation: Conversation): boolean {
  switch (conversation.state) {
    case 'in-flow':
      return world.flowRuns.has(conversation.flowRunId);
    case 'waiting':
      return world.waiting.has(conversation.waitingId);
    case 'dialing':
    case 'with-agent': {
      const call = world.calls.get(conversation.callId);
      return call !== undefined && call.state !== 'open' && call.agentId === conversation.agentId;
    }
  }
}

function missingTimer(broken: string[], world: World, table: LiveTableName, key: string, hasTimer: HasTimer): void {
  const id = timerBehind(world, table, key);
  if (id !== undefined && !hasTimer(id)) broken.push(`statesHaveTimers: ${key} waits for ${id}, which is not set`);
}

/** The timer without which this row's state would last for ever; undefined when it needs none. */
function timerBehind(world: World, table: LiveTableName, key: string): string | undefined {
  switch (table) {
    case 'offers':
      return timerId.ring(key);
    case 'waiting': {
      const one = world.waiting.get(key);
      return one?.state === 'in-line' && one.overflowAt !== null ? timerId.maximumWait(key) : undefined;
    }
    case 'flowRuns': {
      const run = world.flowRuns.get(key);
      if (run?.state === 'closing') return timerId.closing(key);
      return run?.state === 'asking' && run.deadline !== null ? timerId.menu(key) : undefined;
    }
    case 'calls':
      return world.calls.get(key)?.state === 'reconnecting' ? timerId.return(key) : undefined;
    case 'afterServices':
      return world.afterServices.get(key)?.endsAt === null ? undefined : timerId.afterService(key);
    case 'devices':
      return world.devices.get(key)?.state === 'failing' ? timerId.device(key) : undefined;
    default:
      return undefined;
  }
}

/** Told of a row. */
export type Look = (table: LiveTableName, key: string) => void;

/** Tells of the rows whose rules read this one: they are looked at again when it changes or goes. */
export function lookAround(table: LiveTableName, row: LiveRow, look: Look): void {
  (AROUND[table] as ((row: LiveRow, look: Look) => void) | undefined)?.(row, look);
}

const AROUND: { readonly [Name in LiveTableName]?: (row: LiveRow<Name>, look: Look) => void } = {
  legs: ({ callId }, look) => look('calls', callId),
  calls(call, look) {
    look('conversations', call.conversationId);
    if (call.state === 'open') return look('legs', call.customerLegId);
    look('agents', call.agentId);
    if (call.state === 'dialing') {
      if (call.target.kind === 'agent') look('agents', call.target.agentId);
      look('legs', call.originLegId);
      for (const legId of call.legIds) look('legs', legId);
      return;
    }
    if (call.other.kind === 'agent') look('agents', call.other.agentId);
    if (call.recordingId !== null) look('recordings', call.recordingId);
    look('legs', call.other.legId);
    if (call.state !== 'reconnecting') look('legs', call.agentLegId);
  },
  conversations(one, look) {
    look('calls', one.callId);
    if (one.state === 'in-flow') look('flowRuns', one.flowRunId);
    else if (one.state === 'waiting') look('waiting', one.waitingId);
  },
  flowRuns: ({ conversationId }, look) => look('conversations', conversationId),
  waiting(one, look) {
    look('conversations', one.conversationId);
    if (one.state === 'offered') look('offers', one.offerId);
  },
  offers({ agentId, waitingId }, look) {
    look('agents', agentId);
    look('waiting', waitingId);
  },
  agents(agent, look) {
    if (agent.state !== 'signed-in') return;
    const { contact, pause } = agent;
    if (contact.kind !== 'free') look('calls', contact.callId);
    if (contact.kind === 'offered' && contact.by.kind === 'queue') look('offers', contact.by.offerId);
    if (pause.kind === 'after-service') look('afterServices', pause.afterServiceId);
  },
  afterServices: ({ agentId }, look) => look('agents', agentId),
  recordings: ({ callId }, look) => look('calls', callId),
};
