import type { Table } from '@centralita/server/floor/table.ts';
import { brokenAmong, type HasTimer, type LiveRow, type LiveTableName, relatedTo, type RowName, RULES, type World } from '@centralita/server/wiring/account-program/index.ts';

/** Tables that rules are about, and those that rules of others read. */
const WATCHED: readonly LiveTableName[] = [...new Set<LiveTableName>([...RULES.map(({ table }) => table), 'devices'])];

/**
 * The floor's invariants after every step, at the cost of what the step changed: it watches the tables, and asks the rules of
 * the watchdog (`brokenInvariants`) about the rows that were written and those whose rules read them.
 */
export class LiveInvariants {
  readonly #world: World;
  #changed: { readonly table: LiveTableName; readonly key: string; readonly before: unknown; readonly after: unknown }[] = [];

  constructor(world: World) {
    this.#world = world;
    for (const table of WATCHED) (world[table] as Table<unknown>).watch((key, before, after) => void this.#changed.push({ table, key, before, after }));
  }

  /** What the changes since the last call broke. */
  broken(hasTimer?: HasTimer): string[] {
    if (this.#changed.length === 0) return [];
    const changed = this.#changed;
    this.#changed = [];
    const seen = new Set<string>();
    const rows: RowName[] = [];
    const look = (table: LiveTableName, key: string): void => {
      const name = `${table} ${key}`;
      if (seen.has(name)) return;
      seen.add(name);
      rows.push([table, key]);
    };
    for (const { table, key, before, after } of changed) {
      look(table, key);
      for (const row of [before, after]) if (row !== undefined) for (const [related, relatedKey] of relatedTo(table, row as LiveRow)) look(related, relatedKey);
    }
    return brokenAmong(this.#world, rows, hasTimer);
  }
}
