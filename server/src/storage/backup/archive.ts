import { once } from 'node:events';
import fs from 'node:fs';
import { finished } from 'node:stream/promises';
import { createGunzip, createGzip, type Gzip } from 'node:zlib';
import { OperatorError } from '../../config/operator-error.ts';

/**
 * A backup is one gzip file of records: one byte of kind, four of length, then the content. `H` head (JSON) · for each table
 * `T` name and columns, `D` data …, `E` · for each file `F` path and size, `D` …, `E` · `Z` at the very end, so that a file
 * that was cut short is known as such.
 */
export type RecordKind = 'H' | 'T' | 'F' | 'D' | 'E' | 'Z';

export interface ArchiveRecord {
  readonly kind: RecordKind;
  readonly content: Buffer;
}

const FRAME_BYTES = 5;
/** COPY sends rows one by one; a record collects them. */
const DATA_BYTES = 262_144;
const LARGEST_RECORD_BYTES = 1_073_741_824;

export class ArchiveWriter {
  readonly #gzip: Gzip = createGzip({ level: 3 });
  readonly #finished: Promise<void>;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  /** @param file must not exist; what is in it is for the operator's eyes only */
  constructor(file: string) {
    const output = fs.createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true });
    this.#gzip.pipe(output);
    this.#finished = finished(output);
    output.once('error', (error) => this.#gzip.destroy(error));
  }

  async json(kind: 'H' | 'T' | 'F', value: unknown): Promise<void> {
    await this.#write(kind, Buffer.from(JSON.stringify(value)));
  }

  /** @returns a promise when the disk is behind: wait for it before giving more */
  data(chunk: Buffer): Promise<void> | undefined {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    return this.#waitingBytes < DATA_BYTES ? undefined : this.#flush();
  }

  /** The end of a table or file. */
  async end(): Promise<void> {
    await this.#flush();
    await this.#write('E', Buffer.alloc(0));
  }

  async close(): Promise<void> {
    await this.#write('Z', Buffer.alloc(0));
    this.#gzip.end();
    await this.#finished;
  }

  async #flush(): Promise<void> {
    if (this.#waitingBytes === 0) return;
    const content = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    await this.#write('D', content);
  }

  async #write(kind: RecordKind, content: Buffer): Promise<void> {
    const frame = Buffer.alloc(FRAME_BYTES);
    frame.write(kind, 0, 'latin1');
    frame.writeUInt32BE(content.length, 1);
    this.#gzip.write(frame);
    if (!this.#gzip.write(content)) await Promise.race([once(this.#gzip, 'drain'), this.#finished]);
  }
}

/** @throws {OperatorError} when the file is no backup, was cut short or was damaged */
export async function* readArchive(file: string): AsyncGenerator<ArchiveRecord> {
  const source = fs.createReadStream(file);
  const gunzip = source.pipe(createGunzip());
  source.once('error', (error) => gunzip.destroy(error));
  let rest: Buffer = Buffer.alloc(0);
  let complete = false;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (rest.length >= FRAME_BYTES) {
        const kind = rest.toString('latin1', 0, 1) as RecordKind;
        const size = rest.readUInt32BE(1);
        if (!'HTFDEZ'.includes(kind) || size > LARGEST_RECORD_BYTES) throw new OperatorError(`${file} is not a backup of Centralita.`);
        if (rest.length < FRAME_BYTES + size) break;
        const content = rest.subarray(FRAME_BYTES, FRAME_BYTES + size);
        rest = rest.subarray(FRAME_BYTES + size);
        complete = kind === 'Z';
        if (!complete) yield { kind, content };
      }
    }
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'EACCES') throw new OperatorError(`${file} cannot be read: ${(error as Error).message}`);
    if (code?.startsWith('Z_')) throw new OperatorError(`${file} is damaged, or not a backup of Centralita (${code}).`);
    throw error;
  }
  if (!complete) throw new OperatorError(`${file} was cut short: it is not a whole backup.`);
}
