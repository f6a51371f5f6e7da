import { type AccountId, type DeviceId, type QueueId, SECOND_MS, type StatusId, type TrunkId, type UserId } from '@centralita/kernel';
import type { ConfigurationChange, FloorFlowStep, FloorQueue } from '@centralita/server/capabilities/accounts/index.ts';
import type { Chance } from '../chance/chance.ts';
import type { QueueScenario, Scenario } from '../scenario/scenario.ts';

/** Of an account that is made from a scenario. */
export const ACCOUNT = 'acc_simulated';
const TRUNK = 'trk_simulated';
const NUMBER = '+5491140000000';
const AVAILABLE = 'sta_available';
const LUNCH = 'sta_break';
const FLOW = 'flo_simulated';

export interface SimulatedAgent {
  readonly agentId: UserId;
  readonly devices: readonly DeviceId[];
  readonly queueIds: readonly QueueId[];
  readonly shift: Hire['shift'];
}

export interface SimulatedAccount {
  readonly account: AccountId;
  /** Where customers call, and the trunk that brings them; null: without one, from this machine. */
  readonly number: string;
  readonly trunkId: TrunkId | null;
  readonly availableId: StatusId;
  readonly breakId: StatusId;
  readonly changes: readonly ConfigurationChange[];
  readonly agents: readonly SimulatedAgent[];
  readonly queues: readonly { readonly queueId: QueueId; readonly key: string; readonly scenario: QueueScenario }[];
}

export interface Hire {
  /** Queues by their names; the lower priority is served first. */
  readonly serves: readonly { readonly queue: string; readonly priority: number }[];
  /** Levels 1 to 5 by skill. */
  readonly skills: Readonly<Record<string, number>>;
  readonly phones: 1 | 2;
  readonly shift: Scenario['agentHabits']['shifts'][number];
}

/** The account's configuration as rows of its outbox, made from the scenario. */
export function accountOf(scenario: Scenario, hires: readonly Hire[]): SimulatedAccount {
  const changes: ConfigurationChange[] = [];
  const add = (change: Omit<ConfigurationChange, 'position'>): void => void changes.push({ position: changes.length + 1, ...change } as ConfigurationChange);
  const queues = scenario.queues.map((queue, at) => ({ queueId: `que_${at + 1}`, key: String(at + 1), scenario: queue }));
  add({ entity: 'status', id: AVAILABLE, value: { takesQueueWork: true } });
  add({ entity: 'status', id: LUNCH, value: { takesQueueWork: false } });
  for (const queue of queues) add({ entity: 'queue', id: queue.queueId, value: floorQueue(queue.scenario, queues) });
  add({ entity: 'flow', id: FLOW, value: { version: 1, language: 'es', start: 'answer', steps: stepsTo(queues) } });
  add({ entity: 'trunk', id: TRUNK, value: { name: 'Simulated', profile: PROFILE } });
  add({ entity: 'number', id: 'num_1', value: { number: NUMBER, flowId: FLOW, trunkId: TRUNK, public: false } });
  const agents = hires.map((one, at) => hire(at, one, queues));
  for (const { agent, value } of agents) {
    add({ entity: 'agent', id: agent.agentId, value });
    for (const deviceId of agent.devices) add({ entity: 'device', id: deviceId, value: { userId: agent.agentId, kind: 'phone' } });
  }
  return { account: ACCOUNT, number: NUMBER, trunkId: TRUNK, availableId: AVAILABLE, breakId: LUNCH, changes, queues, agents: agents.map(({ agent }) => agent) };
}

type Queues = readonly { readonly queueId: QueueId; readonly key: string; readonly scenario: QueueScenario }[];

/** Each queue is home to as many, and four of ten serve each other one too. Kept seeds live on the order of these draws. */
export function drawHires({ agents, agentHabits, queues }: Scenario, chance: Chance): Hire[] {
  return Array.from({ length: agents }, (_, at) => {
    const home = queues[at % queues.length]!;
    const served = queues.filter((queue) => queue === home || chance.happens(0.4));
    const skills = [...new Set(served.flatMap(({ requiredSkills, preferredSkills }) => [...Object.keys(requiredSkills), ...Object.keys(preferredSkills)]))];
    return {
      serves: served.map((queue) => ({ queue: queue.name, priority: queue === home ? 1 : 2 })),
      phones: chance.happens(agentHabits.secondDevice) ? 2 : 1,
      shift: chance.weighted(agentHabits.shifts),
      skills: Object.fromEntries(skills.map((skill) => [skill, 1 + chance.whole(5)])),
    };
  });
}

function hire(at: number, { serves, skills, phones, shift }: Hire, queues: Queues) {
  const agentId = `usr_${String(at + 1).padStart(5, '0')}`;
  const served = serves.map(({ queue, priority }) => ({ queueId: queues.find(({ scenario: { name } }) => name === queue)!.queueId, priority }));
  const agent: SimulatedAgent = {
    agentId,
    devices: Array.from({ length: phones }, (_, phone) => `dev_${agentId}_${phone + 1}`),
    queueIds: served.map(({ queueId }) => queueId),
    shift,
  };
  const value = {
    skills: skillLevels(skills),
    queues: served,
    extension: String(10_000 + at),
    outgoingCalls: true,
    initialStatusId: AVAILABLE,
  };
  return { agent, value };
}

function floorQueue(queue: QueueScenario, all: Queues): FloorQueue {
  const target = all.find(({ scenario: { name } }) => name === queue.overflowTo);
  const ms = (seconds: number): number => Math.round(SECOND_MS * seconds);
  return {
    selection: queue.selection,
    requiredSkills: skillLevels(queue.requiredSkills),
    preferredSkills: skillLevels(queue.preferredSkills),
    relaxing: queue.relaxAfterSeconds === null ? [] : [{ afterMs: ms(queue.relaxAfterSeconds), required: [] }],
    priority: queue.priority,
    ageingPerMinute: queue.ageingPerMinute,
    ringTimeoutMs: ms(queue.ringSeconds),
    maximumWaitMs: queue.maximumWaitSeconds === null ? null : ms(queue.maximumWaitSeconds),
    maximumSize: queue.maximumSize,
    overflow: target ? { kind: 'queue', queueId: target.queueId } : { kind: 'message', prompt: 'closing' },
    afterServiceLimitMs: queue.afterServiceLimitSeconds === null ? null : ms(queue.afterServiceLimitSeconds),
    serviceLevelThresholdMs: ms(queue.serviceLevelSeconds),
    shortAbandonMs: ms(queue.shortAbandonSeconds),
    announceEveryMs: ms(queue.announceEverySeconds),
    music: 'cord',
    recorded: queue.recorded,
    language: 'es',
  };
}

const skillLevels = (levels: Readonly<Record<string, number>>) => Object.entries(levels).map(([skill, level]) => ({ skillId: `skl_${skill}`, level }));

/** One queue is entered straight away; for more there is a menu, one key each. */
function stepsTo(queues: Queues): Readonly<Record<string, FloorFlowStep>> {
  const [first] = queues;
  const into = Object.fromEntries(queues.map(({ queueId }) => [queueId, { kind: 'queue', queueId } as const]));
  if (queues.length === 1) return { answer: { kind: 'answer', next: first!.queueId }, ...into };
  return {
    answer: { kind: 'answer', next: 'menu' },
    menu: {
      kind: 'menu',
      items: [{ kind: 'prompt', name: 'menu' }],
      timeoutMs: 5_000,
      attempts: 3,
      options: Object.fromEntries(queues.map(({ queueId, key, scenario: { name } }) => [key, { label: name, next: queueId }])),
      wrongKey: [{ kind: 'prompt', name: 'wrong-key' }],
      otherwise: 'bye',
    },
    bye: { kind: 'hang-up' },
    ...into,
  };
}

const PROFILE = {
  servers: ['sip:carrier.invalid:5060'],
  addressRanges: [],
  dialledFrom: 'request-uri',
  callerFrom: 'from',
  numberFormat: { kind: 'e164' },
  channelLimit: 100_000,
  keepAliveSeconds: 30,
  outbound: true,
} as const;

/** Numbers kept free for fiction, so that nobody's is shown. */
export const callerNumber = (at: number): string => `+34600${String(at % 1_000_000).padStart(6, '0')}`;
