import { assertNever } from '@centralita/kernel';

/** What somebody is in a bridge. A monitor hears everybody; who hears the monitor is the mode. */
export type BridgeRole =
  | { readonly kind: 'participant' }
  | { readonly kind: 'monitor'; readonly mode: 'listen' | 'whisper' | 'barge'; readonly agentLegId: string };

export interface BridgePart {
  readonly legId: string;
  readonly role: BridgeRole;
  /** Hears music, is not heard. */
  readonly held: boolean;
  /** Hears, is not heard. */
  readonly muted: boolean;
}

export const PARTICIPANT: BridgeRole = { kind: 'participant' };

/** The whole matrix in one question. Held parts are outside it both ways; nobody hears themselves. */
export function hears(listener: BridgePart, speaker: BridgePart): boolean {
  if (listener === speaker || listener.held || speaker.held || speaker.muted) return false;
  const { role } = speaker;
  if (role.kind === 'participant') return true;
  switch (role.mode) {
    case 'listen':
      return false;
    case 'whisper':
      return listener.legId === role.agentLegId;
    case 'barge':
      return true;
    default:
      return assertNever(role.mode);
  }
}
