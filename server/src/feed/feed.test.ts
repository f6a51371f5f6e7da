import { boardAgent, boardQueue, boardStatus, boardTotals, type FeedTopic, meAfterService, meAgent, meCall, meOffer } from '@centralita/contract';
import type { Role } from '@centralita/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { createTodayFigures } from '../capabilities/reports/index.ts';
import { createFeed } from '../wiring/create-feed.ts';
import type { Stores } from '../wiring/create-stores.ts';
import { MENU, START, TestFloor } from '../wiring/account-program/testing/test-floor.ts';
import type { FeedHub } from './hub.ts';
import { TestReader } from './testing/reader.ts';
import type { FloorEventSeen } from './topic.ts';

const ACCOUNT = 'acc_ferreteria';
const STAFF = ['carla', 'cora', 'diego'];
const SCHEMAS: Readonly<Record<string, z.ZodType>> = { agent: meAgent, offer: meOffer, call: meCall, 'after-service': meAfterService, totals: boardTotals, 'board-queue': boardQueue, 'board-agent': boardAgent, 'board-status': boardStatus };

let floor: TestFloor;
let hub: FeedHub;
let anotherHub: () => FeedHub;
let tell: () => void;
let reach: { userIds: string[]; queueIds: string[] };

beforeEach(() => {
  floor = new TestFloor({}, MENU);
  for (const name of STAFF) floor.hire(name);
  const figures = createTodayFigures({ timeZone: 'America/Lima', now: START });
  reach = { userIds: ['carla', 'diego'], queueIds: ['que_ventas'] };
  const stores = {
    names: {
      of: () => ({
        language: 'es' as const,
        simulated: false,
        users: new Map(STAFF.map((name) => [name, { name, extension: null }])),
        queues: new Map([['que_ventas', { name: 'Ventas', serviceLevelTarget: 0.8 }]]),
        statuses: new Map([['sta_available', { name: 'Disponible', names: { es: 'Disponible', en: 'Available' }, icon: 'available', takesQueueWork: true }]]),
      }),
      refresh: async () => undefined,
    },
    callers: { caller: () => ({ known: null, earlierCalls: 0 }) },
    read: async <Value>(_account: string, work: (sql: never) => Promise<Value>) => work(undefined as never),
    people: {
      reachableUsers: async (_sql: never, { scope }: { scope: string }) => (scope === 'account' ? STAFF : reach.userIds),
      reachableQueues: async (_sql: never, { scope }: { scope: string }) => (scope === 'account' ? ['que_ventas'] : reach.queueIds),
    },
  } as unknown as Stores;
  let listener: (account: string, events?: readonly FloorEventSeen[]) => void = () => undefined;
  let told = floor.events.length;
  let seq = 0;
  const port = {
    submit: () => Promise.reject(new Error('nobody asks here')),
    world: () => floor.world,
    takeConfiguration: async () => undefined,
    onCommitted: (to: typeof listener) => {
      listener = to;
      return () => undefined;
    },
  };
  hub = createFeed({ floor: port, now: () => floor.now, feedTickMs: 0, today: () => figures, liveDemoAccount: () => ACCOUNT }, stores).hub;
  const listens = listener;
  anotherHub = () => {
    const other = createFeed({ floor: port, now: () => floor.now, feedTickMs: 0, today: () => figures, liveDemoAccount: () => ACCOUNT }, stores).hub;
    listener = listens;
    return other;
  };
  tell = () => {
    const events = floor.events.slice(told);
    told = floor.events.length;
    figures.take({ account: ACCOUNT, seq: ++seq, at: floor.now, events });
    listener(ACCOUNT, events);
  };
  return () => hub.close();
});

const reader = (userId: string, role: Role = 'agent'): TestReader => {
  const opened = new TestReader({ account: ACCOUNT, userId, role, sessionId: `ses_${userId}` });
  hub.enter(opened);
  return opened;
};
const tick = () => new Promise((done) => setTimeout(done, 2));

/** What a feed that has never seen anything makes of the floor as it is. */
async function fresh(like: TestReader, topic: FeedTopic): Promise<Record<string, unknown>> {
  const other = anotherHub();
  const newcomer = new TestReader(like.reader);
  other.enter(newcomer);
  await other.subscribe(newcomer, topic);
  other.close();
  return newcomer.state(topic);
}

/** Shares of time move without events, and go out with the next news. */
function settled(state: Record<string, unknown>): Record<string, unknown> {
  const { totals, ...rest } = state;
  return totals ? { ...rest, totals: { ...totals, occupancy: null } } : rest;
}

function expectFits(topic: FeedTopic, state: Record<string, unknown>): void {
  for (const [key, entity] of Object.entries(state)) {
    const kind = key.split(':')[0]!;
    const schema = SCHEMAS[topic === 'me' || kind === 'totals' ? kind : `board-${kind}`];
    expect(schema?.safeParse(entity).error, `${topic} ${key}`).toBeUndefined();
  }
}

/** What customers, agents and time may do, each by a number so that a seed decides. */
const DEEDS: readonly ((step: number) => void)[] = [
  (step) => floor.arrives(`ana${step}`),
  (step) => comesToTheQueue(`beto${step}`),
  () => STAFF.forEach((name) => floor.answers(`dev_${name}`)),
  () => floor.switch.legs.forEach((leg) => leg.play && floor.act(() => floor.switch.finishPlay(leg.legId))),
  () => floor.switch.legs.forEach((leg) => leg.deviceId === null && floor.act(() => floor.switch.press(leg.legId, '1'))),
  () => STAFF.forEach((name) => floor.answers(`dev_${name}`)),
  () => floor.advance(3_000),
  () => floor.advance(21_000),
  () => STAFF.forEach((agentId) => floor.submit({ type: 'hold-call', agentId, callId: callOf(agentId) })),
  () => STAFF.forEach((agentId) => floor.submit({ type: 'resume-call', agentId, callId: callOf(agentId) })),
  () => STAFF.forEach((agentId) => floor.submit({ type: 'pause-recording', agentId, callId: callOf(agentId) })),
  () => STAFF.forEach((agentId) => floor.submit({ type: 'return-from-not-answering', agentId })),
  () => floor.submit({ type: 'choose-status', agentId: 'carla', statusId: 'sta_lunch' }),
  () => floor.submit({ type: 'choose-status', agentId: 'carla', statusId: 'sta_available' }),
  () => [...floor.switch.legs.keys()].slice(0, 1).forEach((legId) => floor.hangsUp(legId)),
  () => floor.fact({ type: 'device-offline', deviceId: 'dev_cora', reason: 'connection-lost' }),
  () => floor.online('dev_cora'),
  () => STAFF.forEach((agentId) => floor.submit({ type: 'hang-up', agentId, callId: callOf(agentId) })),
];
const callOf = (agentId: string): string => {
  const agent = floor.world.agents.get(agentId);
  return agent?.state === 'signed-in' && 'callId' in agent.contact ? agent.contact.callId : 'none';
};
const randomFrom = (seed: number) => () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;

describe('snapshot + changes = fresh snapshot', () => {
  it.each([1, 7, 42, 1_234, 99_991])('whatever happens on the floor (seed %i)', async (seed) => {
    const chance = randomFrom(seed);
    const followers: readonly (readonly [TestReader, FeedTopic])[] = [
      [reader('carla'), 'me'],
      [reader('cora'), 'me'],
      [reader('diego', 'supervisor'), 'board'],
      [reader('elena', 'manager'), 'board'],
      [reader('elena', 'manager'), 'demo-board'],
    ];
    for (const [follower, topic] of followers) await hub.subscribe(follower, topic);
    for (let step = 0; step < 120; step++) {
      DEEDS[Math.floor(chance() * DEEDS.length)]!(step);
      tell();
      if (chance() < 0.4) await tick();
      if (step % 10 !== 9) continue;
      await tick();
      for (const [follower, topic] of followers) {
        const now = await fresh(follower, topic);
        expect(settled(follower.state(topic)), `${topic} of ${follower.reader.userId}, step ${step}`).toEqual(settled(now));
        expectFits(topic, now);
      }
    }
    expect(followers.map(([{ gaps }]) => gaps)).toEqual([0, 0, 0, 0, 0]);
    expect(floor.all('offer-accepted').length).toBeGreaterThan(0);
  });
});

function rings(): void {
  floor.world.personal.put('per_ana', '+51999111222');
  comesToTheQueue('ana');
}

/** Somebody calls from the public page, and waits for an agent. */
function visits(): void {
  floor.act(() => floor.switch.offer('leg_guest', { kind: 'guest', deviceId: 'dev_guest' }, '', '5491140000000'));
  floor.act(() => floor.switch.finishPlay('leg_guest'));
  floor.act(() => floor.switch.press('leg_guest', '1'));
}

/** A caller to the queue, past greeting and menu. */
function comesToTheQueue(name: string): void {
  const leg = floor.arrives(name);
  floor.act(() => floor.switch.finishPlay(leg));
  floor.act(() => floor.switch.press(leg, '1'));
}

describe('topic me', () => {
  it('[S2.25] shows a ringing offer at once, with what is known about the caller', async () => {
    const carla = reader('carla');
    await hub.subscribe(carla, 'me');
    rings();
    tell();
    expect(carla.last).toMatchObject({ type: 'change', changed: { offer: { queueName: 'Ventas', caller: { number: '+51999111222' }, menuPath: ['Ventas'] }, agent: { activity: 'offered' } } });
  });

  it('[S2.27] goes from offer to call to after-service', async () => {
    const carla = reader('carla');
    await hub.subscribe(carla, 'me');
    rings();
    floor.advance(2_000);
    floor.answers('dev_carla');
    tell();
    await tick();
    const [callKey] = Object.keys(carla.state('me')).filter((key) => key.startsWith('call:'));
    expect(carla.state('me')[callKey!]).toMatchObject({ state: 'talking', recording: 'on', queueName: 'Ventas', allowedActions: ['hold', 'send-digits', 'hang-up', 'pause-recording'] });
    expect(carla.state('me')).not.toHaveProperty('offer');
    floor.advance(5_000);
    floor.hangsUp(floor.legOf('dev_carla'));
    tell();
    await tick();
    expect(carla.state('me')).not.toHaveProperty(callKey!);
    expect(carla.state('me')['after-service']).toMatchObject({ queueName: 'Ventas', caller: { number: '+51999111222' }, startedAt: floor.now, endsAt: floor.now + 60_000 });
  });

  it('[S0.5] says of a visitor of the call page that they are one, from the ring to the after-service, and on the board', async () => {
    const carla = reader('carla');
    const elena = reader('elena', 'manager');
    await hub.subscribe(carla, 'me');
    await hub.subscribe(elena, 'board');
    const visitor = { kind: 'web', number: '', name: null };
    visits();
    tell();
    await tick();
    expect(carla.state('me')['offer']).toMatchObject({ caller: visitor });
    expect(elena.state('board')['agent:carla']).toMatchObject({ with: visitor });
    floor.answers('dev_carla');
    tell();
    await tick();
    const [callKey] = Object.keys(carla.state('me')).filter((key) => key.startsWith('call:'));
    expect(carla.state('me')[callKey!]).toMatchObject({ other: visitor });
    floor.hangsUp('leg_guest');
    tell();
    await tick();
    expect(carla.state('me')['after-service']).toMatchObject({ caller: visitor });
    expectFits('me', carla.state('me'));
  });

  it('is nobody else’s: a colleague’s offer stays unseen', async () => {
    const cora = reader('cora');
    await hub.subscribe(cora, 'me');
    const sent = cora.messages.length;
    rings();
    tell();
    await tick();
    expect(cora.messages).toHaveLength(sent);
  });
});

describe('topic board', () => {
  it('[S0.13] is refused to agents', async () => {
    const carla = reader('carla');
    await hub.subscribe(carla, 'board');
    expect(carla.last).toEqual({ type: 'refused', topic: 'board', code: 'forbidden' });
  });

  it('[S0.19, S0.20] shows a supervisor the own people and queues, a manager everybody', async () => {
    const diego = reader('diego', 'supervisor');
    const elena = reader('elena', 'manager');
    await hub.subscribe(diego, 'board');
    await hub.subscribe(elena, 'board');
    expect(Object.keys(diego.state('board')).sort()).toEqual(['agent:carla', 'agent:diego', 'queue:que_ventas', 'status:sta_available', 'totals']);
    expect(Object.keys(elena.state('board')).sort()).toEqual(['agent:carla', 'agent:cora', 'agent:diego', 'queue:que_ventas', 'status:sta_available', 'totals']);
  });

  it('[S4.12, S4.13] counts agents by state and callers who wait', async () => {
    const elena = reader('elena', 'manager');
    await hub.subscribe(elena, 'board');
    for (const agentId of STAFF) floor.submit({ type: 'choose-status', agentId, statusId: 'sta_lunch' });
    rings();
    const since = floor.now;
    floor.advance(9_000);
    tell();
    await tick();
    expect(elena.state('board')).toMatchObject({
      totals: { waiting: 1, longestWaitSince: since, offeredToday: 1, answeredToday: 0, agentsByActivity: { idle: 3, talking: 0 } },
      'queue:que_ventas': { waiting: 1, agentsFree: 0, agentsSignedIn: 3 },
    });
  });

  it('is computed and encoded once for readers of equal reach', async () => {
    const readers = ['diego', 'dora', 'delia'].map((name) => reader(name, 'supervisor'));
    for (const one of readers) await hub.subscribe(one, 'board');
    expect(hub.channelCount).toBe(1);
    for (const one of readers) hub.exit(one);
    expect(hub.channelCount).toBe(0);
  });

  it('moves a reader whose reach changed, with a fresh snapshot', async () => {
    const diego = reader('diego', 'supervisor');
    await hub.subscribe(diego, 'board');
    reach = { userIds: ['cora'], queueIds: [] };
    await hub.reachChanged(ACCOUNT);
    expect(diego.last).toMatchObject({ type: 'snapshot' });
    expect(Object.keys(diego.state('board')).sort()).toEqual(['agent:cora', 'status:sta_available', 'totals']);
  });
});

describe('[fault row 29] while memory is short', () => {
  it('boards end and are refused, an agent’s own feed goes on, and who asks afterwards gets a fresh board', async () => {
    const [diego, carla, elena] = [reader('diego', 'supervisor'), reader('carla'), reader('elena', 'manager')];
    await hub.subscribe(diego, 'board');
    await hub.subscribe(carla, 'me');
    hub.showDashboards(false);
    expect(diego.last).toEqual({ type: 'refused', topic: 'board', code: 'overloaded' });
    expect(hub.channelCount, 'nothing is kept for boards').toBe(1);
    await hub.subscribe(elena, 'board');
    expect(elena.last).toEqual({ type: 'refused', topic: 'board', code: 'overloaded' });
    const sent = { carla: carla.messages.length, diego: diego.messages.length };
    floor.submit({ type: 'choose-status', agentId: 'carla', statusId: 'sta_lunch' });
    tell();
    await tick();
    expect([carla.messages.length, diego.messages.length]).toEqual([sent.carla + 1, sent.diego]);
    hub.showDashboards(true);
    await hub.subscribe(diego, 'board');
    expect(diego.last).toMatchObject({ type: 'snapshot' });
    expect(settled(diego.state('board'))).toEqual(settled(await fresh(diego, 'board')));
  });
});

describe('changes of a tick', () => {
  it('go out together', async () => {
    const elena = reader('elena', 'manager');
    await hub.subscribe(elena, 'board');
    const sent = elena.messages.length;
    for (let i = 0; i < 5; i++) {
      floor.submit({ type: 'choose-status', agentId: 'carla', statusId: i % 2 ? 'sta_available' : 'sta_lunch' });
      tell();
    }
    await tick();
    expect(elena.messages).toHaveLength(sent + 1);
  });
});
