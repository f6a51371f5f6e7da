import type { LegCause } from '@centralita/kernel';

/**
 *   incoming   offered ─────────────────► answered ⇄ held
 *                 │                           │        │
 *   outgoing   placing ─► ringing ─► answered ┘        │
 *                 │          │                         ▼
 *                 └──────────┴────────────────────► ended
 *
 * What the leg's far end and we have done, nothing more. A step that comes too late (a ring after the answer, anything after
 * the end) changes nothing and makes no fact: on a network, crossing is normal.
 */
export type LegState =
  | { readonly name: 'offered' }
  | { readonly name: 'placing' }
  | { readonly name: 'ringing'; readonly earlyMedia: boolean }
  | { readonly name: 'answered' }
  /** The far end put us on hold; our own hold is none of the leg's affair (`holding.ts`). */
  | { readonly name: 'held' }
  | LegEnding;

export interface LegEnding {
  readonly name: 'ended';
  readonly by: 'far-end' | 'center' | 'network';
  readonly cause: LegCause;
  readonly sipStatus?: number;
}

export type LegStep =
  | { readonly type: 'far-ringing'; readonly earlyMedia: boolean }
  | { readonly type: 'answered' }
  | { readonly type: 'far-held' }
  | { readonly type: 'far-resumed' }
  | { readonly type: 'ended'; readonly by: LegEnding['by']; readonly cause: LegCause; readonly sipStatus?: number };

/** @returns the next state, or undefined when the step is too late to matter */
export function advance(state: LegState, step: LegStep): LegState | undefined {
  if (state.name === 'ended') return undefined;
  if (step.type === 'ended') return { name: 'ended', by: step.by, cause: step.cause, sipStatus: step.sipStatus };
  switch (state.name) {
    case 'offered':
      return step.type === 'answered' ? { name: 'answered' } : undefined;
    case 'placing':
      if (step.type === 'far-ringing') return { name: 'ringing', earlyMedia: step.earlyMedia };
      return step.type === 'answered' ? { name: 'answered' } : undefined;
    case 'ringing':
      // A 183 with SDP after a 180 is news: the placed side is heard from now on.
      if (step.type === 'far-ringing' && step.earlyMedia && !state.earlyMedia) return { name: 'ringing', earlyMedia: true };
      return step.type === 'answered' ? { name: 'answered' } : undefined;
    case 'answered':
      return step.type === 'far-held' ? { name: 'held' } : undefined;
    case 'held':
      return step.type === 'far-resumed' ? { name: 'answered' } : undefined;
  }
}

export const isLive = (state: LegState): boolean => state.name !== 'ended';
export const isUp = (state: LegState): boolean => state.name === 'answered' || state.name === 'held';
