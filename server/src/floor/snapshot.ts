import { pipeline } from 'node:stream/promises';
import { setImmediate as nextRound } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createGzip, gunzip, gunzipSync } from 'node:zlib';
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

/** Of the text, in characters: half a millisecond of work. */
const PIECE = 65_536;
/** Some milliseconds of work on a busy floor. */
const ROWS_AT_ONCE = 200;
const decompress = promisify(gunzip);

/**
 * Written in pieces between which calls are decided, each compressed on another thread as it comes: a large floor takes seconds of
 * it, and its text never stands in memory as a whole.
 */
export async function encodeSnapshot(content: SnapshotContent): Promise<Uint8Array> {
  const packed: Uint8Array[] = [];
  await pipeline(piecesOf(content), createGzip({ level: 1 }), async (compressed: AsyncIterable<Uint8Array>) => {
    for await (const part of compressed) packed.push(part);
  });
  return Buffer.concat(packed);
}

async function* piecesOf(content: SnapshotContent): AsyncGenerator<string> {
  let piece = '';
  for (const text of textsOf(content)) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
    await nextRound();
  }
  yield piece;
}

function* textsOf({ tables, timers, openEffects, positions }: SnapshotContent): Generator<string> {
  yield '{"tables":{';
  for (const [index, [name, rows]] of Object.entries(tables).entries()) {
    yield `${index === 0 ? '' : ','}${JSON.stringify(name)}:`;
    yield* listOf(rows);
  }
  yield '},"timers":';
  yield* listOf(timers);
  yield ',"openEffects":';
  yield* listOf(openEffects);
  yield `,"positions":${JSON.stringify(positions)}}`;
}

function* listOf(rows: readonly unknown[]): Generator<string> {
  yield '[';
  for (const [index, row] of rows.entries()) yield `${index === 0 ? '' : ','}${JSON.stringify(row)}`;
  yield ']';
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
