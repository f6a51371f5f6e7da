import type { SpoolDisk, SpoolFile } from '@centralita/server/floor/spool.ts';

/** One file that outlives control. What was written and not yet synced when the power goes may be torn anywhere. */
export class Disk implements SpoolDisk {
  #synced = '';
  #written = '';

  read(): Promise<string> {
    return Promise.resolve(this.#written);
  }

  open(): Promise<SpoolFile> {
    const now = (change: () => void) => () => {
      change();
      return Promise.resolve();
    };
    const file = {
      appendFile: (text: string) => now(() => (this.#written += text))(),
      datasync: now(() => (this.#synced = this.#written)),
      truncate: (length: number) => now(() => (this.#written = this.#written.slice(0, length)))(),
      close: now(() => {}),
    };
    return Promise.resolve(file as unknown as SpoolFile);
  }

  setAside(path: string): Promise<string> {
    this.#written = this.#synced = '';
    return Promise.resolve(`${path}.refused`);
  }

  /**
   * The machine died in the middle of a write that nobody was told of: of `line` there is only the beginning, or all of it with
   * one bit turned over.
   * @param torn where, in [0, 1)
   * @returns how much of it a start has to drop
   */
  tear(line: string, torn: number, flipped: boolean): number {
    const place = Math.floor(line.length * torn);
    // The space behind the checksum says nothing: a line without it is whole.
    const at = flipped && line[place] === ' ' ? place + 1 : place;
    const bit = 1 << (at % 7);
    this.#written = this.#synced + (flipped ? line.slice(0, at) + String.fromCharCode(line.charCodeAt(at) ^ bit) + line.slice(at + 1) : line.slice(0, at));
    return this.#written.length - this.#synced.length;
  }

  get bytes(): number {
    return this.#written.length;
  }
}
