import type { FloorEvent, FloorEventOf, FloorEventType } from '../events.ts';
import type { Turn } from '../turn.ts';

/** Something that another machine does because of an event. It cannot refuse; what it tells a machine may cross and come to nothing. */
export interface Reaction {
  readonly to: readonly FloorEventType[];
  readonly react: (turn: Turn, event: FloorEvent) => void;
}

export function when<const Type extends FloorEventType>(to: Type | readonly Type[], react: (turn: Turn, event: FloorEventOf<Type>) => void): Reaction {
  return { to: typeof to === 'string' ? [to] : to, react: react as Reaction['react'] };
}
