import type { Table } from '@centralita/server/floor/table.ts';
import { brokenAmong, type HasTimer, type LiveRow, type LiveTableName, lookAround, type RowName, RULES, type World } from '@centralita/server/wiring/account-program/index.ts';

/** Tables that rules are about, and those that rules of others read. */
const WATCHED: readonly LiveTableName[] = [...new Set<LiveTableName>([...RULES.map(({ table }) => table), 'devices'])];

/**
 * The floor's invariants after every step, at the cost of what the step changed: it watches the tables, and asks the rules of
 * the watchdog (`brokenInvariants`) about the rows that were written and those whose rules read them.
 */
export class LiveInvariants {
  readonly #world: World;
  /** Rows to be looked at, each once, whatever table it is of: keys are never those of two tables. */
  readonly #rows = new Map<string, RowName>();

  constructor(world: World) {
    this.#world = world;
    for (const table of WATCHED) {
      (world[table] as Table<LiveRow>).watch((key, before, after) => {
        this.#look(table, key);
        if (before !== undefined) lookAround(table, before, this.#look);
        if (after !== undefined) lookAround(table, after, this.#look);
      });
    }
  }

  /** What the changes since the last call broke. */
  broken(hasTimer?: HasTimer): string[] {
    if (this.#rows.size === 0) return [];
    const broken = brokenAmong(this.#world, this.#rows.values(), hasTimer);
    this.#rows.clear();
    return broken;
  }

  readonly #look = (table: LiveTableName, key: string): void => {
    if (!this.#rows.has(key)) this.#rows.set(key, [table, key]);
  };
}
