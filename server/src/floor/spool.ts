import { type FileHandle, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { StoredTurn } from './journal-store.ts';

/** What the spool asks of a disk; the simulator has one that tears what was being written when the power went. */
export interface SpoolDisk {
  /** The whole file; empty when there is none. */
  read(path: string): Promise<string>;
  open(path: string): Promise<SpoolFile>;
  /** Gives the file another name, which it answers. */
  setAside(path: string): Promise<string>;
}
export type SpoolFile = Pick<FileHandle, 'appendFile' | 'close' | 'datasync' | 'truncate'>;

const REAL_DISK: SpoolDisk = {
  async read(path) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
  },
  open: (path) => open(path, 'a', 0o600),
  async setAside(path) {
    const aside = `${path}.refused-${(await stat(path)).mtimeMs.toFixed(0)}`;
    await rename(path, aside);
    return aside;
  },
};

/**
 * Where turns wait while PostgreSQL is away: a file of lines `crc32 json`, appended and fsynced. A torn tail (the machine died
 * while writing) was never acknowledged to anybody, so what follows the last whole line is dropped and counted.
 */
export class Spool {
  readonly #path: string;
  readonly #disk: SpoolDisk;
  readonly #limitBytes: number;
  #file: SpoolFile | undefined;
  #bytes = 0;
  #turns: StoredTurn[] = [];

  constructor(path: string, limitBytes: number, disk: SpoolDisk = REAL_DISK) {
    this.#path = path;
    this.#disk = disk;
    this.#limitBytes = limitBytes;
  }

  /** Reads what an earlier process left. @returns how many bytes of a torn tail were dropped */
  async open(): Promise<{ readonly droppedBytes: number }> {
    const text = await this.#disk.read(this.#path);
    const { turns, goodBytes } = parseSpool(text);
    this.#turns = turns;
    this.#bytes = goodBytes;
    this.#file = await this.#disk.open(this.#path);
    const droppedBytes = Buffer.byteLength(text) - goodBytes;
    if (droppedBytes > 0) await this.#file.truncate(goodBytes);
    return { droppedBytes };
  }

  get size(): number {
    return this.#turns.length;
  }

  get full(): boolean {
    return this.#bytes >= this.#limitBytes;
  }

  /** The oldest turns that are not in the journal yet. */
  head(count: number): readonly StoredTurn[] {
    return this.#turns.slice(0, count);
  }

  /** Durable when it resolves. */
  async append(turns: readonly StoredTurn[]): Promise<void> {
    if (!this.#file) throw new Error('the spool is not open');
    const text = turns.map(spoolLine).join('');
    await this.#file.appendFile(text);
    await this.#file.datasync();
    this.#bytes += Buffer.byteLength(text);
    this.#turns.push(...turns);
  }

  /** Forgets the oldest `count`; the file is emptied when nothing is left, and rewritten only then: a repeat is harmless. */
  async drained(count: number): Promise<void> {
    this.#turns.splice(0, count);
    if (this.#turns.length > 0 || !this.#file) return;
    await this.#file.truncate(0);
    await this.#file.datasync();
    this.#bytes = 0;
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  /** Keeps the whole file under another name and begins an empty one. @returns that name */
  async setAside(): Promise<string> {
    await this.close();
    const aside = await this.#disk.setAside(this.#path);
    await this.open();
    return aside;
  }
}

/** A turn as it stands in the file. */
export function spoolLine(turn: StoredTurn): string {
  const json = JSON.stringify(turn);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

function parseSpool(text: string): { turns: StoredTurn[]; goodBytes: number } {
  const turns: StoredTurn[] = [];
  let goodBytes = 0;
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    if (end < 0) break;
    const line = text.slice(from, end);
    const json = line.slice(9);
    if (crc32(json).toString(16).padStart(8, '0') !== line.slice(0, 8)) break;
    turns.push(JSON.parse(json) as StoredTurn);
    goodBytes += Buffer.byteLength(line) + 1;
    from = end + 1;
  }
  return { turns, goodBytes };
}
