import type { FloorQueue, SkillLevel } from '../../../accounts/index.ts';
import { betterAgent, compareBuckets, createBucket, satisfies, type Bucket, type IndexedAgent, type Membership } from './agent-side.ts';
import { ageingPerMinuteInThousandths, canonical, compareInQueue, type IndexedWaiting, type Requirement } from './waiting-side.ts';
import { SortedList } from './sorted-list.ts';

/** Requirements that nobody waits with are kept for the next customer up to this many, then swept. */
const SPARE_REQUIREMENTS = 64;

/**
 * One queue: its idle agents by bucket, its waiting customers by requirement. Ordinary changes touch one sorted list; only a
 * change of the queue's selection, skills or ageing sorts it anew (30 ms at 50,000 agents).
 */
export class QueueIndex {
  readonly id: string;
  readonly members = new Map<string, Membership>();
  readonly #buckets = new Map<string, Bucket>();
  readonly #requirements = new Map<string, Requirement>();
  /** Most customers bring their queue's own list of skills, the same object every time: found without spelling it out. */
  #spelled = new WeakMap<readonly SkillLevel[], Requirement>();
  #ordered: Bucket[] = [];
  #version = 0;
  #settings: FloorQueue | undefined;
  /** The skills that tell this queue's agents apart: those of its settings, and those that a customer was seen to require. */
  #named: string[] = [];
  #scored: string[] = [];
  /** Thousandths of a point of priority per minute of waiting. */
  ageing = 0;

  constructor(id: string) {
    this.id = id;
  }

  get settings(): FloorQueue | undefined {
    return this.#settings;
  }

  get isUnused(): boolean {
    if (this.#settings !== undefined || this.members.size > 0) return false;
    for (const { waiting } of this.#requirements.values()) if (waiting.size > 0) return false;
    return true;
  }

  configure(settings: FloorQueue | undefined): void {
    const before = this.#settings;
    this.#settings = settings;
    const scored = settings ? [...settings.requiredSkills, ...settings.preferredSkills].map((skill) => skill.skillId) : [];
    const relaxed = settings ? settings.relaxing.flatMap((step) => step.required).map((skill) => skill.skillId) : [];
    const seen = [...this.#requirements.values()].filter(({ waiting }) => waiting.size > 0).flatMap(({ required }) => required.map((skill) => skill.skillId));
    const ageing = ageingPerMinuteInThousandths(settings?.ageingPerMinute ?? 0);
    const named = [...new Set([...scored, ...relaxed, ...seen])].sort();
    const nextScored = [...new Set(scored)].sort();
    if (before?.selection === settings?.selection && ageing === this.ageing && sameList(named, this.#named) && sameList(nextScored, this.#scored)) return;
    this.#named = named;
    this.#scored = nextScored;
    this.#rebuildAgents();
    if (ageing !== this.ageing) this.#reorderWaiting(ageing);
  }

  // Agents

  join(agent: IndexedAgent, priority: number): Membership {
    const membership: Membership = { queue: this, agent, priority, bucket: this.#bucketFor(agent, priority) };
    this.members.set(agent.id, membership);
    membership.bucket.members++;
    if (agent.idle) membership.bucket.idle.insert(agent);
    return membership;
  }

  leave(membership: Membership): void {
    const { agent, bucket } = membership;
    this.members.delete(agent.id);
    if (agent.idle) bucket.idle.remove(agent);
    bucket.members--;
    if (bucket.members > 0) return;
    this.#buckets.delete(bucketKey(bucket.priority, this.#named, bucket.levels));
    this.#ordered.splice(this.#ordered.indexOf(bucket), 1);
    this.#version++;
  }

  // Waiting customers

  enter(waiting: Omit<IndexedWaiting, 'requirement' | 'queue'>): IndexedWaiting {
    const entry: IndexedWaiting = { ...waiting, queue: this, requirement: this.#requirementFor(waiting.required) };
    entry.requirement.waiting.insert(entry);
    return entry;
  }

  require(entry: IndexedWaiting, required: readonly SkillLevel[]): void {
    this.exit(entry);
    entry.required = required;
    entry.requirement = this.#requirementFor(required);
    entry.requirement.waiting.insert(entry);
  }

  exit(entry: IndexedWaiting): void {
    entry.requirement.waiting.remove(entry);
  }

  /** 1 for the customer who goes first. */
  position(entry: IndexedWaiting): number {
    let ahead = 0;
    for (const { waiting } of this.#requirements.values()) ahead += waiting.rank(entry);
    return ahead + 1;
  }

  /** The customer of this queue whom this member would serve now. */
  bestWaitingFor({ agent, bucket }: Membership): IndexedWaiting | undefined {
    let best: IndexedWaiting | undefined;
    if (this.#settings === undefined) return undefined;
    for (const requirement of this.#requirements.values()) {
      if (requirement.waiting.size === 0 || !this.#eligible(requirement).all.has(bucket)) continue;
      const head = firstNotExcluding(requirement.waiting, agent.id);
      if (head !== undefined && (best === undefined || compareInQueue(head, best, this.ageing) < 0)) best = head;
    }
    return best;
  }

  /** The idle agent whom this customer should get now. */
  bestAgentFor({ excluded, requirement }: IndexedWaiting): IndexedAgent | undefined {
    if (this.#settings === undefined) return undefined;
    const { selection } = this.#settings;
    let best: IndexedAgent | undefined;
    let bestBucket: Bucket | undefined;
    for (const bucket of this.#eligible(requirement).ordered) {
      if (bestBucket !== undefined && compareBuckets(bestBucket, bucket, selection) !== 0) break;
      const head = firstNotExcluded(bucket.idle, excluded);
      if (head === undefined) continue;
      best = best === undefined ? head : betterAgent(best, head);
      bestBucket = bucket;
    }
    return best;
  }

  get buckets(): readonly Bucket[] {
    return this.#ordered;
  }

  meets(bucket: Bucket, requirement: Requirement): boolean {
    return this.#eligible(requirement).all.has(bucket);
  }

  #eligible(requirement: Requirement): Requirement['eligible'] {
    if (requirement.eligible.version !== this.#version) {
      const ordered = this.#ordered.filter((bucket) => satisfies(bucket.levels, requirement.required));
      requirement.eligible = { version: this.#version, ordered, all: new Set(ordered) };
    }
    return requirement.eligible;
  }

  #bucketFor(agent: IndexedAgent, priority: number): Bucket {
    const key = bucketKey(priority, this.#named, agent.skills);
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const levels = new Map<string, number>();
    for (const skillId of this.#named) {
      const level = agent.skills.get(skillId);
      if (level !== undefined) levels.set(skillId, level);
    }
    const score = this.#scored.reduce((sum, skillId) => sum + (levels.get(skillId) ?? 0), 0);
    const bucket = createBucket(priority, levels, score);
    this.#buckets.set(key, bucket);
    const selection = this.#settings?.selection ?? 'longest-idle';
    const place = this.#ordered.findIndex((other) => compareBuckets(bucket, other, selection) < 0);
    this.#ordered.splice(place === -1 ? this.#ordered.length : place, 0, bucket);
    this.#version++;
    return bucket;
  }

  #requirementFor(required: readonly SkillLevel[]): Requirement {
    let requirement = this.#spelled.get(required);
    if (requirement === undefined) this.#spelled.set(required, (requirement = this.#requirementSpelled(required)));
    return requirement;
  }

  #requirementSpelled(required: readonly SkillLevel[]): Requirement {
    const spelled = canonical(required);
    const key = spelled.map(({ skillId, level }) => `${skillId}:${level}`).join(' ');
    const known = this.#requirements.get(key);
    if (known !== undefined) return known;
    if (this.#requirements.size >= SPARE_REQUIREMENTS) this.#sweepRequirements();
    const unnamed = spelled.map(({ skillId }) => skillId).filter((skillId) => !this.#named.includes(skillId));
    if (unnamed.length > 0) {
      this.#named = [...this.#named, ...unnamed].sort();
      this.#rebuildAgents();
    }
    const made: Requirement = {
      required: spelled,
      waiting: new SortedList((a: IndexedWaiting, b: IndexedWaiting) => compareInQueue(a, b, this.ageing)),
      eligible: { version: -1, ordered: [], all: new Set() },
    };
    this.#requirements.set(key, made);
    return made;
  }

  #sweepRequirements(): void {
    this.#spelled = new WeakMap();
    for (const [key, { waiting }] of this.#requirements) if (waiting.size === 0) this.#requirements.delete(key);
  }

  #rebuildAgents(): void {
    this.#buckets.clear();
    this.#ordered = [];
    this.#version++;
    for (const membership of this.members.values()) {
      membership.bucket = this.#bucketFor(membership.agent, membership.priority);
      membership.bucket.members++;
      if (membership.agent.idle) membership.bucket.idle.insert(membership.agent);
    }
  }

  #reorderWaiting(ageing: number): void {
    const everybody = [...this.#requirements.values()].flatMap(({ waiting }) => [...waiting]);
    this.#requirements.clear();
    this.#spelled = new WeakMap();
    this.ageing = ageing;
    for (const entry of everybody) {
      entry.requirement = this.#requirementFor(entry.required);
      entry.requirement.waiting.insert(entry);
    }
  }
}

const sameList = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((item, i) => item === b[i]);

const bucketKey = (priority: number, named: readonly string[], levels: ReadonlyMap<string, number>): string => {
  let key = String(priority);
  for (const skillId of named) key += `,${levels.get(skillId) ?? 0}`;
  return key;
};

function firstNotExcluded(idle: SortedList<IndexedAgent>, excluded: ReadonlySet<string>): IndexedAgent | undefined {
  const { first } = idle;
  return first === undefined || !excluded.has(first.id) ? first : idle.find((agent) => !excluded.has(agent.id));
}

function firstNotExcluding(waiting: SortedList<IndexedWaiting>, agentId: string): IndexedWaiting | undefined {
  const { first } = waiting;
  return first === undefined || !first.excluded.has(agentId) ? first : waiting.find(({ excluded }) => !excluded.has(agentId));
}
