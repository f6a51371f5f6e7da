import type { Clock, Instant } from '@centralita/kernel';

interface Planned {
  readonly at: Instant;
  readonly order: number;
  run: (() => void) | undefined;
}

/**
 * Time that jumps to the next thing planned. What is planned for the same instant happens in the order in which it was
 * planned, so that a run depends on nothing but its seed. A binary heap; cancelled entries are skipped when they come up.
 */
export class VirtualTime implements Clock {
  #now: Instant;
  #order = 0;
  #live = 0;
  readonly #heap: Planned[] = [];

  constructor(start: Instant) {
    this.#now = start;
  }

  /** Bound, so that it can be handed on. */
  readonly now = (): Instant => this.#now;

  readonly plan = (delayMs: number, run: () => void): (() => void) => {
    const entry: Planned = { at: this.#now + Math.max(0, Math.round(delayMs)), order: this.#order++, run };
    this.#push(entry);
    this.#live += 1;
    return () => {
      if (entry.run === undefined) return;
      entry.run = undefined;
      this.#live -= 1;
    };
  };

  readonly after = this.plan;

  get planned(): number {
    return this.#live;
  }

  /** When the next thing happens; undefined when nothing is planned. */
  get next(): Instant | undefined {
    while (this.#heap[0] && this.#heap[0].run === undefined) this.#pop();
    return this.#heap[0]?.at;
  }

  /** Goes to the next thing planned, at most to `until`, and does it. @returns false when there is nothing until then */
  step(until: Instant): boolean {
    const next = this.next;
    if (next === undefined || next > until) {
      this.#now = Math.max(this.#now, until);
      return false;
    }
    const entry = this.#pop();
    this.#now = entry.at;
    this.#live -= 1;
    const { run } = entry;
    entry.run = undefined;
    run?.();
    return true;
  }

  #push(entry: Planned): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (isBefore(heap[parent]!, entry)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): Planned {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (isBefore(last, heap[child]!)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

const isBefore = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
