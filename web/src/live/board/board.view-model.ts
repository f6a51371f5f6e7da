import type { BoardAgent, BoardQueue, BoardStatus, BoardTotals } from '@centralita/contract';

export interface Board {
  readonly totals: BoardTotals | null;
  readonly queues: readonly BoardQueue[];
  readonly agents: readonly BoardAgent[];
  readonly statuses: ReadonlyMap<string, BoardStatus>;
}

/** Topic `board`; entities were checked at the feed's boundary. */
export function readBoard(state: Readonly<Record<string, unknown>>): Board {
  const queues: BoardQueue[] = [];
  const agents: BoardAgent[] = [];
  const statuses = new Map<string, BoardStatus>();
  for (const key in state) {
    if (key.startsWith('agent:')) agents.push(state[key] as BoardAgent);
    else if (key.startsWith('queue:')) queues.push(state[key] as BoardQueue);
    else if (key.startsWith('status:')) statuses.set(key.slice('status:'.length), state[key] as BoardStatus);
  }
  return { totals: (state['totals'] as BoardTotals | undefined) ?? null, queues, agents, statuses };
}

export const AGENT_FILTERS = ['all', 'late', 'busy', 'free', 'away', 'offline'] as const;
export type AgentFilter = (typeof AGENT_FILTERS)[number];
export const AGENT_SORTS = ['attention', 'name', 'time'] as const;
export type AgentSort = (typeof AGENT_SORTS)[number];

export const isLate = (agent: BoardAgent, now: number): boolean => agent.limitMs !== null && agent.activity !== 'offline' && now - agent.since > agent.limitMs;

const BUSY = new Set<BoardAgent['activity']>(['offered', 'dialing', 'talking', 'holding']);

/** Away is a status chosen by the person that takes no queue work, while nothing else is going on. */
export const isAway = (agent: BoardAgent): boolean => !agent.statusTakesWork && agent.activity === 'idle';

export function fits(agent: BoardAgent, filter: AgentFilter, now: number): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'late':
      return isLate(agent, now);
    case 'busy':
      return BUSY.has(agent.activity);
    case 'free':
      return agent.activity === 'idle' && agent.statusTakesWork;
    case 'away':
      return isAway(agent);
    case 'offline':
      return agent.activity === 'offline';
  }
}

// Over its limit first, then whoever does not answer, then what may soon need somebody; who is offline comes last.
const ATTENTION: Readonly<Record<BoardAgent['activity'], number>> = { 'not-answering': 1, offered: 2, talking: 3, holding: 3, dialing: 3, 'after-service': 4, idle: 5, offline: 7 };

function attention(agent: BoardAgent, now: number): number {
  if (isLate(agent, now)) return 0;
  return isAway(agent) ? 6 : ATTENTION[agent.activity];
}

const collator = new Intl.Collator('es', { numeric: true, sensitivity: 'base' });

export function sortAgents<Agent extends BoardAgent>(agents: readonly Agent[], sort: AgentSort, now: number): readonly Agent[] {
  if (sort === 'name') return agents.toSorted((a, b) => collator.compare(a.name, b.name));
  if (sort === 'time') return agents.toSorted((a, b) => Number(a.activity === 'offline') - Number(b.activity === 'offline') || a.since - b.since);
  const ranks = new Map(agents.map((agent) => [agent.userId, attention(agent, now)]));
  return agents.toSorted((a, b) => ranks.get(a.userId)! - ranks.get(b.userId)! || a.since - b.since);
}

const plain = (text: string): string => text.normalize('NFD').replace(/\p{Diacritic}/gu, '').toLowerCase();

export function searchAgents<Agent extends BoardAgent>(agents: readonly Agent[], text: string): readonly Agent[] {
  const wanted = plain(text.trim());
  return wanted === '' ? agents : agents.filter((agent) => plain(agent.name).includes(wanted) || (agent.extension ?? '').startsWith(wanted));
}

export function countByFilter(agents: readonly BoardAgent[], now: number): Readonly<Record<AgentFilter, number>> {
  const counts = { all: agents.length, late: 0, busy: 0, free: 0, away: 0, offline: 0 };
  for (const agent of agents) {
    for (const filter of AGENT_FILTERS) if (filter !== 'all' && fits(agent, filter, now)) counts[filter]++;
  }
  return counts;
}

export type QueueTone = 'amber' | 'red' | '';

/** Whether the wait itself is too long, whatever the day was like. */
export const waitsLong = (queue: BoardQueue, now: number): boolean => queue.longestWaitSince !== null && now - queue.longestWaitSince > 3 * queue.serviceLevelThresholdMs;

/** Red: somebody waits while the target is missed, or has waited past three times the threshold; amber: somebody waits. */
export function queueTone(queue: BoardQueue, now: number): QueueTone {
  const missed = queue.serviceLevel !== null && queue.serviceLevel < queue.serviceLevelTarget;
  if (queue.waiting > 0 && (missed || waitsLong(queue, now))) return 'red';
  return queue.waiting > 0 ? 'amber' : '';
}

/** Those who need somebody first: red, amber, then by name, so that calm tiles keep their place. */
export function sortQueues(queues: readonly BoardQueue[], now: number): readonly BoardQueue[] {
  const rank = (queue: BoardQueue): number => ({ red: 0, amber: 1, '': 2 })[queueTone(queue, now)];
  return queues.toSorted((a, b) => rank(a) - rank(b) || collator.compare(a.name, b.name));
}

/** The target all queues share; null when they differ, so that no target is shown that is not everybody's. */
export function commonTarget(queues: readonly BoardQueue[]): number | null {
  const target = queues[0]?.serviceLevelTarget ?? null;
  return queues.every((queue) => queue.serviceLevelTarget === target) ? target : null;
}

/** Agents with contact work now, of those signed in with a status that takes work. */
export function busyOf(totals: BoardTotals): { readonly busy: number; readonly signedIn: number } {
  const by = totals.agentsByActivity;
  const count = (activity: BoardAgent['activity']): number => by[activity] ?? 0;
  const busy = count('dialing') + count('talking') + count('holding') + count('after-service');
  return { busy, signedIn: busy + count('idle') + count('offered') + count('not-answering') };
}
