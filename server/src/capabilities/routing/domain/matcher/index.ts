import type { Matcher } from '../matcher-port.ts';
import type { IndexedAgent, Membership } from './agent-side.ts';
import { explainOffer } from './explain.ts';
import { QueueIndex } from './queue-index.ts';
import { compareAcrossQueues, type IndexedWaiting } from './waiting-side.ts';

/**
 * Who talks to whom, without a scan. Idle agents stand in one ordered list per queue and kind of agent (same priority there,
 * same levels in the skills the queue names), waiting customers in one per queue and set of required skills; a decision
 * compares the heads of those lists, so its cost follows the number of kinds, not of people. What it decides is defined by
 * the plain scan in `naive.ts`, and `matcher.test.ts` holds the two against each other. Figures: `bench/routing`.
 */
export function createMatcher(): Matcher {
  const queues = new Map<string, QueueIndex>();
  const agents = new Map<string, IndexedAgent>();
  const waiting = new Map<string, IndexedWaiting>();

  const queueOf = (id: string): QueueIndex => {
    let queue = queues.get(id);
    if (queue === undefined) queues.set(id, (queue = new QueueIndex(id)));
    return queue;
  };
  const forgetIfUnused = (queue: QueueIndex): void => {
    if (queue.isUnused) queues.delete(queue.id);
  };
  const agentOf = (id: string): IndexedAgent => {
    let agent = agents.get(id);
    if (agent === undefined) agents.set(id, (agent = { id, skills: new Map(), memberships: [], idle: false, idleSince: 0 }));
    return agent;
  };

  const setAgent: Matcher['setAgent'] = (id, profile) => {
    const agent = agentOf(id);
    for (const membership of agent.memberships) {
      membership.queue.leave(membership);
      forgetIfUnused(membership.queue);
    }
    agent.skills = new Map(profile?.skills.map(({ skillId, level }) => [skillId, level]));
    agent.memberships = (profile?.queues ?? [])
      .map(({ queueId, priority }) => queueOf(queueId).join(agent, priority))
      .sort((a, b) => a.priority - b.priority || (a.queue.id < b.queue.id ? -1 : 1));
    if (profile === null && !agent.idle) agents.delete(id);
  };

  const rest = (agent: IndexedAgent): void => {
    if (agent.idle) for (const { bucket } of agent.memberships) bucket.idle.remove(agent);
    agent.idle = false;
  };

  return {
    setAgent,
    setQueue(id, settings) {
      const queue = queueOf(id);
      queue.configure(settings ?? undefined);
      forgetIfUnused(queue);
    },
    agentFree(id, since) {
      const agent = agentOf(id);
      rest(agent);
      agent.idle = true;
      agent.idleSince = since;
      for (const { bucket } of agent.memberships) bucket.idle.insert(agent);
    },
    agentBusy(id) {
      const agent = agents.get(id);
      if (agent === undefined) return;
      rest(agent);
      if (agent.memberships.length === 0 && agent.skills.size === 0) agents.delete(id);
    },
    add({ waitingId: id, queueId, enqueuedAt, priority, required, excluded }) {
      const before = waiting.get(id);
      before?.queue.exit(before);
      waiting.set(id, queueOf(queueId).enter({ id, enqueuedAt, priority, required, excluded: excluded.length === 0 ? NOBODY : new Set(excluded) }));
    },
    updateRequired(waitingId, required) {
      const entry = waiting.get(waitingId);
      entry?.queue.require(entry, required);
    },
    remove(waitingId) {
      const entry = waiting.get(waitingId);
      if (entry === undefined) return;
      waiting.delete(waitingId);
      entry.queue.exit(entry);
    },
    matchForAgent(agentId, now) {
      const agent = agents.get(agentId);
      return agent?.idle ? bestFor(agent.memberships, now)?.id : undefined;
    },
    matchForCustomer(waitingId) {
      const entry = waiting.get(waitingId);
      return entry?.queue.bestAgentFor(entry)?.id;
    },
    explain(waitingId, agentId, now) {
      const entry = waiting.get(waitingId);
      return entry && explainOffer(entry, agentId, now);
    },
    position(waitingId) {
      const entry = waiting.get(waitingId);
      return entry?.queue.position(entry);
    },
  };
}

const NOBODY: ReadonlySet<string> = new Set();

/** Memberships come in the order in which the agent serves queues; only equals are compared by who has more priority by now. */
function bestFor(memberships: readonly Membership[], now: number): IndexedWaiting | undefined {
  let best: IndexedWaiting | undefined;
  let servedFirst = 0;
  for (const membership of memberships) {
    if (best !== undefined && membership.priority !== servedFirst) break;
    const candidate = membership.queue.bestWaitingFor(membership);
    if (candidate === undefined || (best !== undefined && compareAcrossQueues(best, candidate, now) < 0)) continue;
    best = candidate;
    servedFirst = membership.priority;
  }
  return best;
}
