import type { FloorEvent } from '../events.ts';
import type { Turn } from '../turn.ts';
import { orderForCall } from './call-orders.ts';
import { orderForPlay } from './play-orders.ts';

/** What an event asks of the switch, read from the event and the state it finds (before it becomes state). */
export function orderFor(turn: Turn, event: FloorEvent): void {
  orderForPlay(turn, event);
  orderForCall(turn, event);
}
