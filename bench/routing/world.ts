import { mulberry32 } from '@centralita/kernel';
import type { FloorQueue } from '@centralita/server/capabilities/accounts/index.ts';
import type { Matcher } from '@centralita/server/capabilities/routing/domain/matcher-port.ts';

/** The shape of the center that is measured, the same at every size: kinds of people and of calls do not grow with the staff. */
export const SKILLS = 20;
export const PROFILES = 60;
export const QUEUES = 40;
/** Even queues have more agents than calls, odd ones more calls than agents, so that both lists are long at once. */
export const isCrowded = (queue: number): boolean => queue % 2 === 1;

const between = (chance: () => number, low: number, high: number): number => low + Math.floor(chance() * (high - low + 1));
const queueId = (queue: number): string => `que_${String(queue).padStart(4, '0')}`;

export interface Arrival {
  readonly queue: number;
  readonly priority: number;
}

export interface World {
  readonly agentsByQueue: readonly (readonly string[])[];
  readonly queues: readonly FloorQueue[];
  setUp(matcher: Matcher): void;
}

/** `agents` agents and as many waiting customers; each agent serves two or three queues of one kind (crowded or calm). */
export function createCenter(agents: number, seed: number): World {
  const chance = mulberry32(seed);
  const skill = (i: number): string => `skl_${String(i).padStart(2, '0')}`;
  const queues = Array.from({ length: QUEUES }, (_, i): FloorQueue => queueSettings(i, skill, chance));
  const profiles = Array.from({ length: PROFILES }, () =>
    Array.from(new Set(Array.from({ length: 6 }, () => between(chance, 0, SKILLS - 1)))).map((i) => ({ skillId: skill(i), level: between(chance, 1, 5) })),
  );
  const people = Array.from({ length: agents }, (_, i) => {
    const home = i % QUEUES;
    const others = Array.from({ length: between(chance, 1, 2) }, () => (home + 2 * between(chance, 1, QUEUES / 2 - 1)) % QUEUES);
    // Everybody has their home queue's skill; the other queues' skills they have or have not, by their profile.
    const own = queues[home]!.requiredSkills.map(({ skillId }) => ({ skillId, level: between(chance, 3, 5) }));
    const profile = profiles[between(chance, 0, PROFILES - 1)]!.filter(({ skillId }) => own.every((mine) => mine.skillId !== skillId));
    return {
      id: `usr_${String(i).padStart(6, '0')}`,
      home,
      skills: [...own, ...profile],
      queues: [{ queueId: queueId(home), priority: 1 }, ...[...new Set(others)].filter((other) => other !== home).map((other) => ({ queueId: queueId(other), priority: 2 }))],
    };
  });
  const agentsByQueue: string[][] = Array.from({ length: QUEUES }, () => []);
  for (const person of people) agentsByQueue[person.home]!.push(person.id);
  return {
    agentsByQueue,
    queues,
    setUp(matcher) {
      queues.forEach((settings, i) => matcher.setQueue(queueId(i), settings));
      for (const person of people) matcher.setAgent(person.id, { skills: person.skills, queues: person.queues });
      people.forEach((person, i) => {
        if (!isCrowded(person.home)) matcher.agentFree(person.id, i);
      });
    },
  };
}

function queueSettings(i: number, skill: (i: number) => string, chance: () => number): FloorQueue {
  const selections = ['longest-idle', 'most-qualified', 'least-qualified'] as const;
  return {
    selection: selections[i % 3]!,
    requiredSkills: [{ skillId: skill(i % SKILLS), level: between(chance, 1, 3) }],
    preferredSkills: [{ skillId: skill((i + 7) % SKILLS), level: 1 }],
    relaxing: [],
    priority: 50,
    ageingPerMinute: 1 + (i % 3),
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
  };
}

export function addCustomer(matcher: Matcher, center: World, arrival: Arrival, number: number, now: number): string {
  const waitingId = `wai_${String(number).padStart(8, '0')}`;
  const { requiredSkills } = center.queues[arrival.queue]!;
  matcher.add({ waitingId, queueId: queueId(arrival.queue), enqueuedAt: now, priority: arrival.priority, required: requiredSkills, excluded: [] });
  return waitingId;
}

/** Three classes of customer. */
export const PRIORITIES = [40, 50, 60] as const;
