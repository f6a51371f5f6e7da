/**
 * A map of immutable values that can take back what it was told since `mark`. Watchers (indexes) see every change, also the
 * ones taken back, so that they never have to be told of a rollback.
 */
export class Table<Value> {
  readonly #rows = new Map<string, Value>();
  readonly #watchers: ((key: string, before: Value | undefined, after: Value | undefined) => void)[] = [];
  /** Key and value before, for each write since `mark`. */
  #undo: { readonly key: string; readonly before: Value | undefined }[] = [];
  #marked = false;
  #written: Table<unknown>[] | undefined;

  get size(): number {
    return this.#rows.size;
  }

  get(key: string): Value | undefined {
    return this.#rows.get(key);
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  /** Writes a row, or removes it when `value` is undefined. */
  put(key: string, value: Value | undefined): void {
    const before = this.#rows.get(key);
    if (before === value) return;
    if (this.#marked) this.#note(key, before);
    this.#write(key, before, value);
  }

  keys(): IterableIterator<string> {
    return this.#rows.keys();
  }

  values(): IterableIterator<Value> {
    return this.#rows.values();
  }

  entries(): IterableIterator<[string, Value]> {
    return this.#rows.entries();
  }

  watch(watcher: (key: string, before: Value | undefined, after: Value | undefined) => void): void {
    this.#watchers.push(watcher);
    for (const [key, value] of this.#rows) watcher(key, undefined, value);
  }

  /**
   * From here on changes can be taken back, and those of before no more.
   * @param written where this table is put when it is written, so that nobody has to ask it
   */
  mark(written?: Table<unknown>[]): void {
    if (this.#undo.length > 0) this.#undo = [];
    this.#marked = true;
    this.#written = written;
  }

  keep(): void {
    this.#marked = false;
    if (this.#undo.length > 0) this.#undo = [];
  }

  /** Every row is as it was, whatever happens. @returns what watchers threw meanwhile: an index that threw on a value may throw on its going */
  takeBack(): readonly unknown[] {
    const undo = this.#undo;
    const thrown: unknown[] = [];
    this.#marked = false;
    this.#undo = [];
    for (let i = undo.length - 1; i >= 0; i--) {
      const { key, before } = undo[i]!;
      try {
        this.#write(key, this.#rows.get(key), before);
      } catch (error) {
        thrown.push(error);
      }
    }
    return thrown;
  }

  #note(key: string, before: Value | undefined): void {
    if (this.#undo.push({ key, before }) === 1) this.#written?.push(this as Table<unknown>);
  }

  #write(key: string, before: Value | undefined, after: Value | undefined): void {
    if (after === undefined) this.#rows.delete(key);
    else this.#rows.set(key, after);
    for (const watcher of this.#watchers) watcher(key, before, after);
  }
}
