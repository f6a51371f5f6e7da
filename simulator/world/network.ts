import type { LegId } from '@centralita/kernel';
import type { TelephonyFact } from '@centralita/server/telephony/port/index.ts';
import type { Network } from '@centralita/server/telephony/simulated/engine.ts';
import type { Chance } from '../chance/chance.ts';
import type { FaultScenario } from '../scenario/scenario.ts';

/** A request lives for 64 times T1 at most (RFC 3261, timers B, F and H). */
const LATE_MS = 32_000;

/** Facts that say what is so by now; a key that is pressed twice, or a silence, would be another fact. */
const REPEATABLE: ReadonlySet<TelephonyFact['type']> = new Set<TelephonyFact['type']>(['leg-ringing', 'leg-answered', 'leg-held', 'leg-resumed', 'leg-joined', 'leg-left', 'leg-ended', 'play-finished']);

/** Messages that come twice and late, and answers that cross their cancellation. */
export class FaultyNetwork implements Network {
  late = 0;
  crossed = 0;
  readonly #faults: FaultScenario;
  readonly #chance: Chance;

  constructor(faults: FaultScenario, chance: Chance) {
    this.#faults = faults;
    this.#chance = chance;
  }

  againAfterMs({ type }: TelephonyFact): number | undefined {
    if (!REPEATABLE.has(type) || !this.#chance.happens(this.#faults.lateFacts)) return undefined;
    this.late += 1;
    return this.#chance.whole(LATE_MS);
  }

  crosses(_legId: LegId): boolean {
    if (!this.#chance.happens(this.#faults.crossing)) return false;
    this.crossed += 1;
    return true;
  }
}
