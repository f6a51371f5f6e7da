import type { Instant, UserId } from '@centralita/kernel';
import { HALF_HOUR_MS } from '../clock/calendar.ts';
import type { SimulatedAgent } from '../world/account.ts';
import type { Center } from '../world/center.ts';

/** Whoever still talks when their time is over asks again after this long. */
const LEAVE_AGAIN_MS = 5_000;

/** Exactly so many agents in each half hour. The first of them come first and stay longest. */
export class Rota {
  readonly #center: Center;
  readonly #here = new Set<UserId>();

  constructor(center: Center) {
    this.#center = center;
  }

  plan(from: Instant, agents: readonly number[]): void {
    const { time, account } = this.#center;
    let before = 0;
    for (const [place, now] of agents.entries()) {
      const [earlier, later] = [Math.min(before, now), Math.max(before, now)];
      const changing = account.agents.slice(earlier, later);
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
