import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TestFloor } from './testing/test-floor.ts';

const AGENTS = ['carla', 'diego'] as const;
const DEVICES = ['dev_carla', 'dev_carla_2', 'dev_diego'] as const;
const CUSTOMERS = ['ana', 'beto', 'caro', 'dino'] as const;

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('arrive' as const), who: fc.constantFrom(...CUSTOMERS) }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('deliver' as const), which: fc.nat(9) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('deliver-all' as const) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('talk' as const), device: fc.constantFrom(...DEVICES) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('replace' as const), which: fc.nat(9) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('answer' as const), device: fc.constantFrom(...DEVICES) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('hang-up' as const), which: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lose-leg' as const), which: fc.nat(9), cause: fc.constantFrom('media-lost' as const, 'unreachable' as const, 'declined' as const, 'busy' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('stall' as const), which: fc.nat(9), back: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(100, 1_000, 6_000, 20_000, 31_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hold-key' as const), which: fc.nat(9), held: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('status' as const), agent: fc.constantFrom(...AGENTS), to: fc.constantFrom('sta_available', 'sta_lunch') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('device' as const), device: fc.constantFrom(...DEVICES), online: fc.constantFrom(true, true, false) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sign' as const), agent: fc.constantFrom(...AGENTS), out: fc.constantFrom('asked' as const, 'session-ended' as const, 'in' as const, 'in' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('dial' as const), device: fc.constantFrom(...DEVICES), number: fc.constantFrom('101', '102', '5491100001111') }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('ask' as const), agent: fc.constantFrom(...AGENTS), what: fc.constantFrom('hold-call' as const, 'resume-call' as const, 'hang-up' as const, 'decline' as const, 'return' as const, 'finish' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('snapshot' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('queue' as const), maximumSize: fc.constantFrom(1, null), recorded: fc.boolean() }) },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

function newFloor(): TestFloor {
  const floor = new TestFloor({ maximumWaitMs: 60_000, afterServiceLimitMs: 15_000, relaxing: [{ afterMs: 10_000, required: [] }], requiredSkills: [{ skillId: 'skl_tools', level: 3 }] });
  floor.configure({ entity: 'trunk', id: 'trk_out', value: { name: 'Salida', profile: { servers: [], addressRanges: [], dialledFrom: 'request-uri', callerFrom: 'from', numberFormat: { kind: 'e164' }, channelLimit: 30, keepAliveSeconds: 0, outbound: true } } });
  floor.hire('carla', { extension: '101', skills: [{ skillId: 'skl_tools', level: 3 }] }, ['dev_carla', 'dev_carla_2']);
  floor.hire('diego', { extension: '102' });
  floor.delivering = false;
  return floor;
}

const pick = <One>(from: Iterable<One>, which: number): One | undefined => {
  const all = [...from];
  return all.length === 0 ? undefined : all[which % all.length];
};

let drawn = 0;
function run(floor: TestFloor, one: Step): void {
  switch (one.kind) {
    case 'arrive':
      return void floor.arrives(`${one.who}_${++drawn}`);
    case 'deliver':
      return floor.deliverFrom(pick(floor.switch.lines.keys(), one.which) ?? '');
    case 'deliver-all':
      floor.deliver();
      return checkEars(floor);
    case 'talk':
      floor.deliver();
      if (one.device === 'dev_diego') ask(floor, 'diego', 'return');
      else ask(floor, 'carla', 'return');
      floor.deliver();
      floor.act(() => floor.switch.pickUp(floor.ringing(one.device)));
      return floor.deliver();
    case 'replace': {
      const leg = pick([...floor.switch.legs.values()].filter(({ state, deviceId }) => state === 'answered' && deviceId !== null), one.which);
      return leg && floor.act(() => floor.switch.offerReplacement(`leg_fresh_${++drawn}`, leg.legId));
    }
    case 'answer':
      return floor.act(() => floor.switch.pickUp(floor.ringing(one.device)));
    case 'hang-up': {
      const leg = pick([...floor.switch.legs.values()].filter(({ state }) => state !== 'ringing'), one.which);
      return leg && floor.hangsUp(leg.legId);
    }
    case 'lose-leg': {
      const leg = pick([...floor.switch.legs.values()].filter(({ deviceId }) => deviceId !== null), one.which);
      return leg && floor.switch.end(leg.legId, leg.state === 'ringing' ? 'far-end' : 'network', one.cause);
    }
    case 'stall': {
      const leg = pick([...floor.switch.legs.values()].filter(({ state }) => state === 'answered'), one.which);
      return leg && floor.switch.fact(leg.legId, { type: one.back ? 'media-resumed' : 'media-stalled', legId: leg.legId });
    }
    case 'hold-key': {
      const leg = pick([...floor.switch.legs.values()].filter(({ state }) => state === 'answered'), one.which);
      return leg && floor.switch.fact(leg.legId, { type: one.held ? 'leg-held' : 'leg-resumed', legId: leg.legId, by: 'far-end' });
    }
    case 'pass':
      return floor.advance(one.ms);
    case 'status':
      return void floor.submit({ type: 'choose-status', agentId: one.agent, statusId: one.to });
    case 'device':
      return void floor.fact(one.online ? { type: 'device-online', deviceId: one.device } : { type: 'device-offline', deviceId: one.device, reason: 'connection-lost' });
    case 'sign':
      return sign(floor, one.agent, one.out);
    case 'dial':
      return floor.act(() => floor.switch.offer(`leg_dial_${++drawn}`, { kind: 'device', deviceId: one.device }, '', one.number));
    case 'ask':
      return ask(floor, one.agent, one.what);
    case 'snapshot':
      return snapshot(floor);
    case 'queue':
      return floor.configure({ entity: 'queue', id: 'que_ventas', value: { ...floor.world.queues.get('que_ventas')!, maximumSize: one.maximumSize, recorded: one.recorded } });
  }
}

function sign(floor: TestFloor, agentId: string, out: 'asked' | 'session-ended' | 'in'): void {
  if (out !== 'in') return void floor.submit({ type: 'sign-out', agentId, reason: out });
  for (const deviceId of DEVICES) if (deviceId.startsWith(`dev_${agentId}`)) floor.submit({ type: 'sign-in', agentId, deviceId });
}

function ask(floor: TestFloor, agentId: string, what: 'hold-call' | 'resume-call' | 'hang-up' | 'decline' | 'return' | 'finish'): void {
  const agent = floor.world.agents.get(agentId);
  if (agent?.state !== 'signed-in') return;
  const { contact, pause } = agent;
  if (what === 'return') floor.submit({ type: 'return-from-not-answering', agentId });
  else if (what === 'finish') floor.submit({ type: 'finish-after-service', agentId, afterServiceId: pause.kind === 'after-service' ? pause.afterServiceId : 'aft_none' });
  else if (what === 'decline') floor.submit({ type: 'decline-offer', agentId, offerId: contact.kind === 'offered' && contact.by.kind === 'queue' ? contact.by.offerId : 'off_none' });
  else floor.submit({ type: what, agentId, callId: contact.kind === 'free' ? 'cal_none' : contact.callId });
}

/** The buffer of events is lost: what the switch holds now is all there is to know. */
function snapshot(floor: TestFloor): void {
  const ended = [...floor.switch.ended].map(([legId, cause]) => ({ legId, account: 'acc_ferreteria', at: floor.now, by: 'far-end' as const, cause }));
  floor.switch.lines.clear();
  floor.submit({
    type: 'switch-snapshot',
    snapshot: {
      seq: 0,
      at: floor.now,
      legs: [...floor.switch.legs.values()].map(({ legId, state, deviceId }) => ({
        legId,
        account: 'acc_ferreteria',
        state,
        ...(state === 'offered' ? { origin: deviceId === null ? ({ kind: 'loopback' } as const) : ({ kind: 'device', deviceId } as const) } : {}),
        caller: { number: '' },
        dialled: '5491140000000',
        since: floor.now,
      })),
      endedLegs: ended,
      recordings: [...floor.switch.recordings].map(([recordingId, state]) => ({ recordingId, account: 'acc_ferreteria', state: state === 'stopped' ? ('finished' as const) : state, file: 'incoming/x', durationMs: 1, bytes: 1 })),
      devices: [...floor.world.devices.keys()].map((deviceId) => ({ deviceId, account: 'acc_ferreteria' })),
      trunks: [],
    },
  });
}

/** With every fact taken in: who talks hears the other, who is held or waits hears music or words, never silence. */
function checkEars(floor: TestFloor): void {
  for (const call of floor.world.calls.values()) {
    if (call.state === 'talking') {
      expect(floor.switch.hears(call.other.legId)).toContain(call.agentLegId);
      expect(floor.switch.hears(call.agentLegId)).toContain(call.other.legId);
    } else if (call.state === 'holding') {
      expect(floor.switch.legs.get(call.heldLegId)?.heldWithMusic).toBe(true);
      expect(floor.switch.hears(call.agentLegId)).toEqual([]);
    } else if (call.state === 'reconnecting') expect(floor.playing(call.other.legId)).toContain('music:cord');
  }
  for (const one of floor.world.waiting.values()) {
    expect(floor.playing(one.legId)).not.toBe('');
    expect(floor.switch.legs.get(one.legId)?.heldWithMusic).toBe(false);
  }
}

/** What must hold over the whole history, and not only between two turns. */
function checkHistory(floor: TestFloor): void {
  const ended = (types: readonly string[], id: (event: Record<string, unknown>) => unknown) => {
    const counts = new Map<unknown, number>();
    for (const event of floor.events) if (types.includes(event.type)) counts.set(id(event as never), (counts.get(id(event as never)) ?? 0) + 1);
    return counts;
  };
  const offerEndings = ended(['offer-accepted', 'offer-declined', 'offer-expired', 'offer-withdrawn'], (event) => event['offerId']);
  for (const { offerId } of floor.all('offer-made')) expect(offerEndings.get(offerId)).toBe(1);
  const waitingEndings = ended(['waiting-ended'], (event) => event['waitingId']);
  for (const { waitingId } of floor.all('queued')) expect(waitingEndings.get(waitingId)).toBe(1);
  const conversationEndings = ended(['conversation-ended'], (event) => event['conversationId']);
  for (const { conversationId } of floor.all('conversation-started')) expect(conversationEndings.get(conversationId)).toBe(1);
  const started = ended(['after-service-started'], (event) => event['segmentId']);
  const over = ended(['after-service-ended'], (event) => event['segmentId']);
  for (const { segmentId, queueId } of floor.all('conversation-answered')) {
    if (queueId === null) continue;
    expect(started.get(segmentId)).toBe(1);
    expect(over.get(segmentId)).toBe(1);
  }
}

/** The sum of activity times equals the time signed in. */
function checkActivityTimes(floor: TestFloor): void {
  for (const agentId of AGENTS) {
    let since: number | undefined;
    let signedIn = 0;
    let inActivities = 0;
    let signedInAt = 0;
    for (const event of floor.events) {
      if (!('agentId' in event) || event.agentId !== agentId) continue;
      if (event.type === 'agent-signed-in') since = signedInAt = event.at;
      else if (event.type === 'activity-changed' && event.before !== event.activity) {
        expect(event.beforeSince).toBe(since);
        inActivities += event.at - since!;
        since = event.at;
      } else if (event.type === 'agent-signed-out') {
        expect(event.activitySince).toBe(since);
        inActivities += event.at - since!;
        signedIn += event.at - signedInAt;
        since = undefined;
      }
    }
    expect(inActivities).toBe(signedIn);
  }
}

/** Everybody hangs up, everything falls due: nothing may be left over. */
function closeShop(floor: TestFloor): void {
  floor.delivering = true;
  floor.deliver();
  for (const legId of [...floor.switch.legs.keys()]) floor.hangsUp(legId);
  floor.advance(300_000);
  for (const legId of [...floor.switch.legs.keys()]) floor.hangsUp(legId);
  for (const agentId of AGENTS) floor.submit({ type: 'sign-out', agentId, reason: 'session-ended' });
  for (const table of ['legs', 'calls', 'conversations', 'flowRuns', 'waiting', 'offers', 'afterServices', 'recordings'] as const) {
    expect([...floor.world[table].entries()], table).toEqual([]);
  }
  expect([...floor.timers.keys()].filter((id) => !id.startsWith('device:'))).toEqual([]);
}

test('[design 3] whatever crosses: one owner, one call, one ending, one after-service per segment, and the events alone rebuild the world', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 150, size: 'max' }), (steps) => {
      const floor = newFloor();
      for (const one of steps) run(floor, one);
      expect(floor.rows(floor.replayed())).toEqual(floor.rows());
      closeShop(floor);
      checkHistory(floor);
      checkActivityTimes(floor);
    }),
    { numRuns: Number(process.env['INTERLEAVINGS'] ?? 60) },
  );
}, 600_000);
