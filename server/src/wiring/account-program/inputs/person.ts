import { assertNever, type CallId, type UserId } from '@centralita/kernel';
import type { PersonInput } from '../input.ts';
import { devicesOnline } from '../look-up.ts';
import type { Told, Turn } from '../turn.ts';

/** What a person asks for. Refusals are codes of the error catalogue. */
export function takeRequest(turn: Turn, input: PersonInput): Told {
  const { agentId } = input;
  switch (input.type) {
    case 'sign-in':
      return signIn(turn, agentId, input.deviceId);
    case 'sign-out':
      return asCode(turn.agent(agentId, { type: 'sign-out', reason: input.reason }));
    case 'remove-device':
      if (turn.world.deviceSettings.get(input.deviceId)?.userId !== agentId) return 'not-found';
      turn.emit({ type: 'device-removed', deviceId: input.deviceId, userId: agentId, at: turn.at });
      return undefined;
    case 'choose-status': {
      if (!turn.world.statuses.has(input.statusId)) return 'not-found';
      const refusal = turn.agent(agentId, { type: 'choose-status', statusId: input.statusId, by: 'agent' });
      return refusal === 'already-so' ? undefined : asCode(refusal);
    }
    case 'return-from-not-answering':
      return asCode(turn.agent(agentId, { type: 'return' }));
    case 'decline-offer':
      return turn.offer(input.offerId, { type: 'decline', agentId });
    case 'hold-call':
      return asCode(turn.call(input.callId, { type: 'hold', agentId }));
    case 'resume-call':
      return asCode(turn.call(input.callId, { type: 'resume', agentId }));
    case 'send-digits':
      return asCode(turn.call(input.callId, { type: 'send-digits', agentId, digits: input.digits }));
    case 'hang-up':
      return asCode(turn.call(input.callId, { type: 'hang-up', agentId }));
    case 'pause-recording':
      return withRecording(turn, agentId, input.callId, 'pause');
    case 'resume-recording':
      return withRecording(turn, agentId, input.callId, 'continue');
    case 'finish-after-service':
      return turn.afterService(input.afterServiceId, { type: 'finish', agentId });
    default:
      return assertNever(input);
  }
}

/** Another tab of somebody signed in only brings its device. */
function signIn(turn: Turn, agentId: UserId, deviceId: string | null): Told {
  const settings = turn.world.agentSettings.get(agentId);
  if (!settings) return 'not-found';
  if (deviceId !== null) turn.emit({ type: 'device-assigned', deviceId, userId: agentId, at: turn.at });
  const refusal = turn.agent(agentId, { type: 'sign-in', agentId, statusId: settings.initialStatusId, devicesOnline: devicesOnline(turn.world, agentId) });
  return refusal === 'already-signed-in' ? undefined : refusal;
}

function withRecording(turn: Turn, agentId: UserId, callId: CallId, type: 'pause' | 'continue'): Told {
  const call = turn.world.calls.get(callId);
  if (!call || call.state === 'open' || call.state === 'dialing') return 'no-live-call';
  if (call.agentId !== agentId) return 'not-yours';
  return call.recordingId === null ? 'not-allowed-now' : turn.recording(call.recordingId, { type, agentId });
}

/** Machines have finer reasons than people need. */
function asCode(refusal: Told): Told {
  return refusal === 'not-signed-in' || refusal === 'already-so' || refusal === 'already-signed-in' || refusal === 'leg-unknown' ? 'not-allowed-now' : refusal;
}
