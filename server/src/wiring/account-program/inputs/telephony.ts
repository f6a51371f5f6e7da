import { assertNever } from '@centralita/kernel';
import type { FactOf, TelephonyFact } from '../../../telephony/port/index.ts';
import { flowOf } from '../look-up.ts';
import type { Told, Turn } from '../turn.ts';
import { personalValue } from '../world.ts';
import { takeOfferedLeg } from './offered-leg.ts';

/** A fact of the switch. A refusal means that it came too late to matter, which the network makes normal. */
export function takeFact(turn: Turn, fact: TelephonyFact): Told {
  switch (fact.type) {
    case 'leg-offered':
      return takeOfferedLeg(turn, fact);
    case 'leg-ringing':
      return turn.leg(fact.legId, { type: 'ring', earlyMedia: fact.earlyMedia });
    case 'leg-answered':
      return turn.leg(fact.legId, { type: 'pick-up' });
    case 'leg-held':
    case 'leg-resumed':
      return phoneHeld(turn, fact);
    case 'digit':
      return digit(turn, fact);
    case 'replacement-offered':
      return replacement(turn, fact);
    case 'play-finished':
      return playFinished(turn, fact);
    case 'media-stalled':
      return turn.leg(fact.legId, { type: 'stall' });
    case 'media-resumed':
      return turn.leg(fact.legId, { type: 'recover' });
    case 'quality': {
      const { legId, mos, lossRatio, jitterMs, roundTripMs } = fact;
      return turn.leg(legId, { type: 'measure', quality: { mos, lossRatio, jitterMs, roundTripMs } });
    }
    case 'leg-ended':
      return turn.leg(fact.legId, { type: 'end', by: fact.by, cause: fact.cause, sipStatus: fact.sipStatus ?? null });
    case 'recording-finished':
      return turn.recording(fact.recordingId, { type: 'complete', file: fact.file, durationMs: fact.durationMs, bytes: fact.bytes });
    case 'recording-failed':
      return turn.recording(fact.recordingId, { type: 'lose', reason: fact.reason, file: fact.file ?? null });
    case 'device-online':
      return turn.device(fact.deviceId, { type: 'come-online', deviceId: fact.deviceId, userId: turn.world.deviceSettings.get(fact.deviceId)?.userId ?? null });
    case 'device-offline':
      return turn.device(fact.deviceId, { type: 'go-offline', reason: fact.reason });
    case 'trunk-up':
      return trunkSeen(turn, fact.trunkId, true, null);
    case 'trunk-down':
      return trunkSeen(turn, fact.trunkId, false, fact.reason);
    case 'command-failed':
      return fact.legId === undefined ? 'not-of-a-leg' : commandFailed(turn, fact.legId);
    case 'transfer-requested':
      // Answered by nothing: the phone keeps its call. Transfers are asked of the center, which has none yet.
      return 'transfer-not-offered';
    case 'leg-joined':
    case 'leg-left':
    case 'talking-started':
    case 'talking-stopped':
    case 'recording-started':
    case 'alarm':
      return 'of-no-consequence';
    default:
      return assertNever(fact);
  }
}

/** A phone's own hold key is the agent's hold; a customer's is theirs alone; ours only come back as an echo. */
function phoneHeld(turn: Turn, fact: FactOf<'leg-held' | 'leg-resumed'>): Told {
  if (fact.by === 'center') return 'of-no-consequence';
  const leg = turn.world.legs.get(fact.legId);
  if (!leg) return 'leg-unknown';
  if (leg.role.kind === 'customer') return 'of-no-consequence';
  return turn.call(leg.callId, { type: fact.type === 'leg-held' ? 'hold' : 'resume', agentId: leg.role.agentId });
}

function digit(turn: Turn, fact: FactOf<'digit'>): Told {
  const leg = turn.world.legs.get(fact.legId);
  const conversation = leg && turn.world.conversations.get(leg.conversationId);
  if (leg?.role.kind !== 'customer' || conversation?.state !== 'in-flow') return 'nobody-listens';
  const flow = flowOf(turn.world, conversation.flowRunId);
  if (!flow) return 'nobody-listens';
  return turn.flowRun(conversation.flowRunId, { type: 'digit', key: personalValue(turn.world, fact.digit), digit: fact.digit, flow });
}

/** A fresh leg of the same agent takes the place of the old one (INVITE with Replaces, or our API for browsers). */
function replacement(turn: Turn, { legId, oldLegId }: FactOf<'replacement-offered'>): Told {
  const old = turn.world.legs.get(oldLegId);
  if (turn.world.legs.has(legId)) return 'leg-known';
  if (!old || old.role.kind === 'customer') {
    turn.order({ type: 'end-leg', legId, cause: 'not-found' });
    return undefined;
  }
  const { callId, conversationId, role } = old;
  turn.leg(legId, { type: 'enter', legId, callId, conversationId, role: { kind: 'agent', agentId: role.agentId }, via: old.via });
  const refusal = turn.call(callId, { type: 'replace-leg', oldLegId, newLegId: legId });
  if (refusal !== undefined) turn.leg(legId, { type: 'dismiss', cause: 'not-found' });
  return undefined;
}

function playFinished(turn: Turn, { playId, reason }: FactOf<'play-finished'>): Told {
  if (reason === 'stopped' || reason === 'replaced') return 'of-no-consequence';
  const owner = turn.world.indexes.playOwners.get(playId);
  if (!owner) return 'other-play';
  if (owner.kind === 'flow-run') {
    const typed = turn.typedAhead(owner.id);
    const typedKey = typed === null ? '' : personalValue(turn.world, typed);
    return turn.flowRun(owner.id, { type: 'play-finished', playId, flow: flowOf(turn.world, owner.id), typedKey });
  }
  // Music that cannot be played is not tried again and again: silence is better than a loop of failures.
  const hearing = turn.world.waiting.get(owner.id)?.hearing;
  return hearing?.kind === 'music' && reason === 'failed' ? 'of-no-consequence' : turn.waiting(owner.id, { type: 'play-finished', playId });
}

function trunkSeen(turn: Turn, trunkId: string, up: boolean, reason: string | null): Told {
  const before = turn.world.trunkStates.get(trunkId);
  if (before?.up === up && before.reason === reason) return 'already-so';
  turn.emit({ type: 'trunk-state-seen', trunkId, up, reason });
  return undefined;
}

/** A leg that could not even be placed ends as failed; a command that failed on a live leg leaves it as it is. */
function commandFailed(turn: Turn, legId: string): Told {
  const state = turn.world.legs.get(legId)?.state;
  return state === 'placed' ? turn.leg(legId, { type: 'end', by: 'center', cause: 'failed', sipStatus: null }) : 'of-no-consequence';
}
