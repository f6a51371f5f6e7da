import type { AccountId } from '@centralita/kernel';
import { brokenInvariants, type HasTimer, type World } from './account-program/index.ts';

const LOOK_EVERY_MS = 10_000;

/** An account's floor, as far as it is looked at. */
export interface Watched {
  readonly world: World;
  hasTimer: HasTimer;
}

/**
 * Looks at every account's live state between turns for what must never be (design 3), and tells each thing once for as long as
 * it lasts. It mends nothing: a broken rule is a bug, and the evidence is worth more than a guess.
 */
export class Watchdog {
  readonly #floors: () => Iterable<Watched>;
  readonly #onBroken: (what: string, account: AccountId) => void;
  #told = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(floors: () => Iterable<Watched>, onBroken: (what: string, account: AccountId) => void) {
    this.#floors = floors;
    this.#onBroken = onBroken;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  look(): void {
    const broken = new Set<string>();
    for (const floor of this.#floors()) {
      const { world } = floor;
      for (const what of brokenInvariants(world, (id) => floor.hasTimer(id))) {
        const key = `${world.account} ${what}`;
        broken.add(key);
        if (!this.#told.has(key)) this.#onBroken(what, world.account);
      }
    }
    this.#told = broken;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
