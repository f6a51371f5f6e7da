import { assertNever } from '@centralita/kernel';
import type { Offer } from '../../../capabilities/routing/index.ts';
import type { TimerInput } from '../input.ts';
import { flowOf } from '../look-up.ts';
import { announce } from '../steps/announce.ts';
import { overflow } from '../steps/enter-queue.ts';
import { announceLater, ringMsOf, ringUntil } from '../timers.ts';
import type { Told, Turn } from '../turn.ts';

/** A deadline has come. What it was set for may be over: then it is refused, and nothing happens. */
export function takeTimer(turn: Turn, input: TimerInput): Told {
  const { world } = turn;
  switch (input.type) {
    case 'ring-time-over':
      return ringTimeOver(turn, input);
    case 'maximum-wait-over':
      return overflow(turn, input.waitingId, 'maximum-wait');
    case 'relaxing-due': {
      const one = world.waiting.get(input.waitingId);
      const step = one && world.queues.get(one.queueId)?.relaxing[input.step];
      return step ? turn.waiting(input.waitingId, { type: 'relax', step: input.step, required: step.required }) : 'not-waiting';
    }
    case 'announcement-due': {
      const one = world.waiting.get(input.waitingId);
      if (!one) return 'not-waiting';
      announce(turn, input.waitingId);
      announceLater(turn, input.waitingId, one.queueId, turn.at);
      return undefined;
    }
    case 'menu-time-over': {
      const flow = flowOf(world, input.flowRunId);
      return flow ? turn.flowRun(input.flowRunId, { type: 'time-over', stepId: input.stepId, attempt: input.attempt, flow }) : 'no-such-run';
    }
    case 'closing-time-over':
      return turn.flowRun(input.flowRunId, { type: 'closing-time-over' });
    case 'return-time-over':
      return turn.call(input.callId, { type: 'give-up', agentId: null, until: input.until });
    case 'after-service-limit-over':
      return turn.afterService(input.afterServiceId, { type: 'limit-over' });
    case 'device-trusted-again':
      return turn.device(input.deviceId, { type: 'trust' });
    default:
      return assertNever(input);
  }
}

/** Later than this a wake-up means that control was away. */
const AWAY_MS = 2_000;
/** What a phone has to begin to ring when the order came late; from then on it has its whole ring time. */
const TO_RING_MS = 2_000;
/** A wake-up within this was there when it was due, and so was control before it. */
const ON_TIME_MS = 200;

/**
 * A ring time that ended while control was away says nothing about the agent and is given once more; one that ended before the
 * phone rang leaves it a moment to begin. The switch's own limit tells of one that rang in vain.
 */
function ringTimeOver(turn: Turn, { offerId, until }: Extract<TimerInput, { type: 'ring-time-over' }>): Told {
  const offer = turn.world.offers.get(offerId);
  if (!offer) return turn.offer(offerId, { type: 'expire' });
  const due = until ?? offer.expiresAt;
  const lateMs = turn.at - due;
  const hadItsMoment = due > offer.expiresAt && lateMs <= ON_TIME_MS;
  if (lateMs > AWAY_MS) ringUntil(turn, offerId, turn.at + ringMsOf(offer));
  else if (!hadItsMoment && !hasRung(turn, offer)) ringUntil(turn, offerId, turn.at + TO_RING_MS);
  else return turn.offer(offerId, { type: 'expire' });
  return undefined;
}

const hasRung = ({ world }: Turn, { legs }: Offer): boolean => legs.some(({ legId }) => world.legs.get(legId)?.state !== 'placed');
