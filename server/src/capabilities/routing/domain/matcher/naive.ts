import { MINUTE_MS } from '@centralita/kernel';
import type { FloorQueue, SkillLevel } from '../../../accounts/index.ts';
import type { AgentProfile, Matcher, Rank, WaitingCustomer } from '../matcher-port.ts';

interface Candidate {
  readonly agentId: string;
  readonly since: number;
  readonly queuePriority: number;
  readonly score: number;
}

/**
 * What the matcher means, said by looking at everybody every time: the oracle of its tests and the peer of its benchmark.
 *
 * An agent may serve a customer who waits when the agent is free, serves the queue, has every required skill at its level, and
 * is not excluded for this customer. Of several agents: the lower queue priority, then the queue's selection (the agent's
 * levels in the queue's required and preferred skills, added up), then the longest idle, then the smaller id. Of several
 * customers: the agent's lower queue priority, then the higher aged priority, then who came first, then the smaller id.
 */
export function createNaiveMatcher(): Matcher {
  const agents = new Map<string, AgentProfile>();
  const queues = new Map<string, FloorQueue>();
  const freeSince = new Map<string, number>();
  const waiting = new Map<string, WaitingCustomer>();

  const serves = (agentId: string, customer: WaitingCustomer): Candidate | string => {
    const profile = agents.get(agentId);
    const queue = queues.get(customer.queueId);
    const member = profile?.queues.find(({ queueId }) => queueId === customer.queueId);
    if (profile === undefined || queue === undefined || member === undefined) return 'not-a-member';
    const since = freeSince.get(agentId);
    if (since === undefined) return 'not-free';
    if (!customer.required.every(({ skillId, level }) => levelOf(profile.skills, skillId) >= level)) return 'missing-skills';
    if (customer.excluded.includes(agentId)) return 'excluded';
    return { agentId, since, queuePriority: member.priority, score: scoreIn(queue, profile.skills) };
  };

  const bestAgents = (customer: WaitingCustomer): Candidate[] => {
    const selection = queues.get(customer.queueId)?.selection ?? 'longest-idle';
    const found: Candidate[] = [];
    for (const agentId of agents.keys()) {
      const candidate = serves(agentId, customer);
      if (typeof candidate !== 'string') found.push(candidate);
    }
    return found.sort((a, b) => compareAgents(a, b, selection));
  };

  const explain: Matcher['explain'] = (waitingId, agentId, now) => {
    const customer = waiting.get(waitingId);
    const queue = customer && queues.get(customer.queueId);
    const profile = agents.get(agentId);
    const member = profile?.queues.find(({ queueId }) => queueId === customer?.queueId);
    if (customer === undefined || queue === undefined || profile === undefined || member === undefined) return undefined;
    const passedOver: Record<string, number> = {};
    for (const id of agents.keys()) {
      const candidate = serves(id, customer);
      const reason = typeof candidate === 'string' ? candidate : 'ranked-lower';
      if (id !== agentId && reason !== 'not-a-member') passedOver[reason] = (passedOver[reason] ?? 0) + 1;
    }
    const rank = rankOf({ agentId, since: freeSince.get(agentId) ?? now, queuePriority: member.priority, score: scoreIn(queue, profile.skills) }, now);
    const others = bestAgents(customer).filter((candidate) => candidate.agentId !== agentId);
    return { selection: queue.selection, rank, passedOver, runnersUp: others.slice(0, 10).map((other) => ({ agentId: other.agentId, ...rankOf(other, now) })) };
  };

  return {
    setAgent: (id, profile) => void (profile === null ? agents.delete(id) : agents.set(id, profile)),
    setQueue: (id, settings) => void (settings === null ? queues.delete(id) : queues.set(id, settings)),
    agentFree: (id, since) => void freeSince.set(id, since),
    agentBusy: (id) => void freeSince.delete(id),
    add: (customer) => void waiting.set(customer.waitingId, customer),
    updateRequired(waitingId, required) {
      const customer = waiting.get(waitingId);
      if (customer !== undefined) waiting.set(waitingId, { ...customer, required });
    },
    remove: (waitingId) => void waiting.delete(waitingId),
    matchForAgent(agentId, now) {
      let best: { readonly customer: WaitingCustomer; readonly candidate: Candidate; readonly priority: number } | undefined;
      for (const customer of waiting.values()) {
        const candidate = serves(agentId, customer);
        if (typeof candidate === 'string') continue;
        const priority = agedPriority(customer, queues.get(customer.queueId)!, now);
        const before =
          best === undefined
            ? -1
            : candidate.queuePriority - best.candidate.queuePriority || best.priority - priority || customer.enqueuedAt - best.customer.enqueuedAt || byText(customer.waitingId, best.customer.waitingId);
        if (before < 0) best = { customer, candidate, priority };
      }
      return best?.customer.waitingId;
    },
    matchForCustomer(waitingId) {
      const customer = waiting.get(waitingId);
      if (customer === undefined) return undefined;
      const selection = queues.get(customer.queueId)?.selection ?? 'longest-idle';
      let best: Candidate | undefined;
      for (const agentId of agents.keys()) {
        const candidate = serves(agentId, customer);
        if (typeof candidate !== 'string' && (best === undefined || compareAgents(candidate, best, selection) < 0)) best = candidate;
      }
      return best?.agentId;
    },
    explain,
    position(waitingId) {
      const customer = waiting.get(waitingId);
      if (customer === undefined) return undefined;
      const queue = queues.get(customer.queueId);
      // Any instant will do: within a queue the order does not change as time passes.
      const priority = (other: WaitingCustomer): number => agedPriority(other, queue, customer.enqueuedAt);
      let ahead = 0;
      for (const other of waiting.values()) {
        if (other.queueId !== customer.queueId) continue;
        if ((priority(customer) - priority(other) || other.enqueuedAt - customer.enqueuedAt || byText(other.waitingId, waitingId)) < 0) ahead++;
      }
      return ahead + 1;
    },
  };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const levelOf = (skills: readonly SkillLevel[], skillId: string): number => skills.find((skill) => skill.skillId === skillId)?.level ?? 0;

const rankOf = ({ score, since, queuePriority }: Candidate, now: number): Rank => ({ skillLevel: score, idleMs: now - since, queuePriority });

function scoreIn(queue: FloorQueue, skills: readonly SkillLevel[]): number {
  const named = new Set([...queue.requiredSkills, ...queue.preferredSkills].map(({ skillId }) => skillId));
  let score = 0;
  for (const skillId of named) score += levelOf(skills, skillId);
  return score;
}

function compareAgents(a: Candidate, b: Candidate, selection: FloorQueue['selection']): number {
  const bySkill = selection === 'most-qualified' ? b.score - a.score : selection === 'least-qualified' ? a.score - b.score : 0;
  return a.queuePriority - b.queuePriority || bySkill || a.since - b.since || byText(a.agentId, b.agentId);
}

/** In thousandths of a point times a minute: whole numbers, so that two customers who are equal are exactly equal. */
const agedPriority = ({ priority, enqueuedAt }: WaitingCustomer, queue: FloorQueue | undefined, now: number): number =>
  priority * 1_000 * MINUTE_MS + Math.round((queue?.ageingPerMinute ?? 0) * 1_000) * (now - enqueuedAt);
