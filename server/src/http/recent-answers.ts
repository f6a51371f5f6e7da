import type { Clock } from '@centralita/kernel';
import { MINUTE_MS } from '@centralita/kernel';
import type { Reply } from './route.ts';

const KEPT_MS = MINUTE_MS;
const ANSWERS_LIMIT = 10_000;

/** Answers to strangers' Idempotency-Keys, for a minute and in memory: what they are given lives no longer. */
export class RecentAnswers {
  readonly #clock: Clock;
  readonly #answers = new Map<string, { readonly fingerprint: string; readonly reply: Reply | 'running'; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(key: string, fingerprint: string): { readonly kept: Reply } | 'none' | 'different' | 'running' {
    const now = this.#clock.now();
    for (const [old, { at }] of this.#answers) {
      if (now - at < KEPT_MS && this.#answers.size < ANSWERS_LIMIT) break;
      this.#answers.delete(old);
    }
    const held = this.#answers.get(key);
    if (!held) {
      this.#answers.set(key, { fingerprint, reply: 'running', at: now });
      return 'none';
    }
    if (held.fingerprint !== fingerprint) return 'different';
    return held.reply === 'running' ? 'running' : { kept: held.reply };
  }

  finish(key: string, fingerprint: string, reply: Reply | undefined): void {
    if (reply) this.#answers.set(key, { fingerprint, reply, at: this.#clock.now() });
    else this.#answers.delete(key);
  }
}
