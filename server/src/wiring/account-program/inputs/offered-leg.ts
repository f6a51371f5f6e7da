import type { NumberId } from '@centralita/kernel';
import { CAUSE_OF, type EntryRefusal, type LegVia } from '../../../capabilities/calls/index.ts';
import type { PartyRef } from '../../../capabilities/conversations/index.ts';
import type { FactOf, LegOrigin } from '../../../telephony/port/index.ts';
import { digitsOf } from '../indexes.ts';
import type { Told, Turn } from '../turn.ts';
import { personalValue, type World } from '../world.ts';
import { dialFrom } from './dial.ts';

type Offered = FactOf<'leg-offered'>;

/** A new connection: an agent dials, or somebody from outside calls one of the account's numbers. */
export function takeOfferedLeg(turn: Turn, fact: Offered): Told {
  if (turn.world.legs.has(fact.legId)) return 'leg-known';
  if (fact.from.kind === 'device') return dialFrom(turn, fact, fact.from.deviceId);
  const found = numberFor(turn.world, fact.from, digitsOf(personalValue(turn.world, fact.dialled)));
  if ('refusal' in found) {
    turn.emit({ type: 'call-refused', legId: fact.legId, reason: found.refusal, cause: CAUSE_OF[found.refusal], at: turn.at });
    return undefined;
  }
  return enterCall(turn, fact, found.numberId);
}

function numberFor(world: World, from: LegOrigin, digits: string): { readonly numberId: NumberId } | { readonly refusal: EntryRefusal } {
  const dialled = [...(world.indexes.numbersByDigits.get(digits) ?? [])].flatMap((numberId) => {
    const number = world.numbers.get(numberId);
    return number ? [{ numberId, ...number }] : [];
  });
  const reachable = dialled.filter(({ trunkId }) => from.kind !== 'trunk' || trunkId === null || trunkId === from.trunkId);
  if (reachable.length === 0) return { refusal: 'number-unknown' };
  // Without a trunk nobody vouches for the caller: only numbers that were opened to the public take them.
  const allowed = reachable.filter((number) => from.kind === 'trunk' || number.public);
  if (allowed.length === 0) return { refusal: 'number-not-public' };
  const leading = allowed.find(({ flowId }) => world.flows.has(flowId));
  return leading ? { numberId: leading.numberId } : { refusal: 'flow-missing' };
}

function enterCall(turn: Turn, fact: Offered, numberId: NumberId): Told {
  const { world } = turn;
  const flowId = world.numbers.get(numberId)!.flowId;
  const flow = world.flows.get(flowId)!;
  const { legId } = fact;
  const callId = turn.draw('call');
  const conversationId = turn.draw('conversation');
  const bridgeId = turn.draw('bridge');
  const flowRunId = turn.draw('flowRun');
  turn.leg(legId, { type: 'enter', legId, callId, conversationId, role: { kind: 'customer' }, via: viaOf(fact.from) });
  turn.call(callId, { type: 'enter', callId, conversationId, bridgeId, customerLegId: legId });
  turn.conversation(conversationId, {
    type: 'start',
    conversationId,
    callId,
    direction: 'inbound',
    customer: callerRef(fact),
    numberId,
    dialled: fact.dialled === '' ? null : fact.dialled,
    owner: { kind: 'flow', flowRunId },
    colleagueId: null,
  });
  return turn.flowRun(flowRunId, { type: 'start', flowRunId, conversationId, callId, legId, flowId, flow });
}

const viaOf = (from: LegOrigin): LegVia => from;

const callerRef = ({ caller, from }: Offered): PartyRef => ({
  number: caller.number === '' ? null : caller.number,
  name: caller.name === undefined || caller.name === '' ? null : caller.name,
  ...(from.kind === 'guest' ? { kind: 'web' } : {}),
});
