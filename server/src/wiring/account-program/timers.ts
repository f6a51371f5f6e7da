import type { Instant, OfferId, QueueId, WaitingId } from '@centralita/kernel';
import type { Offer } from '../../capabilities/routing/index.ts';
import type { FloorEvent, FloorEventOf } from './events.ts';
import type { Turn } from './turn.ts';

/** One name per deadline, made of the id of what it belongs to: setting it again moves it, and nobody else touches it. */
export const timerId = {
  ring: (offerId: string) => `ring:${offerId}`,
  maximumWait: (waitingId: string) => `maximum-wait:${waitingId}`,
  relaxing: (waitingId: string) => `relaxing:${waitingId}`,
  announcement: (waitingId: string) => `announcement:${waitingId}`,
  menu: (flowRunId: string) => `menu:${flowRunId}`,
  closing: (flowRunId: string) => `closing:${flowRunId}`,
  return: (callId: string) => `return:${callId}`,
  afterService: (afterServiceId: string) => `after-service:${afterServiceId}`,
  device: (deviceId: string) => `device:${deviceId}`,
} as const;

/** Closing words that the switch never reports as said end here. */
const CLOSING_LIMIT_MS = 60_000;

/** Of the order to ring: what the network takes, and a little. */
const RINGS_WITHIN_MS = 1_000;

/** Sets and cancels timers for an event, reading the state it finds. A timer that fires anyway finds nothing and is refused. */
export function wakeFor(turn: Turn, event: FloorEvent): void {
  switch (event.type) {
    case 'offer-made':
      return ringUntil(turn, event.offerId, event.expiresAt);
    case 'leg-rang':
      return rang(turn, event);
    case 'offer-accepted':
    case 'offer-declined':
    case 'offer-expired':
    case 'offer-withdrawn':
      return turn.cancelWake(timerId.ring(event.offerId));
    case 'queued':
      return queued(turn, event);
    case 'waiting-relaxed':
      return nextRelaxing(turn, event.waitingId, event.queueId, event.step + 1);
    case 'waiting-back':
      return waitingBack(turn, event.waitingId);
    case 'waiting-ended':
      return waitingEnded(turn, event.waitingId);
    case 'flow-menu-listening':
      return turn.wake(timerId.menu(event.flowRunId), event.deadline, { type: 'menu-time-over', flowRunId: event.flowRunId, stepId: event.stepId, attempt: event.attempt });
    case 'flow-menu-chosen':
    case 'flow-menu-missed':
      return stopListening(turn, event.flowRunId);
    case 'flow-closing-started':
      return turn.wake(timerId.closing(event.flowRunId), event.at + CLOSING_LIMIT_MS, { type: 'closing-time-over', flowRunId: event.flowRunId });
    case 'flow-run-ended':
      if (turn.world.flowRuns.get(event.flowRunId)?.state === 'closing') turn.cancelWake(timerId.closing(event.flowRunId));
      return stopListening(turn, event.flowRunId);
    case 'call-agent-lost':
      return turn.wake(timerId.return(event.callId), event.until, { type: 'return-time-over', callId: event.callId, until: event.until });
    case 'call-agent-returned':
    case 'call-leg-replaced':
    case 'call-released':
    case 'call-ended':
      if (turn.world.calls.get(event.callId)?.state === 'reconnecting') turn.cancelWake(timerId.return(event.callId));
      return;
    case 'after-service-started':
      if (event.endsAt !== null) turn.wake(timerId.afterService(event.afterServiceId), event.endsAt, { type: 'after-service-limit-over', afterServiceId: event.afterServiceId });
      return;
    case 'after-service-ended':
      if (typeof turn.world.afterServices.get(event.afterServiceId)?.endsAt === 'number') turn.cancelWake(timerId.afterService(event.afterServiceId));
      return;
    case 'device-failed':
      return turn.wake(timerId.device(event.deviceId), event.until, { type: 'device-trusted-again', deviceId: event.deviceId });
    case 'device-came-online':
    case 'device-went-offline':
      if (turn.world.devices.get(event.deviceId)?.state === 'failing') turn.cancelWake(timerId.device(event.deviceId));
      return;
  }
}

export function ringUntil(turn: Turn, offerId: OfferId, until: Instant): void {
  turn.wake(timerId.ring(offerId), until, { type: 'ring-time-over', offerId, until });
}

/** A phone that rings late (control was away when it had decided so) has its whole time. */
function rang(turn: Turn, { legId, at }: FloorEventOf<'leg-rang'>): void {
  const role = turn.world.legs.get(legId)?.role;
  const offer = role?.kind === 'offer' ? turn.world.offers.get(role.offerId) : undefined;
  if (offer && at - offer.offeredAt > RINGS_WITHIN_MS) ringUntil(turn, offer.offerId, at + ringMsOf(offer));
}

export const ringMsOf = ({ offeredAt, expiresAt }: Pick<Offer, 'offeredAt' | 'expiresAt'>): number => expiresAt - offeredAt;

function queued(turn: Turn, event: FloorEventOf<'queued'>): void {
  const { waitingId, queueId } = event;
  if (event.overflowAt !== null) turn.wake(timerId.maximumWait(waitingId), event.overflowAt, { type: 'maximum-wait-over', waitingId });
  nextRelaxing(turn, waitingId, queueId, 0, event.at);
  announceLater(turn, waitingId, queueId, event.at);
}

export function announceLater(turn: Turn, waitingId: WaitingId, queueId: QueueId, from: number): void {
  const everyMs = turn.world.queues.get(queueId)?.announceEveryMs ?? 0;
  if (everyMs > 0) turn.wake(timerId.announcement(waitingId), from + everyMs, { type: 'announcement-due', waitingId });
}

function nextRelaxing(turn: Turn, waitingId: WaitingId, queueId: QueueId, step: number, queuedAt = turn.world.waiting.get(waitingId)?.queuedAt): void {
  const next = turn.world.queues.get(queueId)?.relaxing[step];
  if (next && queuedAt !== undefined) turn.wake(timerId.relaxing(waitingId), queuedAt + next.afterMs, { type: 'relaxing-due', waitingId, step });
}

/** A maximum wait that ran out while an agent was ringing is looked at again; the clock may since have been put back. */
function waitingBack(turn: Turn, waitingId: WaitingId): void {
  const overflowAt = turn.world.waiting.get(waitingId)?.overflowAt;
  if (typeof overflowAt === 'number') turn.wake(timerId.maximumWait(waitingId), Math.max(overflowAt, turn.at), { type: 'maximum-wait-over', waitingId });
}

function waitingEnded(turn: Turn, waitingId: WaitingId): void {
  const one = turn.world.waiting.get(waitingId);
  const queue = one && turn.world.queues.get(one.queueId);
  if (typeof one?.overflowAt === 'number') turn.cancelWake(timerId.maximumWait(waitingId));
  // Without its queue's settings it is not known which were set; cancelling what is not there is harmless.
  if (!queue || queue.relaxing.length > 0) turn.cancelWake(timerId.relaxing(waitingId));
  if (!queue || queue.announceEveryMs > 0) turn.cancelWake(timerId.announcement(waitingId));
}

function stopListening(turn: Turn, flowRunId: string): void {
  const run = turn.world.flowRuns.get(flowRunId);
  if (run?.state === 'asking' && run.deadline !== null) turn.cancelWake(timerId.menu(flowRunId));
}
