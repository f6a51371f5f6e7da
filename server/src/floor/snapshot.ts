import { setImmediate as nextRound } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzip } from 'node:zlib';
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

/** What a snapshot holds, at this very moment: values never change, so that a list of them is enough. */
export function captureSnapshot(world: FloorWorld, timers: Iterable<Timer>, openEffects: Iterable<Effect>, positions: Positions): SnapshotContent {
  const tables: Record<string, readonly (readonly [string, unknown])[]> = {};
  for (const [name, table] of Object.entries(world.tables)) tables[name] = [...table.entries()];
  return { tables, timers: [...timers], openEffects: [...openEffects], positions };
}

/** Some milliseconds of work on a busy floor. */
const ROWS_AT_ONCE = 200;
const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Written in slices between which calls are decided, and compressed on another thread: a large floor takes seconds of it. */
export async function encodeSnapshot({ tables, timers, openEffects, positions }: SnapshotContent): Promise<Uint8Array> {
  const parts: string[] = [];
  const list = async (rows: readonly unknown[]) => {
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      parts.push(from === 0 ? '' : ',', JSON.stringify(rows.slice(from, from + ROWS_AT_ONCE)).slice(1, -1));
      await nextRound();
    }
  };
  parts.push('{"tables":{');
  for (const [index, [name, rows]] of Object.entries(tables).entries()) {
    parts.push(`${index === 0 ? '' : ','}${JSON.stringify(name)}:[`);
    await list(rows);
    parts.push(']');
  }
  parts.push('},"timers":[');
  await list(timers);
  parts.push('],"openEffects":[');
  await list(openEffects);
  parts.push(`],"positions":${JSON.stringify(positions)}}`);
  return compress(parts.join(''), { level: 1 });
}

/** A state as it is kept for the past: values stay in `journal_personal`, where erasing finds them. */
export const withoutPersonal = (content: SnapshotContent): SnapshotContent => ({
  ...content,
  tables: { ...content.tables, personal: (content.tables['personal'] ?? []).map(([reference]) => [reference, ''] as const) },
});

/** @throws when the bytes cannot be read; the caller takes an older snapshot then. */
export function decodeSnapshot(state: Uint8Array): SnapshotContent {
  return JSON.parse(gunzipSync(state).toString('utf8')) as SnapshotContent;
}

/** The same beside a floor that decides: unpacked on another thread. Reading the text takes some 10 ms for each megabyte of it. */
export const decodeSnapshotAside = async (state: Uint8Array): Promise<SnapshotContent> => JSON.parse((await decompress(state)).toString('utf8')) as SnapshotContent;

/** Fills in slices between which calls are decided. */
export async function fillWorldInSlices(world: FloorWorld, content: SnapshotContent): Promise<void> {
  for (const [name, rows] of Object.entries(content.tables)) {
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      fillWorld(world, { ...content, tables: { [name]: rows.slice(from, from + ROWS_AT_ONCE) } });
      await nextRound();
    }
  }
}

export function fillWorld(world: FloorWorld, content: SnapshotContent): void {
  for (const [name, rows] of Object.entries(content.tables)) {
    const table = world.tables[name];
    if (!table) throw new Error(`the snapshot has a table "${name}" that this version does not know`);
    for (const [key, value] of rows) table.put(key, value);
  }
}
