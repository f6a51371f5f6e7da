import { expect, test } from 'vitest';
import type { LiveTableName, RowName, World } from '@centralita/server/wiring/account-program/index.ts';
import { RULES } from '@centralita/server/wiring/account-program/index.ts';
import { Chance } from '../chance/chance.ts';
import { readScenario } from '../scenario/read-scenario.ts';
import { Center } from '../world/center.ts';
import { Ledger } from './ledger.ts';
import { LiveInvariants } from './live-invariants.ts';

/** What a bug in the product would do to the live state: `pick` finds rows that it can be done to. */
interface Mutation {
  readonly rule: string;
  readonly table: LiveTableName;
  readonly which: (world: World, row: never) => boolean;
  readonly change: (world: World, row: never) => void;
}

const gone = <Name extends LiveTableName>(rule: string, table: Name, which: Mutation['which'] = () => true): Mutation => ({ rule, table, which, change: (world, row) => world[table].put(keyOf(table, row), undefined) });
const KEYS: { readonly [Name in LiveTableName]?: string } = { conversations: 'conversationId', waiting: 'waitingId', calls: 'callId', legs: 'legId', agents: 'agentId', offers: 'offerId', afterServices: 'afterServiceId', recordings: 'recordingId', flowRuns: 'flowRunId' };
const keyOf = (table: LiveTableName, row: unknown): string => (row as Record<string, string>)[KEYS[table]!]!;
const inState = (state: string) => (_world: World, row: never) => (row as { state: string }).state === state;

const MUTATIONS: readonly Mutation[] = [
  gone('oneOwnerPerConversation', 'waiting'),
  gone('oneOwnerPerConversation', 'flowRuns'),
  gone('oneOwnerPerConversation', 'conversations', inState('waiting')),
  gone('oneConversationPerCall', 'conversations'),
  gone('callsHaveLiveLegs', 'legs', (world, row) => (row as { role: { kind: string }; callId: string }).role.kind === 'customer' && world.calls.has((row as { callId: string }).callId)),
  gone('legsHaveCalls', 'calls', inState('talking')),
  gone('agentsHoldWhatTheyDo', 'afterServices'),
  gone('agentsHoldWhatTheyDo', 'offers'),
  gone('oneCallPerAgent', 'agents', (_world, row) => (row as { contact?: { kind: string } }).contact?.kind === 'talking'),
  gone('offersAndWaitingAgree', 'offers'),
  gone('offersAndWaitingAgree', 'waiting', inState('offered')),
  gone('afterServicesHaveAgents', 'agents', (_world, row) => (row as { pause?: { kind: string } }).pause?.kind === 'after-service'),
  gone('recordingsHaveCalls', 'calls', (_world, row) => (row as { recordingId?: string | null }).recordingId != null),
  {
    // Somebody becomes free without being given to whoever waits: the bug that every call center has had once.
    rule: 'queuesDrain',
    table: 'agents',
    which: (world, row) => {
      const agent = row as { state: string; agentId: string; pause?: { kind: string }; contact?: { kind: string }; devicesOnline?: readonly string[] };
      const served = new Set(world.agentSettings.get(agent.agentId)?.queues.map(({ queueId }) => queueId));
      const waits = [...world.waiting.values()].some((one) => one.state === 'in-line' && served.has(one.queueId) && one.required.length === 0);
      return agent.state === 'signed-in' && agent.pause?.kind === 'after-service' && agent.devicesOnline!.length > 0 && waits;
    },
    change: (world, row) => {
      const agent = row as object & { agentId: string };
      world.agents.put(agent.agentId, { ...agent, contact: { kind: 'free' }, pause: { kind: 'none' } } as never);
    },
  },
];

const OF_NO_ROW = new Set(['statesHaveTimers']);

/** A busy office, some hours into its day. */
async function busyCenter(seed: number): Promise<Center> {
  const read = readScenario({ agents: 12, queues: [{ name: 'Ventas', share: 2, recorded: true }, { name: 'Soporte', share: 1, maximumWaitSeconds: 900 }], customers: { patience: { kind: 'exponential', mean: 900 } }, agentHabits: { forget: 0 } }, { seed });
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  const center = new Center({ scenario: read.scenario });
  await center.open();
  return center;
}

test('every rule has a mutation that breaks it', () => {
  expect([...new Set(MUTATIONS.map(({ rule }) => rule))].sort()).toEqual([...new Set(RULES.map(({ name }) => name))].filter((name) => !OF_NO_ROW.has(name)).sort());
});

test.each(MUTATIONS.map((mutation, at) => [mutation.rule, mutation.table, mutation, at] as const))('[design 3] %s is broken by a bug in %s, and both checkers say so', async (rule, table, mutation, at) => {
  const center = await busyCenter(100 + at);
  const chance = new Chance(100 + at, 'mutation');
  let rows: unknown[] = [];
  const from = center.days[0]!.from + 10 * 3_600_000 + chance.whole(3_600_000);
  while (center.time.now() < from) await center.step(from);
  // On to the first moment in which there is something to break.
  while (rows.length === 0 && (await center.step(center.until))) rows = [...center.world![table].values()].filter((row) => mutation.which(center.world!, row as never));
  expect(rows.length).toBeGreaterThan(0);
  const world = center.world!;
  expect(center.scan()).toEqual([]);
  const live = new LiveInvariants(world);
  expect(live.broken()).toEqual([]);
  mutation.change(world, chance.pick(rows) as never);
  const told = (broken: readonly string[]): boolean => broken.some((one) => one.startsWith(`${rule}:`));
  expect(told(live.broken())).toBe(true);
  expect(told(center.scan())).toBe(true);
  center.close();
});

test('[design 3] a state whose timer was lost is found by both', async () => {
  const center = await busyCenter(7);
  const from = center.days[0]!.from + 10 * 3_600_000;
  while (center.world!.offers.size === 0 || center.time.now() < from) await center.step(center.until);
  const world = center.world!;
  const { offerId } = [...world.offers.values()][0]!;
  const without = (id: string): boolean => id !== `ring:${offerId}` && center.control!.floor!.hasTimer(id);
  const live = new LiveInvariants(world);
  const row: RowName = ['offers', offerId];
  expect(live.broken(without)).toEqual([`statesHaveTimers: ${row[1]} waits for ring:${offerId}, which is not set`]);
  center.close();
});

const at = 1_000;
test.each<[string, readonly { type: string }[], RegExp]>([
  ['an offer that ends twice', [{ type: 'offer-made', offerId: 'off_1' }, { type: 'offer-expired', offerId: 'off_1', ringMs: 1 }, { type: 'offer-accepted', offerId: 'off_1', ringMs: 1 }] as never, /off_1 ends \(offer-accepted\)/],
  ['a conversation with two outcomes', [{ type: 'conversation-started', conversationId: 'cnv_1' }, { type: 'conversation-ended', conversationId: 'cnv_1' }, { type: 'conversation-ended', conversationId: 'cnv_1' }] as never, /cnv_1 ends/],
  ['after-service without an answer', [{ type: 'after-service-started', segmentId: 'seg_1', afterServiceId: 'aft_1' }] as never, /aft_1 follows no answer/],
  ['a negative wait', [{ type: 'queued', waitingId: 'wai_1', at }, { type: 'waiting-ended', waitingId: 'wai_1', waitMs: -1, ending: 'answered' }] as never, /wai_1 lasts -1 ms/],
  ['somebody who signs out and was not in', [{ type: 'agent-signed-out', agentId: 'carla', at }] as never, /carla signs out and is not in/],
  ['somebody who is queued twice', [{ type: 'queued', waitingId: 'wai_1', at }, { type: 'queued', waitingId: 'wai_1', at }] as never, /wai_1 is queued twice/],
])('[design 3] the ledger finds %s', (_what, events, line) => {
  const ledger = new Ledger();
  ledger.take(events);
  expect(ledger.broken.join('\n')).toMatch(line);
});
