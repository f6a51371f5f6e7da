import { announce } from '../steps/announce.ts';
import { type Reaction, when } from './reaction.ts';

/** What a caller who has just come into a queue hears: their place, unless somebody is already being rung for them. */
export const WAITING_REACTIONS: readonly Reaction[] = [
  when('queued', (turn, { waitingId, queueId }) => {
    const one = turn.world.waiting.get(waitingId);
    if (!one) return;
    const announces = one.state === 'in-line' && (turn.world.queues.get(queueId)?.announceEveryMs ?? 0) > 0;
    if (!announces || announce(turn, waitingId) !== undefined) turn.waiting(waitingId, { type: 'start-music' });
  }),
];
