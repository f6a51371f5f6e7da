import type { Explanation, Rank } from '../matcher-port.ts';
import { betterAgent, compareBuckets, type Bucket, type IndexedAgent, type Membership } from './agent-side.ts';
import type { IndexedWaiting } from './waiting-side.ts';

/** How many of those who came next are named with an offer; the rest are counted. */
export const RUNNERS_UP = 10;

/**
 * Why this agent, from counters and list heads alone: the cost follows the kinds of agents in the queue, not their number,
 * since every offer carries one.
 */
export function explainOffer(waiting: IndexedWaiting, agentId: string, now: number): Explanation | undefined {
  const { queue, excluded, requirement } = waiting;
  const chosen = queue.members.get(agentId);
  if (chosen === undefined || queue.settings === undefined) return undefined;
  let notFree = 0;
  let missingSkills = 0;
  let free = 0;
  const candidates: Bucket[] = [];
  for (const bucket of queue.buckets) {
    const idle = bucket.idle.size;
    notFree += bucket.members - idle;
    if (queue.meets(bucket, requirement)) {
      free += idle;
      if (idle > 0) candidates.push(bucket);
    } else missingSkills += idle;
  }
  let notAgain = 0;
  for (const id of excluded) {
    const member = queue.members.get(id);
    if (member !== undefined && member.agent.idle && queue.meets(member.bucket, requirement)) notAgain++;
  }
  // The chosen agent may already be counted as busy by the one who asks; they are never among those passed over.
  if (!chosen.agent.idle) notFree--;
  else if (!queue.meets(chosen.bucket, requirement)) missingSkills--;
  else if (excluded.has(agentId)) notAgain--;
  const rankedLower = free - notAgain - (chosen.agent.idle && queue.meets(chosen.bucket, requirement) ? 1 : 0);
  return {
    selection: queue.settings.selection,
    rank: rankOf(chosen, now),
    passedOver: withoutZeros({ 'not-free': notFree, 'missing-skills': missingSkills, excluded: notAgain, 'ranked-lower': rankedLower }),
    runnersUp: runnersUp(waiting, candidates, agentId).map((member) => ({ agentId: member.agent.id, ...rankOf(member, now) })),
  };
}

const rankOf = ({ agent, bucket }: Membership, now: number): Rank => ({
  skillLevel: bucket.score,
  idleMs: agent.idle ? now - agent.idleSince : 0,
  queuePriority: bucket.priority,
});

/** The next best after the chosen one. A bucket is in order, so it is left at its first agent who does not make the list. */
function runnersUp({ queue, excluded }: IndexedWaiting, candidates: readonly Bucket[], chosenId: string): Membership[] {
  const selection = queue.settings!.selection;
  const found: Membership[] = [];
  for (const bucket of candidates) {
    for (const agent of bucket.idle) {
      if (agent.id === chosenId || excluded.has(agent.id)) continue;
      const isBefore = (other: Membership): boolean => (compareBuckets(bucket, other.bucket, selection) || order(agent, other.agent)) < 0;
      const place = found.findIndex(isBefore);
      if (place === -1 && found.length >= RUNNERS_UP) break;
      found.splice(place === -1 ? found.length : place, 0, queue.members.get(agent.id)!);
      if (found.length > RUNNERS_UP) found.pop();
    }
  }
  return found;
}

const order = (a: IndexedAgent, b: IndexedAgent): number => (a === b ? 0 : betterAgent(a, b) === a ? -1 : 1);

const withoutZeros = (counts: Readonly<Record<string, number>>): Record<string, number> => Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
