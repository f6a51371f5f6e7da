import type { AccountId } from '@centralita/kernel';
import { brokenInvariants, type World } from './account-program/index.ts';

const LOOK_EVERY_MS = 10_000;

/**
 * Looks at every account's live state between turns for what must never be (design 3), and tells each thing once for as long as
 * it lasts. It mends nothing: a broken rule is a bug, and the evidence is worth more than a guess.
 */
export class Watchdog {
  readonly #worlds: () => Iterable<World>;
  readonly #onBroken: (what: string, account: AccountId) => void;
  #told = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(worlds: () => Iterable<World>, onBroken: (what: string, account: AccountId) => void) {
    this.#worlds = worlds;
    this.#onBroken = onBroken;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  look(): void {
    const broken = new Set<string>();
    for (const world of this.#worlds()) {
      for (const what of brokenInvariants(world)) {
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
