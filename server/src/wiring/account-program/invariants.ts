import type { Conversation } from '../../capabilities/conversations/index.ts';
import type { World } from './world.ts';

type Check = (world: World) => string[];

/**
 * What must hold between any two turns (design 3), as sentences about what is broken; none when all is well. It walks the
 * whole world: for tests, the simulator and a watchdog, never inside a turn.
 */
export function brokenInvariants(world: World): string[] {
  return CHECKS.flatMap((check) => check(world).map((what) => `${check.name}: ${what}`));
}

const CHECKS: readonly Check[] = [
  function oneOwnerPerConversation(world) {
    const broken = [...world.conversations.values()].flatMap((one) => (isOwned(world, one) ? [] : [`${one.conversationId} (${one.state}) has no owner`]));
    for (const { waitingId, conversationId } of world.waiting.values()) {
      const conversation = world.conversations.get(conversationId);
      if (conversation?.state !== 'waiting' || conversation.waitingId !== waitingId) broken.push(`${waitingId} waits for a conversation that does not`);
    }
    for (const { flowRunId, conversationId } of world.flowRuns.values()) {
      const conversation = world.conversations.get(conversationId);
      if (conversation?.state !== 'in-flow' || conversation.flowRunId !== flowRunId) broken.push(`${flowRunId} runs for a conversation that is elsewhere`);
    }
    return broken;
  },
  function oneConversationPerCall(world) {
    return [...world.calls.values()].flatMap(({ callId, conversationId }) => (world.conversations.get(conversationId)?.callId === callId ? [] : [`${callId} has no conversation`]));
  },
  function callsHaveLiveLegs(world) {
    const has = (legId: string): boolean => world.legs.has(legId);
    return [...world.calls.values()].flatMap((call) => {
      switch (call.state) {
        case 'open':
          return has(call.customerLegId) ? [] : [`${call.callId} is open without its customer`];
        case 'dialing':
          return has(call.originLegId) && call.legIds.some(has) ? [] : [`${call.callId} dials without legs`];
        case 'talking':
        case 'holding':
          return has(call.agentLegId) && has(call.other.legId) ? [] : [`${call.callId} is ${call.state} without both legs`];
        case 'reconnecting':
          return has(call.other.legId) ? [] : [`${call.callId} reconnects nobody`];
      }
    });
  },
  function agentsHoldWhatTheyDo(world) {
    return [...world.agents.values()].flatMap((agent) => {
      if (agent.state !== 'signed-in') return [];
      const broken: string[] = [];
      const { agentId, contact, pause } = agent;
      if (contact.kind !== 'free' && !world.calls.has(contact.callId)) broken.push(`${agentId} is ${contact.kind} in a call that is gone`);
      if (contact.kind === 'offered' && contact.by.kind === 'queue' && world.offers.get(contact.by.offerId)?.agentId !== agentId) broken.push(`${agentId} is offered what is not there`);
      if (pause.kind === 'after-service' && world.afterServices.get(pause.afterServiceId)?.agentId !== agentId) broken.push(`${agentId} is in an after-service that is over`);
      return broken;
    });
  },
  function oneCallPerAgent(world) {
    const calls = new Map<string, string>();
    return [...world.calls.values()].flatMap((call) => {
      if (call.state === 'open') return [];
      const inIt = [call.agentId, ...(call.state === 'dialing' ? (call.target.kind === 'agent' ? [call.target.agentId] : []) : call.other.kind === 'agent' ? [call.other.agentId] : [])];
      return inIt.flatMap((agentId) => {
        const agent = world.agents.get(agentId);
        const broken = calls.has(agentId) ? [`${agentId} is in ${calls.get(agentId)} and ${call.callId}`] : [];
        calls.set(agentId, call.callId);
        if (agent?.state !== 'signed-in' || agent.contact.kind === 'free' || agent.contact.callId !== call.callId) broken.push(`${agentId} does not know of ${call.callId}`);
        return broken;
      });
    });
  },
  function offersAndWaitingAgree(world) {
    const broken = [...world.offers.values()].flatMap((offer) => {
      const agent = world.agents.get(offer.agentId);
      const waiting = world.waiting.get(offer.waitingId);
      const rung = agent?.state === 'signed-in' && agent.contact.kind === 'offered' && agent.contact.by.kind === 'queue' && agent.contact.by.offerId === offer.offerId;
      return [
        ...(rung ? [] : [`${offer.offerId} rings ${offer.agentId}, who does not know`]),
        ...(waiting?.state === 'offered' && waiting.offerId === offer.offerId ? [] : [`${offer.offerId} is for nobody who waits`]),
        ...(offer.legs.length > 0 ? [] : [`${offer.offerId} rings nothing`]),
      ];
    });
    for (const one of world.waiting.values()) if (one.state === 'offered' && !world.offers.has(one.offerId)) broken.push(`${one.waitingId} waits for an offer that is over`);
    return broken;
  },
  function queuesDrain(world) {
    // Any instant will do: who is eligible does not depend on it.
    return [...world.waiting.values()].flatMap(({ state, waitingId }) => {
      const agentId = state === 'in-line' ? world.indexes.matcher.matchForCustomer(waitingId, 0) : undefined;
      return agentId === undefined ? [] : [`${waitingId} waits while ${agentId} is idle`];
    });
  },
  function afterServicesHaveAgents(world) {
    return [...world.afterServices.values()].flatMap(({ afterServiceId, agentId }) => {
      const agent = world.agents.get(agentId);
      return agent?.state === 'signed-in' && agent.pause.kind === 'after-service' && agent.pause.afterServiceId === afterServiceId ? [] : [`${afterServiceId} is not ${agentId}'s`];
    });
  },
  function recordingsHaveCalls(world) {
    return [...world.recordings.values()].flatMap(({ recordingId, state, callId }) => {
      const call = world.calls.get(callId);
      const itsOwn = call !== undefined && call.state !== 'open' && call.state !== 'dialing' && call.recordingId === recordingId;
      return state === 'stopping' || itsOwn ? [] : [`${recordingId} records a call that is over`];
    });
  },
];

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
