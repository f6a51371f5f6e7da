import type { AccountId, Instant } from '@centralita/kernel';
import type { SwitchSnapshot, TelephonyEvent, TelephonyFact } from '../port/index.ts';

/** As the switch keeps them (`embedded/link/event-log.ts`). */
const ACKNOWLEDGED_KEPT = 5_000;

/** Numbers the events, tells them to control, and keeps them to be told again. */
export class EventLog {
  readonly #kept: number;
  #events: TelephonyEvent[] = [];
  #acknowledged = 0;
  /** Everything up to here was forgotten before it was acknowledged, or never kept. */
  #forgottenUpTo: number;
  #seq: number;
  #take: (event: TelephonyEvent) => void = () => {};

  /** @param kept how many at most are kept to be told again */
  constructor(now: Instant, kept: number) {
    this.#kept = kept;
    // Above every number of an engine before this one, as the switch's are: at most 1,000 events a millisecond.
    this.#seq = now * 1_000;
    this.#forgottenUpTo = this.#seq;
  }

  get seq(): number {
    return this.#seq;
  }

  /** Of legs whose end nobody has acknowledged. */
  get endedLegs(): SwitchSnapshot['endedLegs'] {
    return this.#events.flatMap(({ seq, account, at, fact }) => (seq > this.#acknowledged && fact.type === 'leg-ended' ? [{ legId: fact.legId, account, at, by: fact.by, cause: fact.cause }] : []));
  }

  onEvent(take: (event: TelephonyEvent) => void): void {
    this.#take = take;
  }

  tell(at: Instant, account: AccountId, fact: TelephonyFact): void {
    const event: TelephonyEvent = { seq: ++this.#seq, at, account, fact };
    if (this.#kept > 0) {
      this.#events.push(event);
      if (this.#events.length > this.#kept) this.#forgottenUpTo = this.#events.shift()!.seq;
    }
    this.#take(event);
  }

  acknowledge(seq: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, seq);
    // A tail is kept for the next control, whose position is that of its last turn.
    const kept = this.#events;
    const spare = kept.length - ACKNOWLEDGED_KEPT;
    if (spare < ACKNOWLEDGED_KEPT) return;
    let done = 0;
    while (done < spare && kept[done]!.seq <= seq) done += 1;
    if (done === 0) return;
    this.#forgottenUpTo = kept[done - 1]!.seq;
    kept.splice(0, done);
  }

  /** @returns false when what was kept does not reach back that far */
  tellAgainAfter(seq: number, take: (event: TelephonyEvent) => void): boolean {
    this.#take = take;
    if (seq < this.#forgottenUpTo) return false;
    for (const event of [...this.#events]) if (event.seq > seq) take(event);
    return true;
  }
}
