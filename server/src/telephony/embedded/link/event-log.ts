import { invariant, type AccountId, type Clock } from '@centralita/kernel';
import type { TelephonyEvent, TelephonyFact } from '../../port/index.ts';

/** Events kept for a control process that is away or slow. At about 12 events per call this is some 4,000 calls. */
export const EVENT_LOG_LIMIT = 50_000;
/** From here on new calls are refused (503): what is live may still need its events. */
export const EVENT_LOG_ADMISSION_LIMIT = 40_000;
/**
 * Acknowledged events that are kept all the same. A control process that is killed comes back with the position of its last
 * *turn*, which is behind what it acknowledged: facts of no consequence make no turn, and each turn knows what was acknowledged
 * before it. Without this tail every restart got a snapshot, which does not tell what was played to its end meanwhile, and
 * callers stayed in a menu for ever (found by the simulator, kept seed 8).
 */
export const ACKNOWLEDGED_KEPT = 5_000;

/**
 * The numbered events that control has not yet committed. When it is full the oldest leave and control, whose position is then
 * out of reach, gets a snapshot instead.
 */
export class EventLog {
  #events: TelephonyEvent[] = [];
  /** Where the live part of the array begins; the dead part is cut off in large steps, so that acknowledging is O(1). */
  #start = 0;
  /** Up to here acknowledged. */
  #acknowledged: number;
  #seq: number;
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #listeners: ((event: TelephonyEvent) => void)[] = [];

  /** @param firstSeq number before the first event; see `nextSeqBase` for why it is not zero */
  constructor(clock: Clock, firstSeq: number, limit: number = EVENT_LOG_LIMIT) {
    this.#clock = clock;
    this.#seq = firstSeq;
    this.#acknowledged = firstSeq;
    this.#limit = limit;
  }

  get seq(): number {
    return this.#seq;
  }

  /** Events that control has yet to acknowledge. */
  get size(): number {
    return Math.min(this.#seq - this.#acknowledged, this.#kept);
  }

  get #kept(): number {
    return this.#events.length - this.#start;
  }

  get full(): boolean {
    return this.size >= (this.#limit * EVENT_LOG_ADMISSION_LIMIT) / EVENT_LOG_LIMIT;
  }

  onAppend(listener: (event: TelephonyEvent) => void): void {
    this.#listeners.push(listener);
  }

  append(account: AccountId, fact: TelephonyFact): TelephonyEvent {
    const event: TelephonyEvent = { seq: ++this.#seq, at: this.#clock.now(), account, fact };
    this.#events.push(event);
    if (this.#kept > this.#limit) this.#drop(1);
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  acknowledge(seq: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(seq, this.#seq));
    const spare = this.#kept - this.size - ACKNOWLEDGED_KEPT;
    if (spare > 0) this.#drop(spare);
  }

  /** True where every event after `seq` is still here. A number from the future belongs to another switch's history. */
  reaches(seq: number): boolean {
    return seq >= this.#seq - this.#kept && seq <= this.#seq;
  }

  /** The event numbered `seq`; the caller has asked `reaches(seq - 1)`. */
  at(seq: number): TelephonyEvent | undefined {
    const first = this.#events[this.#start];
    if (first === undefined) return undefined;
    const event = this.#events[this.#start + seq - first.seq];
    invariant(event === undefined || event.seq === seq, 'event numbers are without gaps');
    return event;
  }

  #drop(count: number): void {
    this.#start += count;
    if (this.#start < 1_024 || this.#start * 2 < this.#events.length) return;
    this.#events = this.#events.slice(this.#start);
    this.#start = 0;
  }
}
