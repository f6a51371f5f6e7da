import type { Activity, Instant, UserId } from '@centralita/kernel';
import type { ReportedEvent } from './floor-events.ts';
import type { ActivityInterval } from './metrics/tally.ts';

interface AgentTime {
  /** Undefined while the agent is away. */
  readonly open: ActivityInterval | undefined;
  readonly statusId: string;
}

/** What each agent does, from the floor's events as they happen, and every stretch of it as it ends. */
export class AgentTimes {
  readonly #times = new Map<UserId, AgentTime>();
  readonly #takingWork: Set<string>;
  readonly #ended: (interval: ActivityInterval & { readonly to: Instant }) => void;

  /** @param takingWork statuses that take queue work, as configured before the first event */
  constructor(ended: (interval: ActivityInterval & { readonly to: Instant }) => void, takingWork: Iterable<string> = []) {
    this.#ended = ended;
    this.#takingWork = new Set(takingWork);
  }

  /** What lasted when the events began. */
  begin(open: ActivityInterval, statusId: string): void {
    this.#times.set(open.agentId, { open, statusId });
  }

  take(event: ReportedEvent): void {
    if (event.type === 'configuration-taken') {
      const { entity, id, value } = event.change;
      if (entity === 'status' && value?.takesQueueWork === true) this.#takingWork.add(id);
      else if (entity === 'status') this.#takingWork.delete(id);
    } else if (event.type === 'agent-signed-in') this.#turnTo(event.agentId, event.at, 'idle', event.statusId);
    else if (event.type === 'agent-signed-out') this.#turnTo(event.agentId, event.at, undefined, event.statusId);
    else if (event.type === 'status-chosen') this.#turnTo(event.agentId, event.at, this.open(event.agentId)?.activity, event.statusId);
    else if (event.type === 'activity-changed') this.#turnTo(event.agentId, event.at, event.activity, this.#times.get(event.agentId)?.statusId ?? '');
  }

  /** What lasts; undefined for who is away. */
  open(agentId: UserId): ActivityInterval | undefined {
    return this.#times.get(agentId)?.open;
  }

  *allOpen(): Iterable<ActivityInterval> {
    for (const { open } of this.#times.values()) if (open !== undefined) yield open;
  }

  #turnTo(agentId: UserId, at: Instant, activity: Activity | undefined, statusId: string): void {
    const open = this.open(agentId);
    if (open !== undefined) this.#ended({ ...open, to: Math.max(open.from, at) });
    const isThere = activity !== undefined && activity !== 'offline';
    this.#times.set(agentId, { open: isThere ? { agentId, activity, takesQueueWork: this.#takingWork.has(statusId), from: at, to: null } : undefined, statusId });
  }
}
