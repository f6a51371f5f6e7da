import { MINUTE_MS } from '@centralita/kernel';
import type { FloorQueue, SkillLevel } from '../../../accounts/index.ts';
import type { AgentProfile, Explanation, Matcher, Rank, WaitingCustomer } from '../matcher-port.ts';

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
export const createNaiveMatcher = (): Matcher => new NaiveMatcher();

class NaiveMatcher implements Matcher {
  readonly #agents = new Map<string, AgentProfile>();
  readonly #queues = new Map<string, FloorQueue>();
  readonly #freeSince = new Map<string, number>();
  readonly #waiting = new Map<string, WaitingCustomer>();

  setAgent(id: string, profile: AgentProfile | null): void {
    if (profile === null) this.#agents.delete(id);
    else this.#agents.set(id, profile);
  }

  setQueue(id: string, settings: FloorQueue | null): void {
    if (settings === null) this.#queues.delete(id);
    else this.#queues.set(id, settings);
  }

  agentFree(id: string, since: number): void {
    this.#freeSince.set(id, since);
  }

  agentBusy(id: string): void {
    this.#freeSince.delete(id);
  }

  add(customer: WaitingCustomer): void {
    this.#waiting.set(customer.waitingId, customer);
  }

  updateRequired(waitingId: string, required: readonly SkillLevel[]): void {
    const customer = this.#waiting.get(waitingId);
    if (customer !== undefined) this.#waiting.set(waitingId, { ...customer, required });
  }

  remove(waitingId: string): void {
    this.#waiting.delete(waitingId);
  }

  matchForAgent(agentId: string, now: number): string | undefined {
    let best: { readonly customer: WaitingCustomer; readonly queuePriority: number; readonly priority: number } | undefined;
    for (const customer of this.#waiting.values()) {
      const candidate = this.#serves(agentId, customer);
      if (typeof candidate === 'string') continue;
      const one = { customer, queuePriority: candidate.queuePriority, priority: agedPriority(customer, this.#queues.get(customer.queueId), now) };
      if (best === undefined || (one.queuePriority - best.queuePriority || compareWaiting(one, best)) < 0) best = one;
    }
    return best?.customer.waitingId;
  }

  matchForCustomer(waitingId: string): string | undefined {
    const customer = this.#waiting.get(waitingId);
    if (customer === undefined) return undefined;
    const selection = this.#queues.get(customer.queueId)?.selection ?? 'longest-idle';
    let best: Candidate | undefined;
    for (const agentId of this.#agents.keys()) {
      const candidate = this.#serves(agentId, customer);
      if (typeof candidate !== 'string' && (best === undefined || compareAgents(candidate, best, selection) < 0)) best = candidate;
    }
    return best?.agentId;
  }

  explain(waitingId: string, agentId: string, now: number): Explanation | undefined {
    const customer = this.#waiting.get(waitingId);
    const queue = customer && this.#queues.get(customer.queueId);
    const profile = this.#agents.get(agentId);
    const member = profile?.queues.find(({ queueId }) => queueId === customer?.queueId);
    if (customer === undefined || queue === undefined || profile === undefined || member === undefined) return undefined;
    const passedOver: Record<string, number> = {};
    const others: Candidate[] = [];
    for (const id of this.#agents.keys()) {
      const candidate = this.#serves(id, customer);
      if (id === agentId || candidate === 'not-a-member') continue;
      const reason = typeof candidate === 'string' ? candidate : 'ranked-lower';
      passedOver[reason] = (passedOver[reason] ?? 0) + 1;
      if (typeof candidate !== 'string') others.push(candidate);
    }
    others.sort((a, b) => compareAgents(a, b, queue.selection));
    const since = this.#freeSince.get(agentId) ?? now;
    return {
      selection: queue.selection,
      rank: rankOf({ agentId, since, queuePriority: member.priority, score: scoreIn(queue, profile.skills) }, now),
      passedOver,
      runnersUp: others.slice(0, 10).map((other) => ({ agentId: other.agentId, ...rankOf(other, now) })),
    };
  }

  position(waitingId: string): number | undefined {
    const customer = this.#waiting.get(waitingId);
    if (customer === undefined) return undefined;
    const queue = this.#queues.get(customer.queueId);
    // Any instant will do: within a queue the order does not change as time passes.
    const aged = (one: WaitingCustomer) => ({ customer: one, priority: agedPriority(one, queue, customer.enqueuedAt) });
    const inQueue = Array.from(this.#waiting.values()).filter(({ queueId }) => queueId === customer.queueId);
    return 1 + inQueue.filter((other) => compareWaiting(aged(other), aged(customer)) < 0).length;
  }

  /** As what the agent may serve this customer, or why they may not. */
  #serves(agentId: string, customer: WaitingCustomer): Candidate | string {
    const profile = this.#agents.get(agentId);
    const queue = this.#queues.get(customer.queueId);
    const member = profile?.queues.find(({ queueId }) => queueId === customer.queueId);
    if (profile === undefined || queue === undefined || member === undefined) return 'not-a-member';
    const since = this.#freeSince.get(agentId);
    if (since === undefined) return 'not-free';
    if (!customer.required.every(({ skillId, level }) => levelOf(profile.skills, skillId) >= level)) return 'missing-skills';
    if (customer.excluded.includes(agentId)) return 'excluded';
    return { agentId, since, queuePriority: member.priority, score: scoreIn(queue, profile.skills) };
  }
}

interface Aged {
  readonly customer: WaitingCustomer;
  readonly priority: number;
}
const compareWaiting = (a: Aged, b: Aged): number => b.priority - a.priority || a.customer.enqueuedAt - b.customer.enqueuedAt || byText(a.customer.waitingId, b.customer.waitingId);

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
