import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FloorQueue, SkillLevel } from '../../../accounts/index.ts';
import type { Matcher } from '../matcher-port.ts';
import { createMatcher } from './index.ts';
import { createNaiveMatcher } from './naive.ts';

const MINUTE = 60_000;

const queue = (settings: Partial<FloorQueue> = {}): FloorQueue => ({
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
  afterServiceLimitMs: null,
  serviceLevelThresholdMs: 20_000,
  shortAbandonMs: 5_000,
  announceEveryMs: 0,
  music: 'cord',
  recorded: true,
  language: 'es',
  ...settings,
});

const ventas = { waitingId: 'wai_1', queueId: 'ventas', enqueuedAt: 0, priority: 50, required: [], excluded: [] };

describe.each([
  ['indexed', createMatcher],
  ['naive', createNaiveMatcher],
])('%s matcher', (_, create) => {
  test('[S0.5] a free agent of the queue gets the customer; nobody else does', () => {
    const matcher = create();
    matcher.setQueue('ventas', queue());
    matcher.setAgent('carla', { skills: [], queues: [{ queueId: 'ventas', priority: 1 }] });
    matcher.setAgent('diego', { skills: [], queues: [{ queueId: 'soporte', priority: 1 }] });
    matcher.agentFree('diego', 0);
    matcher.add(ventas);
    expect(matcher.matchForCustomer('wai_1', 0)).toBeUndefined();
    matcher.agentFree('carla', 5);
    expect(matcher.matchForCustomer('wai_1', 5)).toBe('carla');
    expect(matcher.matchForAgent('carla', 5)).toBe('wai_1');
    expect(matcher.matchForAgent('diego', 5)).toBeUndefined();
    matcher.agentBusy('carla');
    expect(matcher.matchForCustomer('wai_1', 6)).toBeUndefined();
    expect(matcher.matchForAgent('carla', 6)).toBeUndefined();
  });

  test.each([
    ['longest-idle', 'experta'],
    ['most-qualified', 'experta'],
    ['least-qualified', 'nueva'],
  ] as const)('[design 3] selection %s takes %s', (selection, expected) => {
    const matcher = create();
    matcher.setQueue('ventas', queue({ selection, requiredSkills: [{ skillId: 'es', level: 1 }], preferredSkills: [{ skillId: 'en', level: 1 }] }));
    const inVentas = [{ queueId: 'ventas', priority: 1 }];
    matcher.setAgent('experta', { skills: [{ skillId: 'es', level: 5 }, { skillId: 'en', level: 4 }], queues: inVentas });
    matcher.setAgent('nueva', { skills: [{ skillId: 'es', level: 1 }, { skillId: 'unrelated', level: 5 }], queues: inVentas });
    matcher.agentFree('experta', 10);
    matcher.agentFree('nueva', 20);
    matcher.add({ ...ventas, required: [{ skillId: 'es', level: 1 }] });
    expect(matcher.matchForCustomer('wai_1', 30)).toBe(expected);
  });

  test('[design 3] an agent with the queue as priority 1 goes before one who has it second, and serves it first', () => {
    const matcher = create();
    matcher.setQueue('ventas', queue());
    matcher.setQueue('soporte', queue());
    matcher.setAgent('ana', { skills: [], queues: [{ queueId: 'ventas', priority: 2 }, { queueId: 'soporte', priority: 1 }] });
    matcher.setAgent('beto', { skills: [], queues: [{ queueId: 'ventas', priority: 1 }] });
    matcher.agentFree('ana', 0);
    matcher.agentFree('beto', 100);
    matcher.add({ ...ventas, priority: 100 });
    expect(matcher.matchForCustomer('wai_1', 100)).toBe('beto');
    matcher.add({ ...ventas, waitingId: 'wai_2', queueId: 'soporte', enqueuedAt: 90, priority: 1 });
    expect(matcher.matchForAgent('ana', 100)).toBe('wai_2');
  });

  test('[design 3] a customer who asks for less is reached when the requirement relaxes', () => {
    const matcher = create();
    matcher.setQueue('ventas', queue());
    matcher.setAgent('carla', { skills: [{ skillId: 'en', level: 2 }], queues: [{ queueId: 'ventas', priority: 1 }] });
    matcher.agentFree('carla', 0);
    matcher.add({ ...ventas, required: [{ skillId: 'en', level: 4 }] });
    expect(matcher.matchForCustomer('wai_1', 0)).toBeUndefined();
    matcher.updateRequired('wai_1', [{ skillId: 'en', level: 2 }]);
    expect(matcher.matchForCustomer('wai_1', 0)).toBe('carla');
    expect(matcher.matchForAgent('carla', 0)).toBe('wai_1');
  });

  test('[design 3] a low priority overtakes a high one once it has aged enough, and not before', () => {
    const matcher = create();
    matcher.setQueue('slow', queue({ ageingPerMinute: 1 }));
    matcher.setQueue('fast', queue({ ageingPerMinute: 11 }));
    matcher.setAgent('carla', { skills: [], queues: [{ queueId: 'slow', priority: 1 }, { queueId: 'fast', priority: 1 }] });
    matcher.agentFree('carla', 0);
    matcher.add({ ...ventas, waitingId: 'high', queueId: 'slow', priority: 60 });
    matcher.add({ ...ventas, waitingId: 'low', queueId: 'fast', priority: 50 });
    expect(matcher.matchForAgent('carla', MINUTE - 1)).toBe('high');
    // Level after exactly one minute: the same age, so the smaller id.
    expect(matcher.matchForAgent('carla', MINUTE)).toBe('high');
    expect(matcher.matchForAgent('carla', MINUTE + 1)).toBe('low');
  });

  test('[S2.26] an agent who let an offer pass is not offered the same customer, but the next one', () => {
    const matcher = create();
    matcher.setQueue('ventas', queue());
    matcher.setAgent('carla', { skills: [], queues: [{ queueId: 'ventas', priority: 1 }] });
    matcher.agentFree('carla', 0);
    matcher.add({ ...ventas, excluded: ['carla'] });
    matcher.add({ ...ventas, waitingId: 'wai_2', enqueuedAt: 5 });
    expect(matcher.matchForCustomer('wai_1', 9)).toBeUndefined();
    expect(matcher.matchForAgent('carla', 9)).toBe('wai_2');
    expect([matcher.position('wai_1'), matcher.position('wai_2')]).toEqual([1, 2]);
  });

  test('every offer says why: rank, a count per reason, and at most ten runners-up', () => {
    const matcher = create();
    matcher.setQueue('ventas', queue({ selection: 'most-qualified', requiredSkills: [{ skillId: 'es', level: 3 }] }));
    const agent = (id: string, level: number) => matcher.setAgent(id, { skills: [{ skillId: 'es', level }], queues: [{ queueId: 'ventas', priority: 1 }] });
    for (let i = 10; i < 25; i++) {
      agent(`a${i}`, 3);
      matcher.agentFree(`a${i}`, i);
    }
    agent('best', 5);
    matcher.agentFree('best', 90);
    agent('busy', 5);
    agent('beginner', 2);
    matcher.agentFree('beginner', 1);
    matcher.add({ ...ventas, required: [{ skillId: 'es', level: 3 }], excluded: ['a10'] });
    expect(matcher.explain('wai_1', 'best', 100)).toEqual({
      selection: 'most-qualified',
      rank: { skillLevel: 5, idleMs: 10, queuePriority: 1 },
      passedOver: { 'not-free': 1, 'missing-skills': 1, excluded: 1, 'ranked-lower': 14 },
      runnersUp: Array.from({ length: 10 }, (_, i) => ({ agentId: `a${i + 11}`, skillLevel: 3, idleMs: 89 - i, queuePriority: 1 })),
    });
  });
});

type Step = { readonly says: string; readonly run: (matcher: Matcher) => unknown };

const AGENTS = 9;
const QUEUES = 4;
const CUSTOMERS = 14;
const pick = (prefix: string, count: number) => fc.integer({ min: 0, max: count - 1 }).map((i) => `${prefix}${i}`);
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const agentId = pick('agent', AGENTS);
const queueId = pick('queue', QUEUES);
const waitingId = pick('wai', CUSTOMERS);
const level = fc.integer({ min: 1, max: 5 });
const skillId = pick('skill', 3);
const skills = fc.uniqueArray(fc.record({ skillId, level }), { selector: (skill) => skill.skillId, maxLength: 3 });
// Seldom asked for, so that most customers can be served by many.
const required: fc.Arbitrary<SkillLevel[]> = fc.oneof({ weight: 3, arbitrary: fc.constant<SkillLevel[]>([]) }, { weight: 2, arbitrary: fc.uniqueArray(fc.record({ skillId, level: fc.integer({ min: 1, max: 3 }) }), { selector: (skill) => skill.skillId, maxLength: 2 }) });
// Few instants and priorities, so that ties happen; half minutes apart, so that ageing crosses.
const instant = fc.integer({ min: 0, max: 12 }).map((i) => i * (MINUTE / 2));
const settings = fc
  .record({
    selection: fc.constantFrom('longest-idle' as const, 'most-qualified' as const, 'least-qualified' as const),
    requiredSkills: required,
    preferredSkills: skills,
    relaxing: required.map((relaxed) => [{ afterMs: 1_000, required: relaxed }]),
    ageingPerMinute: fc.constantFrom(0, 0.1, 1, 7, 100),
  })
  .map(queue);
const profile = fc.record({
  skills,
  queues: fc.uniqueArray(fc.record({ queueId, priority: fc.constantFrom(1, 1, 2) }), { selector: (member) => member.queueId, minLength: 1, maxLength: QUEUES }),
});
const customer = fc.record({ waitingId, queueId, enqueuedAt: instant, priority: fc.integer({ min: 1, max: 6 }), required, excluded: fc.uniqueArray(agentId, { maxLength: 2 }) });

const say = (what: string, value: unknown) => `${what} ${JSON.stringify(value)}`;
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(agentId, fc.option(profile, { freq: 6 })).map(([id, value]) => ({ says: say(`agent ${id}`, value), run: (m: Matcher) => m.setAgent(id, value) })) },
  { weight: 1, arbitrary: fc.tuple(queueId, fc.option(settings, { freq: 6 })).map(([id, value]) => ({ says: say(`queue ${id}`, value), run: (m: Matcher) => m.setQueue(id, value) })) },
  { weight: 4, arbitrary: fc.tuple(agentId, instant).map(([id, since]) => ({ says: `free ${id} ${since}`, run: (m: Matcher) => m.agentFree(id, since) })) },
  { weight: 2, arbitrary: agentId.map((id) => ({ says: `busy ${id}`, run: (m: Matcher) => m.agentBusy(id) })) },
  { weight: 6, arbitrary: customer.map((entry) => ({ says: say('add', entry), run: (m: Matcher) => m.add(entry) })) },
  { weight: 2, arbitrary: fc.tuple(waitingId, required).map(([id, relaxed]) => ({ says: say(`relax ${id}`, relaxed), run: (m: Matcher) => m.updateRequired(id, relaxed) })) },
  { weight: 1, arbitrary: waitingId.map((id) => ({ says: `remove ${id}`, run: (m: Matcher) => m.remove(id) })) },
  {
    weight: 4,
    arbitrary: fc.tuple(agentId, instant).map(([id, now]) => ({
      says: `serve ${id} at ${now}`,
      run: (m: Matcher) => {
        const served = m.matchForAgent(id, now);
        const why = served && m.explain(served, id, now);
        if (served !== undefined) offer(m, served, id);
        return { served, why };
      },
    })),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(waitingId, instant).map(([id, now]) => ({
      says: `place ${id} at ${now}`,
      run: (m: Matcher) => {
        const found = m.matchForCustomer(id, now);
        const why = found && m.explain(id, found, now);
        if (found !== undefined) offer(m, id, found);
        return { found, why };
      },
    })),
  },
);

function offer(matcher: Matcher, waiting: string, agent: string): void {
  matcher.agentBusy(agent);
  matcher.remove(waiting);
}

/** A center that works, before anything happens to it: without this most random histories match nobody with nobody. */
const opening: fc.Arbitrary<Step[]> = fc
  .tuple(fc.array(settings, { minLength: QUEUES, maxLength: QUEUES }), fc.array(profile, { minLength: AGENTS, maxLength: AGENTS }), fc.array(customer, { maxLength: CUSTOMERS }))
  .map(([queues, agents, customers]) => [
    ...queues.map((value, i): Step => ({ says: say(`queue queue${i}`, value), run: (m) => m.setQueue(`queue${i}`, value) })),
    ...agents.map((value, i): Step => ({ says: say(`agent agent${i}`, value), run: (m) => m.setAgent(`agent${i}`, value) })),
    ...customers.map((entry): Step => ({ says: say('add', entry), run: (m) => m.add(entry) })),
    ...agents.map((_, i): Step => ({ says: `free agent${i}`, run: (m) => m.agentFree(`agent${i}`, (i % 3) * MINUTE) })),
  ]);

const everyAnswer = (matcher: Matcher): unknown => ({
  agents: names('agent', AGENTS).map((agent) => [0, 90_000, 600_000].map((now) => matcher.matchForAgent(agent, now))),
  customers: names('wai', CUSTOMERS).map((waiting) => matcher.matchForCustomer(waiting, 600_000)),
  positions: names('wai', CUSTOMERS).map((waiting) => matcher.position(waiting)),
  explanations: names('wai', CUSTOMERS).map((waiting) => names('agent', AGENTS).map((agent) => matcher.explain(waiting, agent, 600_000))),
});

test('[design 3] the index decides what the plain scan decides, step by step, over any history', () => {
  fc.assert(
    fc.property(opening, fc.array(step, { maxLength: 60 }), (start, steps) => {
      const indexed = createMatcher();
      const naive = createNaiveMatcher();
      for (const { says, run } of [...start, ...steps]) {
        expect(run(indexed), says).toEqual(run(naive));
      }
      expect(everyAnswer(indexed)).toEqual(everyAnswer(naive));
    }),
    { numRuns: 400 },
  );
});
