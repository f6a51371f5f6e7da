import { gunzipSync, gzipSync } from 'node:zlib';
import type { Effect, FloorWorld } from './program.ts';
import type { Timer } from './timers.ts';

/**
 * Grows when the layout below changes; a snapshot of another version is skipped for an older one or for the whole journal. After
 * the first `journalKeptDays` there is no whole journal any more: a new version must be able to read the one before.
 */
export const SNAPSHOT_SCHEMA_VERSION = 1;

export interface SnapshotContent {
  readonly tables: Readonly<Record<string, readonly (readonly [string, unknown])[]>>;
  readonly timers: readonly Timer[];
  readonly openEffects: readonly Effect[];
  readonly positions: Positions;
}

/** How far an account has come in what it reads from: the switch's events and the configuration outbox. */
export interface Positions {
  /** Every event of the switch up to here was committed by every account. */
  readonly switchSeq: number;
  readonly outbox: number;
  /** The last event of the switch that this account took: what the switch repeats after a restart is dropped up to here. */
  readonly ownSeq: number;
}

export function encodeSnapshot(world: FloorWorld, timers: Iterable<Timer>, openEffects: Iterable<Effect>, positions: Positions): Uint8Array {
  const tables: Record<string, readonly (readonly [string, unknown])[]> = {};
  for (const [name, table] of Object.entries(world.tables)) tables[name] = [...table.entries()];
  const content: SnapshotContent = { tables, timers: [...timers], openEffects: [...openEffects], positions };
  return gzipSync(JSON.stringify(content), { level: 1 });
}

/** @throws when the bytes cannot be read; the caller takes an older snapshot then. */
export function decodeSnapshot(state: Uint8Array): SnapshotContent {
  return JSON.parse(gunzipSync(state).toString('utf8')) as SnapshotContent;
}

export function fillWorld(world: FloorWorld, content: SnapshotContent): void {
  for (const [name, rows] of Object.entries(content.tables)) {
    const table = world.tables[name];
    if (!table) throw new Error(`the snapshot has a table "${name}" that this version does not know`);
    for (const [key, value] of rows) table.put(key, value);
  }
}
