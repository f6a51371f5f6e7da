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

  /**
   * The machine died in the middle of a write that nobody was told of.
   * @param torn how much of it reached the disk, in [0, 1]
   * @param garbage what the half-written sector holds
   */
  tear(line: string, torn: number, garbage = ''): void {
    this.#written = this.#synced + line.slice(0, Math.floor(line.length * torn)) + garbage;
  }

  get bytes(): number {
    return this.#written.length;
  }
}
