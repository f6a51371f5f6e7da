/** The events of an object: name → what a listener is given. */
export type EventMap = Record<string, unknown>;

/** What a holder of the object may do with its events. Listeners are called in the order in which they came. */
export interface Observable<Events> {
  /** @returns a function that removes the listener. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
}

/**
 * A typed list of listeners. Not node:events: names and payloads are checked by the compiler, and an object that ends drops all
 * its listeners, so that nothing keeps a finished call in memory.
 */
export class Emitter<Events> implements Observable<Events> {
  #listeners: Map<keyof Events, ((event: never) => void)[]> | undefined;

  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const all = (this.#listeners ??= new Map());
    const existing = all.get(name);
    if (existing) existing.push(listener);
    else all.set(name, [listener]);
    return () => {
      const list = this.#listeners?.get(name);
      const at = list ? list.indexOf(listener) : -1;
      if (at >= 0) list!.splice(at, 1);
    };
  }

  /** @returns whether anybody listened. What a listener throws reaches the caller: the user agent reports it at its door. */
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): boolean {
    const list = this.#listeners?.get(name);
    if (!list || list.length === 0) return false;
    for (const listener of [...list]) (listener as (event: Events[Name]) => void)(event);
    return true;
  }

  has(name: keyof Events): boolean {
    return (this.#listeners?.get(name)?.length ?? 0) > 0;
  }

  clear(): void {
    this.#listeners = undefined;
  }
}
