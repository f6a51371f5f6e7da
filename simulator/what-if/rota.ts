import type { WhatIfQuestion } from '@centralita/contract';
import type { Instant, UserId } from '@centralita/kernel';
import { HALF_HOUR_MS } from '../clock/calendar.ts';
import { type SimulatedAccount, type SimulatedAgent } from '../world/account.ts';
import type { Center } from '../world/center.ts';

type SecondQueue = NonNullable<WhatIfQuestion['secondQueue']>;

/** Whoever still talks when their time is over asks again after this long. */
const LEAVE_AGAIN_MS = 5_000;

/** People to be hired so that enough of each kind are there: of ten, chance makes three serve the first queue alone, and two each serve both in either order. */
export const toHire = (needed: number, hasSecondQueue: boolean): number => (hasSecondQueue ? 8 * needed + 80 : Math.max(1, needed));

/**
 * Exactly so many agents in each half hour. The first of them come first and stay longest; of any number of them, the wanted
 * share serves the second queue too, and nobody else does.
 */
export class Rota {
  readonly staff: readonly SimulatedAgent[];
  readonly #center: Center;
  readonly #here = new Set<UserId>();

  constructor(center: Center, needed: number, secondQueue: SecondQueue | null) {
    this.#center = center;
    this.staff = chooseStaff(center.account, needed, secondQueue);
  }

  plan(from: Instant, agents: readonly number[]): void {
    const { time } = this.#center;
    let before = 0;
    for (const [place, now] of agents.entries()) {
      const [earlier, later] = [Math.min(before, now), Math.max(before, now)];
      const changing = this.staff.slice(earlier, later);
      const comes = now > before;
      if (changing.length > 0) time.plan(from + place * HALF_HOUR_MS - time.now(), () => changing.forEach((agent) => (comes ? this.#come(agent) : this.#leave(agent))));
      before = now;
    }
  }

  #come({ agentId, devices }: SimulatedAgent): void {
    const { account, availableId } = this.#center.account;
    this.#here.add(agentId);
    for (const deviceId of devices) this.#center.engine.deviceOnline(account, deviceId);
    this.#center.ask({ type: 'sign-in', agentId, deviceId: null });
    this.#center.ask({ type: 'choose-status', agentId, statusId: availableId });
  }

  /** No new calls from now on; what is under way is brought to its end. */
  #leave(agent: SimulatedAgent): void {
    this.#here.delete(agent.agentId);
    this.#center.ask({ type: 'choose-status', agentId: agent.agentId, statusId: this.#center.account.breakId });
    this.#signOut(agent);
  }

  #signOut(agent: SimulatedAgent): void {
    const { agentId, devices } = agent;
    const { time, engine } = this.#center;
    if (this.#here.has(agentId)) return;
    if (this.#center.world?.agents.get(agentId)?.state === 'signed-out') {
      for (const deviceId of devices) engine.deviceOffline(deviceId);
      return;
    }
    this.#center.ask({ type: 'sign-out', agentId, reason: 'asked' });
    time.plan(LEAVE_AGAIN_MS, () => this.#signOut(agent));
  }
}

function chooseStaff({ agents, queues, changes }: SimulatedAccount, needed: number, secondQueue: SecondQueue | null): SimulatedAgent[] {
  const [first, second] = queues.map(({ queueId }) => queueId);
  const own = new Map(changes.flatMap((change) => (change.entity === 'agent' && change.value ? [[change.id, change.value.queues.toSorted((a, b) => a.priority - b.priority)[0]?.queueId] as const] : [])));
  const serves = ({ queueIds }: SimulatedAgent, queueId: string | undefined): boolean => queueId !== undefined && queueIds.includes(queueId);
  const firstOnly = agents.filter((agent) => serves(agent, first) && !serves(agent, second));
  const both = agents.filter((agent) => serves(agent, first) && serves(agent, second) && own.get(agent.agentId) === (secondQueue?.goesFirst ? second : first));
  const share = secondQueue?.agentsShare ?? 0;
  return Array.from({ length: needed }, (_, at) => {
    const servesBoth = Math.round((at + 1) * share) > Math.round(at * share);
    const agent = (servesBoth ? both : firstOnly).shift();
    if (!agent) throw new Error(`too few people were hired: ${agents.length} for ${needed}`);
    return agent;
  });
}
