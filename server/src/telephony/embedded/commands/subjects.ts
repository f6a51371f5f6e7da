import type { LegId, RecordingId } from '@centralita/kernel';
import type { Command } from '../../port/index.ts';

/** The legs a command is about: its id is remembered as long as any of them lives, and ten minutes more. */
export function legsOf(command: Command): readonly LegId[] {
  switch (command.type) {
    case 'place-legs':
      return command.legs.map((leg) => leg.legId);
    case 'connect':
    case 'disconnect':
      return command.legIds;
    case 'monitor':
      return [command.legId];
    case 'start-recording':
      return command.customerLegIds;
    case 'replace-leg':
      return [command.oldLegId, command.newLegId];
    case 'ring-leg':
    case 'answer-leg':
    case 'end-leg':
    case 'hold-leg':
    case 'resume-leg':
    case 'mute-leg':
    case 'send-digits':
    case 'play':
    case 'redirect-leg':
      return [command.legId];
    case 'stop-play':
    case 'pause-recording':
    case 'resume-recording':
    case 'stop-recording':
    case 'provision-devices':
    case 'remove-device':
    case 'provision-trunks':
    case 'provision-numbers':
      return [];
  }
}

export function recordingOf(command: Command): RecordingId | undefined {
  switch (command.type) {
    case 'start-recording':
    case 'pause-recording':
    case 'resume-recording':
    case 'stop-recording':
      return command.recordingId;
    default:
      return undefined;
  }
}
