import { randomId, type BridgeId, type DeviceId, type LegId } from '@centralita/kernel';
import type { Bridges } from '../bridges/bridges.ts';
import type { Leg } from '../legs/leg.ts';
import type { Legs } from '../legs/legs.ts';
import type { Logger } from '../logger.ts';
import type { SwitchLimits } from '../switch-settings.ts';
import type { Placements } from './placements.ts';

interface FallbackParts {
  readonly legs: Legs;
  readonly bridges: Bridges;
  readonly placements: Placements;
  readonly limits: SwitchLimits;
  readonly controlAwayMs: () => number;
  readonly logger: Logger;
}

/**
 * Control has been away for longer than it takes to restart. A number that names devices rings those, and the first to answer
 * talks to the caller; a number that names none answers 503 at once, so that the carrier fails over. Everything else is as in
 * any call, so that control finds ordinary legs and bridges when it comes back.
 */
export class Fallback {
  readonly #parts: FallbackParts;
  /** Placed leg → the caller it was placed for. */
  readonly #callers = new Map<LegId, Leg>();

  constructor(parts: FallbackParts) {
    this.#parts = parts;
    parts.legs.onAnswered((leg) => this.#answered(leg));
    parts.legs.onEnding((leg) => this.#ended(leg));
  }

  /** Whether a new call has anywhere to go. */
  takes(fallbackDeviceIds: readonly DeviceId[]): boolean {
    return !this.#isAway() || fallbackDeviceIds.length > 0;
  }

  /** @returns true when the call is in hand here and control is not waited for */
  offer(caller: Leg, fallbackDeviceIds: readonly DeviceId[]): boolean {
    if (!this.#isAway()) return false;
    const { placements, limits, logger } = this.#parts;
    const bridgeId: BridgeId = randomId('bridge');
    const legs = fallbackDeviceIds.map((deviceId) => ({ legId: randomId('leg') as LegId, target: { kind: 'device', deviceId } as const }));
    for (const { legId } of legs) this.#callers.set(legId, caller);
    logger.warn({ legId: caller.id, devices: legs.length }, 'control is away: an incoming call goes to its fallback');
    placements.place({
      type: 'place-legs',
      placementId: randomId('placement'),
      account: caller.account,
      legs,
      caller: caller.caller,
      ringTimeoutMs: limits.fallbackRingMs,
      onAnswer: { bridgeId },
      earlyMediaTo: caller.id,
    });
    return true;
  }

  #isAway(): boolean {
    return this.#parts.controlAwayMs() > this.#parts.limits.controlAwayMs;
  }

  /** Runs after the placement has put the leg into its bridge, because this was made after it. */
  #answered(leg: Leg): void {
    const caller = this.#callers.get(leg.id);
    if (caller === undefined) return;
    const { bridges, legs } = this.#parts;
    const bridgeId = bridges.of(leg.id);
    this.#forget(caller, leg.id);
    if (bridgeId === undefined || !caller.call.answer()) return legs.end(leg, 'cancelled');
    legs.step(caller, { type: 'answered' });
    bridges.join(bridgeId, caller.account, [caller], [caller.id, leg.id]);
  }

  #ended(leg: Leg): void {
    const { legs } = this.#parts;
    const caller = this.#callers.get(leg.id);
    if (caller !== undefined) {
      this.#callers.delete(leg.id);
      if (![...this.#callers.values()].includes(caller)) legs.end(caller, 'no-answer');
      return;
    }
    for (const [placedId, of] of [...this.#callers]) {
      if (of !== leg) continue;
      this.#callers.delete(placedId);
      const placed = legs.get(placedId);
      if (placed !== undefined) legs.end(placed, 'cancelled');
    }
  }

  #forget(caller: Leg, answered: LegId): void {
    for (const [placedId, of] of [...this.#callers]) if (of === caller || placedId === answered) this.#callers.delete(placedId);
  }
}
