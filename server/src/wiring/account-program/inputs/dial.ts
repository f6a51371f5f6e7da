import type { DeviceId, LegId, TrunkId, UserId } from '@centralita/kernel';
import { CAUSE_OF, type Destination, type DialRefusal, type DialTarget } from '../../../capabilities/calls/index.ts';
import type { FactOf } from '../../../telephony/port/index.ts';
import { devicesToRing } from '../look-up.ts';
import type { Told, Turn } from '../turn.ts';
import { personalValue, type World } from '../world.ts';

interface Dialling {
  readonly world: World;
  readonly agentId: UserId | null;
  /** As dialled, looked up. */
  readonly dialled: string;
  readonly colleagueId: UserId | undefined;
  readonly trunkIds: readonly TrunkId[];
}

type Rule = (dialling: Dialling) => DialRefusal | undefined;

/** Who may dial what, in the order in which the reasons help most. */
const RULES: readonly Rule[] = [
  ({ world, agentId }) => (agentId === null || world.agents.get(agentId)?.state !== 'signed-in' ? 'not-signed-in' : undefined),
  ({ world, agentId }) => (isFree(world, agentId) ? undefined : 'in-a-call'),
  ({ agentId, colleagueId }) => (colleagueId !== undefined && colleagueId === agentId ? 'own-extension' : undefined),
  ({ world, colleagueId }) => (colleagueId === undefined || devicesToRing(world, colleagueId).length > 0 ? undefined : 'colleague-unreachable'),
  ({ world, colleagueId }) => (colleagueId === undefined || isFree(world, colleagueId) ? undefined : 'colleague-busy'),
  ({ dialled, colleagueId }) => (colleagueId !== undefined || /^\+?[0-9]{3,15}$/.test(dialled) ? undefined : 'destination-not-allowed'),
  // S0.9, S0.10: configuration has already settled group against account.
  ({ world, agentId, colleagueId }) => (colleagueId !== undefined || (agentId !== null && world.agentSettings.get(agentId)?.outgoingCalls === true) ? undefined : 'outgoing-calls-off'),
  ({ colleagueId, trunkIds }) => (colleagueId !== undefined || trunkIds.length > 0 ? undefined : 'no-outbound-trunk'),
];

/** A device dials (S2.12): a colleague's extension or an outside number. Coming back to a call that lost its agent goes first. */
export function dialFrom(turn: Turn, fact: FactOf<'leg-offered'>, deviceId: DeviceId): Told {
  const { world } = turn;
  const agentId = world.deviceSettings.get(deviceId)?.userId ?? null;
  const lostCallId = agentId === null ? undefined : lostCallOf(world, agentId);
  if (agentId !== null && lostCallId !== undefined) return comeBack(turn, fact.legId, deviceId, agentId, lostCallId);
  const dialled = personalValue(world, fact.dialled).replace(/[\s().-]/g, '');
  const colleagueId = world.indexes.agentsByExtension.get(dialled)?.values().next().value;
  const dialling: Dialling = { world, agentId, dialled, colleagueId, trunkIds: colleagueId === undefined ? outboundTrunks(world) : [] };
  for (const rule of RULES) {
    const reason = rule(dialling);
    if (reason !== undefined) {
      turn.emit({ type: 'dial-refused', legId: fact.legId, agentId, dialled: fact.dialled === '' ? null : fact.dialled, reason, cause: CAUSE_OF[reason], at: turn.at });
      return undefined;
    }
  }
  return startDialling(turn, fact, deviceId, agentId!, dialling);
}

function startDialling(turn: Turn, fact: FactOf<'leg-offered'>, deviceId: DeviceId, agentId: UserId, { world, colleagueId, trunkIds }: Dialling): Told {
  const originLegId = fact.legId;
  const callId = turn.draw('call');
  const conversationId = turn.draw('conversation');
  const bridgeId = turn.draw('bridge');
  const placementId = turn.draw('placement');
  const direction = colleagueId === undefined ? 'outbound' : 'internal';
  const target: DialTarget = colleagueId === undefined ? { kind: 'number', number: fact.dialled } : { kind: 'agent', agentId: colleagueId };
  const destinations: Destination[] =
    colleagueId === undefined
      ? [{ kind: 'trunks', legId: turn.draw('leg'), trunkIds }]
      : devicesToRing(world, colleagueId).map((to) => ({ kind: 'device', legId: turn.draw('leg'), deviceId: to }));
  turn.leg(originLegId, { type: 'enter', legId: originLegId, callId, conversationId, role: { kind: 'agent', agentId }, via: { kind: 'device', deviceId } });
  turn.conversation(conversationId, {
    type: 'start',
    conversationId,
    callId,
    direction,
    customer: { number: direction === 'outbound' ? fact.dialled : null, name: null },
    numberId: null,
    dialled: fact.dialled,
    owner: { kind: 'agent', agentId },
    colleagueId: colleagueId ?? null,
  });
  turn.call(callId, { type: 'dial', callId, conversationId, direction, agentId, originLegId, bridgeId, target, placementId, destinations });
  turn.agent(agentId, { type: 'engage', contact: { kind: 'dialing', callId, conversationId } });
  if (colleagueId !== undefined) turn.agent(colleagueId, { type: 'engage', contact: { kind: 'offered', by: { kind: 'colleague' }, callId, conversationId } });
  for (const to of destinations) {
    const role = colleagueId === undefined ? ({ kind: 'customer' } as const) : ({ kind: 'agent', agentId: colleagueId } as const);
    const via = to.kind === 'device' ? ({ kind: 'device', deviceId: to.deviceId } as const) : ({ kind: 'trunk', trunkId: to.trunkIds.length === 1 ? to.trunkIds[0]! : null } as const);
    turn.leg(to.legId, { type: 'place', legId: to.legId, callId, conversationId, role, via, placementId });
  }
  return undefined;
}

/** The agent's phone calls in while their customer waits on music: whatever it dialled, it is put back into that call. */
function comeBack(turn: Turn, legId: LegId, deviceId: DeviceId, agentId: UserId, callId: string): Told {
  const conversationId = turn.world.calls.get(callId)!.conversationId;
  turn.leg(legId, { type: 'enter', legId, callId, conversationId, role: { kind: 'agent', agentId }, via: { kind: 'device', deviceId } });
  return turn.call(callId, { type: 'return-agent', legId });
}

function lostCallOf(world: World, agentId: UserId): string | undefined {
  const agent = world.agents.get(agentId);
  if (agent?.state !== 'signed-in' || agent.contact.kind === 'free') return undefined;
  return world.calls.get(agent.contact.callId)?.state === 'reconnecting' ? agent.contact.callId : undefined;
}

/** Trunks that may carry calls out; those that are down come last, since a keep-alive may be wrong but nothing else is left. */
function outboundTrunks(world: World): TrunkId[] {
  const outbound = [...world.trunks.entries()].flatMap(([trunkId, { profile }]) => (profile.outbound ? [trunkId] : []));
  const isDown = (trunkId: TrunkId): number => (world.trunkStates.get(trunkId)?.up === false ? 1 : 0);
  return outbound.sort((a, b) => isDown(a) - isDown(b) || (a < b ? -1 : 1));
}

function isFree(world: World, agentId: UserId | null): boolean {
  const agent = agentId === null ? undefined : world.agents.get(agentId);
  return agent?.state === 'signed-in' && agent.contact.kind === 'free';
}

