import { type Clock, type Instant, planOn } from '@centralita/kernel';

export interface Timer {
  readonly id: string;
  readonly at: Instant;
  readonly input: unknown;
}

/** setTimeout holds 31 bits of milliseconds; longer waits are taken in steps. */
const LONGEST_WAIT_MS = 2_000_000_000;

/**
 * The account's timers: data, ordered by time in a binary heap, with one wake-up. Moved or cancelled timers leave a stale
 * heap entry behind that is skipped when it comes up, so a change costs O(log n).
 */
export class Timers {
  readonly #clock: Clock;
  readonly #fire: (timer: Timer) => void;
  readonly #byId = new Map<string, Timer>();
  #heap: Timer[] = [];
  #wakeUp: (() => void) | undefined;
  #wakeUpAt = Infinity;
  #running = false;

  constructor(clock: Clock, fire: (timer: Timer) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  get size(): number {
    return this.#byId.size;
  }

  all(): IterableIterator<Timer> {
    return this.#byId.values();
  }

  set(timer: Timer): void {
    this.#byId.set(timer.id, timer);
    this.#push(timer);
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#byId.size) this.#rebuild();
    this.#plan();
  }

  cancel(id: string): void {
    this.#byId.delete(id);
  }

  /** From here on timers fire; overdue ones at once, oldest first. */
  start(): void {
    this.#running = true;
    this.#plan();
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  stop(): void {
    this.#running = false;
    this.#wakeUp?.();
    this.#wakeUp = undefined;
    this.#wakeUpAt = Infinity;
  }

  #plan(): void {
    if (!this.#running) return;
    this.#dropStale();
    const next = this.#heap[0];
    if (!next || (this.#wakeUp && next.at >= this.#wakeUpAt)) return;
    this.#wakeUp?.();
    this.#wakeUpAt = next.at;
    this.#wakeUp = planOn(this.#clock, Math.min(LONGEST_WAIT_MS, Math.max(0, next.at - this.#clock.now())), () => this.#awake());
  }

  #awake(): void {
    this.#wakeUp = undefined;
    this.#wakeUpAt = Infinity;
    const now = this.#clock.now();
    for (;;) {
      this.#dropStale();
      const next = this.#heap[0];
      if (!next || next.at > now || !this.#running) break;
      this.#pop();
      this.#byId.delete(next.id);
      this.#fire(next);
    }
    this.#plan();
  }

  #dropStale(): void {
    while (this.#heap[0] && this.#byId.get(this.#heap[0].id) !== this.#heap[0]) this.#pop();
  }

  #rebuild(): void {
    const live = [...this.#byId.values()];
    this.#heap = [];
    for (const timer of live) this.#push(timer);
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let i = heap.push(timer) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (heap[parent]!.at <= timer.at) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++;
      if (heap[child]!.at >= last.at) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}
