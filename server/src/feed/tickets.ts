import { randomBytes } from 'node:crypto';
import type { Clock } from '@centralita/kernel';
import { SECOND_MS } from '@centralita/kernel';
import type { FeedReader } from './topic.ts';

const LIFETIME_MS = 30 * SECOND_MS;
const TICKETS_LIMIT = 20_000;

/** A WebSocket cannot carry our Origin-checked POST's guarantees, so it opens with a ticket from one: used once, soon. */
export class FeedTickets {
  readonly #clock: Clock;
  readonly #tickets = new Map<string, { readonly reader: FeedReader; readonly expiresAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(reader: FeedReader): string {
    const now = this.#clock.now();
    // In order of insertion, so the first are the oldest.
    for (const [ticket, { expiresAt }] of this.#tickets) {
      if (expiresAt > now && this.#tickets.size < TICKETS_LIMIT) break;
      this.#tickets.delete(ticket);
    }
    const ticket = randomBytes(24).toString('base64url');
    this.#tickets.set(ticket, { reader, expiresAt: now + LIFETIME_MS });
    return ticket;
  }

  take(ticket: string): FeedReader | undefined {
    const held = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    return held && held.expiresAt > this.#clock.now() ? held.reader : undefined;
  }
}
