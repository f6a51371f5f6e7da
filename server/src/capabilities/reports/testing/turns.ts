import type { AccountId, Instant } from '@centralita/kernel';
import type { FloorQueue } from '../../accounts/index.ts';
import type { ReportedEvent, ReportedTurn } from '../domain/floor-events.ts';

/** 2026-11-20 10:00 in Lima. */
export const TEN: Instant = Date.UTC(2026, 10, 20, 15);

type OmitAt<Event> = Event extends { readonly at: Instant } ? Omit<Event, 'at'> : Event;

export const floorQueue = (more: Partial<FloorQueue> = {}): FloorQueue => ({
  selection: 'longest-idle',
  requiredSkills: [],
  preferredSkills: [],
  relaxing: [],
  priority: 50,
  ageingPerMinute: 1,
  ringTimeoutMs: 20_000,
  maximumWaitMs: null,
  maximumSize: null,
  overflow: { kind: 'message', prompt: 'closing' },
  afterServiceLimitMs: 60_000,
  serviceLevelThresholdMs: 20_000,
  shortAbandonMs: 5_000,
  announceEveryMs: 0,
  music: 'cord',
  recorded: true,
  language: 'es',
  ...more,
});

/** Hand-written turns, for what needs no machine behind it: one event after another, each at its second. */
export class TurnScript {
  readonly turns: ReportedTurn[] = [];
  readonly account: AccountId;
  now: Instant;

  constructor(account: AccountId, startsAt: Instant = TEN) {
    this.account = account;
    this.now = startsAt;
  }

  /** One turn of these events, `seconds` after the one before. */
  after(seconds: number, ...events: readonly OmitAt<ReportedEvent>[]): this {
    this.now += seconds * 1_000;
    const at = this.now;
    this.turns.push({ account: this.account, seq: this.turns.length + 1, at, events: events.map((event) => ({ at, ...event })) });
    return this;
  }

  opening(): this {
    const change = (position: number, rest: object) => ({ type: 'configuration-taken', change: { position, ...rest } }) as OmitAt<ReportedEvent>;
    return this.after(
      0,
      change(1, { entity: 'queue', id: 'que_ventas', value: floorQueue() }),
      change(2, { entity: 'status', id: 'sta_ready', value: { takesQueueWork: true } }),
      change(3, { entity: 'status', id: 'sta_lunch', value: { takesQueueWork: false } }),
    );
  }

  signIn(agentId: string): this {
    return this.after(0, { type: 'agent-signed-in', agentId, statusId: 'sta_ready', devicesOnline: [] });
  }

  becomes(agentId: string, activity: 'idle' | 'offered' | 'talking' | 'after-service'): OmitAt<ReportedEvent> {
    const contact = { kind: 'free' } as const;
    return { type: 'activity-changed', agentId, before: 'idle', beforeSince: this.now, activity, contact, pause: { kind: 'none' }, freeSince: this.now };
  }

  /** A caller comes through the menu into a queue. */
  enters(n: number, queueId = 'que_ventas'): this {
    const of = conversationIds(n);
    return this.after(
      1,
      { type: 'conversation-started', ...of, direction: 'inbound', customer: { number: `per_number_${n}`, name: null }, numberId: 'num_1', dialled: null, owner: { kind: 'flow', flowRunId: 'frn_1' }, colleagueId: null },
    )
      .after(2, { type: 'flow-menu-chosen', ...of, flowRunId: 'frn_1', stepId: 'menu', digit: 'per_digit', label: 'Ventas', next: 'queue' }, { type: 'conversation-menu-chosen', ...of, label: 'Ventas' })
      .after(0, { type: 'conversation-queued', ...of, waitingId: `wai_${n}`, segmentId: `seg_${n}`, queueId, reason: 'flow' }, { type: 'queued', ...of, ...waitingFacts(n, queueId), legId: `leg_${n}`, segmentId: `seg_${n}`, reason: 'flow', enqueuedAt: this.now + 2_000, priority: 50, required: [], language: 'es', music: 'cord', visited: [], overflowAt: null, shortAbandonMs: 5_000 });
  }

  offered(n: number, agentId: string, queueId = 'que_ventas', offerId = `off_${n}`): this {
    const of = conversationIds(n);
    return this.after(
      4,
      {
        type: 'offer-made',
        ...of,
        ...offerFacts(n, agentId, queueId),
        offerId,
        bridgeId: 'brg_1',
        placementId: 'plc_1',
        legs: [],
        queuedAt: this.now,
        waitedMs: 4_000,
        expiresAt: this.now + 24_000,
        selection: 'longest-idle',
        rank: { skillLevel: 3, idleMs: 60_000, queuePriority: 1 },
        passedOver: { 'not-free': 2 },
        runnersUp: [{ agentId: 'usr_beto', skillLevel: 2, idleMs: 10_000, queuePriority: 1 }],
      },
      this.becomes(agentId, 'offered'),
    );
  }

  answers(n: number, agentId: string, queueId = 'que_ventas'): this {
    const of = conversationIds(n);
    return this.after(
      3,
      { type: 'offer-accepted', ...of, ...offerFacts(n, agentId, queueId), legId: 'leg_a', deviceId: 'dev_1', ringMs: 3_000 },
      { type: 'waiting-ended', ...of, ...waitingFacts(n, queueId), segmentId: `seg_${n}`, queuedAt: this.now - 7_000, waitMs: 7_000, ending: 'answered', agentId, offerId: `off_${n}` },
      { type: 'conversation-answered', ...of, agentId, offerId: `off_${n}`, segmentId: `seg_${n}`, queueId, waitMs: 7_000 },
      { type: 'recording-begun', recordingId: `rec_${n}`, ...of, bridgeId: 'brg_1', customerLegId: `leg_${n}`, agentId, queueId },
      this.becomes(agentId, 'talking'),
    );
  }

  /** Talks for a minute, ten seconds of it on hold, then after-service of fifteen seconds. */
  talksAndLeaves(n: number, agentId: string, queueId = 'que_ventas'): this {
    const of = conversationIds(n);
    const afterService = { afterServiceId: `aft_${n}`, agentId, conversationId: of.conversationId, segmentId: `seg_${n}`, queueId };
    return this.after(20, { type: 'call-held', ...of, agentId, heldLegId: `leg_${n}` })
      .after(10, { type: 'call-resumed', ...of, agentId, heldLegId: `leg_${n}`, heldMs: 10_000 })
      .after(5, { type: 'leg-quality-measured', ...of, legId: 'leg_a', agentId, quality: { mos: 4.256, lossRatio: 0, jitterMs: 1, roundTripMs: 5 } })
      .after(
        25,
        { type: 'call-ended', ...of, direction: 'inbound', by: 'customer', cause: 'hung-up', agentId, otherAgentId: null, queueId, answeredAt: this.now - 35_000, heldMs: 10_000, recordingId: `rec_${n}`, endedIn: 'talking' },
        { type: 'conversation-agent-left', ...of, agentId, segmentId: `seg_${n}`, queueId, answeredAt: this.now - 35_000, talkMs: 60_000, reason: 'ended' },
        { type: 'conversation-ended', ...of, direction: 'inbound', ending: 'answered', by: 'customer', queueId, segmentId: `seg_${n}`, agentId, startedAt: this.now },
        { type: 'after-service-started', ...afterService, customer: { number: `per_number_${n}`, name: null }, endsAt: null },
        this.becomes(agentId, 'after-service'),
        { type: 'recording-stopped', recordingId: `rec_${n}`, ...of },
      )
      .after(1, { type: 'recording-completed', recordingId: `rec_${n}`, ...of, file: `incoming/rec_${n}`, durationMs: 60_000, bytes: 960_000 })
      .after(14, { type: 'after-service-ended', ...afterService, reason: 'finished', startedAt: this.now, durationMs: 15_000 }, this.becomes(agentId, 'idle'));
  }

  leavesUnanswered(n: number, afterSeconds: number, ending: 'abandoned' | 'short-abandon', queueId = 'que_ventas'): this {
    const of = conversationIds(n);
    const segmentId = `seg_${n}`;
    return this.after(
      afterSeconds,
      { type: 'waiting-ended', ...of, ...waitingFacts(n, queueId), segmentId, queuedAt: this.now, waitMs: afterSeconds * 1_000, ending, agentId: null, offerId: null },
      { type: 'call-ended', ...of, direction: 'inbound', by: 'customer', cause: 'hung-up', agentId: null, otherAgentId: null, queueId: null, answeredAt: null, heldMs: 0, recordingId: null, endedIn: 'open' },
      { type: 'conversation-ended', ...of, direction: 'inbound', ending, by: 'customer', queueId, segmentId, agentId: null, startedAt: this.now },
    );
  }
}

const conversationIds = (n: number) => ({ conversationId: `cnv_${n}`, callId: `cal_${n}` });
const waitingFacts = (n: number, queueId: string) => ({ waitingId: `wai_${n}`, queueId });
const offerFacts = (n: number, agentId: string, queueId: string) => ({ offerId: `off_${n}`, waitingId: `wai_${n}`, segmentId: `seg_${n}`, queueId, agentId });

/** What the floor does over an hour: answered, abandoned at once and later, and a sign-out. */
export function ordinaryHour(account: AccountId): TurnScript {
  return new TurnScript(account)
    .opening()
    .signIn('usr_carla')
    .enters(1)
    .offered(1, 'usr_carla')
    .answers(1, 'usr_carla')
    .enters(2)
    .leavesUnanswered(2, 30, 'abandoned')
    .talksAndLeaves(1, 'usr_carla')
    .enters(3)
    .leavesUnanswered(3, 2, 'short-abandon')
    .after(5, { type: 'status-chosen', agentId: 'usr_carla', statusId: 'sta_lunch', before: 'sta_ready', beforeSince: TEN, by: 'agent' })
    .after(100, { type: 'agent-signed-out', agentId: 'usr_carla', reason: 'asked', activity: 'idle', activitySince: TEN, statusId: 'sta_lunch', statusSince: TEN, contact: { kind: 'free' }, pause: { kind: 'none' } });
}
