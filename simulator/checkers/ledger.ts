import type { Instant } from '@centralita/kernel';
import type { FloorEvent, World } from '@centralita/server/wiring/account-program/index.ts';

interface Counted {
  offered: number;
  answered: number;
  abandoned: number;
  overflowed: number;
  failed: number;
  waitMs: number;
}

/**
 * A plain count of what must happen exactly once, kept from the committed events alone: every offer and conversation ends
 * once, after-service follows an answer once, no duration is negative. It shares no code with the figures that it is compared
 * with.
 */
export class Ledger {
  readonly broken: string[] = [];
  readonly counted: Counted = { offered: 0, answered: 0, abandoned: 0, overflowed: 0, failed: 0, waitMs: 0 };
  conversations = 0;
  turnedAway = 0;
  /** Time in which agents were signed in, over. */
  signedInMs = 0;
  readonly #offers = new Set<string>();
  readonly #conversations = new Set<string>();
  readonly #waiting = new Map<string, Instant>();
  /** Answered, and not yet followed by after-service. */
  readonly #answered = new Set<string>();
  readonly #afterServices = new Set<string>();
  readonly #signedIn = new Map<string, Instant>();

  take(events: readonly { readonly type: string }[]): void {
    for (const event of events) this.#take(event as FloorEvent);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get open(): number {
    return this.#conversations.size;
  }

  /** Waits so far of those who wait now. */
  waitingMs(now: Instant): number {
    return [...this.#waiting.values()].reduce((sum, since) => sum + Math.max(0, now - since), 0);
  }

  /** Agents' time signed in so far. */
  signedInMsUntil(now: Instant): number {
    return [...this.#signedIn.values()].reduce((sum, since) => sum + now - since, this.signedInMs);
  }

  /** What the ledger has open must be what is alive, and nothing else. Only when every turn is committed. */
  compare(world: World): string[] {
    const differs = (what: string, mine: ReadonlySet<string> | ReadonlyMap<string, unknown>, live: { keys(): Iterable<string>; readonly size: number }): string[] => {
      const keys = [...live.keys()];
      const missing = keys.filter((key) => !mine.has(key));
      return missing.length === 0 && mine.size === keys.length ? [] : [`ledger: ${mine.size} ${what} are open by their events, ${keys.length} are alive${missing.length > 0 ? `; ${missing[0]} never began` : ''}`];
    };
    return [...differs('offers', this.#offers, world.offers), ...differs('conversations', this.#conversations, world.conversations), ...differs('waiting', this.#waiting, world.waiting), ...differs('after-services', this.#afterServices, world.afterServices)];
  }

  #take(event: FloorEvent): void {
    switch (event.type) {
      case 'offer-made':
        return this.#begin(this.#offers, event.offerId, 'is offered');
      case 'offer-accepted':
      case 'offer-declined':
      case 'offer-expired':
      case 'offer-withdrawn':
        this.#notNegative(event.ringMs, event.offerId);
        return this.#end(this.#offers, event.offerId, event.type);
      case 'conversation-started':
        if (event.direction === 'inbound') this.conversations += 1;
        return this.#begin(this.#conversations, event.conversationId, 'starts');
      case 'conversation-ended':
        return this.#end(this.#conversations, event.conversationId, event.type);
      case 'call-refused':
        this.turnedAway += 1;
        return;
      case 'queued':
        if (this.#waiting.has(event.waitingId)) this.broken.push(`ledger: ${event.waitingId} is queued twice`);
        this.#waiting.set(event.waitingId, event.at);
        this.counted.offered += 1;
        return;
      case 'waiting-ended':
        return this.#waited(event);
      case 'conversation-agent-left':
        if (event.queueId !== null && event.segmentId !== null) this.#answered.add(event.segmentId);
        this.#notNegative(event.talkMs, event.conversationId);
        return;
      case 'after-service-started':
        if (!this.#answered.delete(event.segmentId)) this.broken.push(`ledger: after-service ${event.afterServiceId} follows no answer, or a second time`);
        return this.#begin(this.#afterServices, event.afterServiceId, 'starts');
      case 'after-service-ended':
        this.#notNegative(event.durationMs, event.afterServiceId);
        return this.#end(this.#afterServices, event.afterServiceId, event.type);
      case 'agent-signed-in':
        if (this.#signedIn.has(event.agentId)) this.broken.push(`ledger: ${event.agentId} signs in twice`);
        this.#signedIn.set(event.agentId, event.at);
        return;
      case 'agent-signed-out': {
        const since = this.#signedIn.get(event.agentId);
        if (since === undefined) this.broken.push(`ledger: ${event.agentId} signs out and is not in`);
        this.#notNegative(event.at - (since ?? event.at), event.agentId);
        this.signedInMs += event.at - (since ?? event.at);
        this.#signedIn.delete(event.agentId);
        return;
      }
      case 'activity-changed':
        return this.#notNegative(event.at - event.beforeSince, event.agentId);
      default:
        return;
    }
  }

  #waited(event: Extract<FloorEvent, { type: 'waiting-ended' }>): void {
    const since = this.#waiting.get(event.waitingId);
    if (since === undefined) this.broken.push(`ledger: ${event.waitingId} ends (${event.ending}) and does not wait`);
    this.#waiting.delete(event.waitingId);
    this.#notNegative(event.waitMs, event.waitingId);
    this.counted.waitMs += event.waitMs;
    if (event.ending === 'answered') this.counted.answered += 1;
    else if (event.ending === 'overflowed') this.counted.overflowed += 1;
    else if (event.ending === 'failed') this.counted.failed += 1;
    else this.counted.abandoned += 1;
  }

  #begin(open: Set<string>, id: string, what: string): void {
    if (open.has(id)) this.broken.push(`ledger: ${id} ${what} twice`);
    open.add(id);
  }

  #end(open: Set<string>, id: string, how: string): void {
    if (!open.delete(id)) this.broken.push(`ledger: ${id} ends (${how}) and was not open`);
  }

  #notNegative(ms: number, id: string): void {
    if (ms < 0) this.broken.push(`ledger: ${id} lasts ${ms} ms`);
  }
}
