import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** How full the heap is with what is still needed: looked at after each collection of the whole of it, when garbage does not count. */
export class LiveHeap {
  readonly #limitBytes: number;
  readonly #observer: PerformanceObserver;
  #usedBytes = 0;
  #lookedAt = performance.now();

  /** @param youngBytes of the heap's limit, what the young generation may take: nothing that stays has room there */
  constructor(youngBytes: number) {
    this.#limitBytes = getHeapStatistics().heap_size_limit - youngBytes;
    this.#observer = new PerformanceObserver((list) => {
      if (!list.getEntries().some(isOfTheWholeHeap)) return;
      this.#usedBytes = getHeapStatistics().used_heap_size;
      this.#lookedAt = performance.now();
    });
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** 1: the next thing that stays ends the process. 0 before the first collection. */
  get share(): number {
    return this.#usedBytes / this.#limitBytes;
  }

  /** How old that is: where hardly anything is made, nothing is collected for minutes. */
  get ageMs(): number {
    return performance.now() - this.#lookedAt;
  }

  close(): void {
    this.#observer.disconnect();
  }
}

/** Node's types leave out what an entry about a collection tells. */
function isOfTheWholeHeap(entry: PerformanceEntry): boolean {
  const detail = 'detail' in entry ? entry.detail : undefined;
  return typeof detail === 'object' && detail !== null && 'kind' in detail && detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
