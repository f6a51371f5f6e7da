import { ignoreFailure } from '@centralita/kernel';

/** A minute of one call is 1.9 MB. With less than this the next minutes are lost, so the disk still counts as full. */
const ENOUGH_BYTES = 16 * 1024 * 1024;
/** Below this a start finds it full without waiting for a recording to fail. */
const NOTHING_BYTES = 1024 * 1024;
const LOOK_EVERY_MS = 5_000;

export interface RecordingDiskOptions {
  freeBytes(): Promise<number>;
  /** Told once when it is full and once when there is space again. */
  onFull(full: boolean): void;
  /** Sound that could not be put to rest waits. */
  onSpace(): Promise<unknown>;
}

/** Whether there is space for recordings: learnt from one that failed, unlearnt by looking. Calls go on either way. */
export class RecordingDisk {
  readonly #options: RecordingDiskOptions;
  #looking: NodeJS.Timeout | undefined;

  constructor(options: RecordingDiskOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    if ((await this.#options.freeBytes()) < NOTHING_BYTES) this.sawFull();
  }

  /** A recording, or its encryption, met a disk without space. */
  sawFull(): void {
    if (this.#looking) return;
    this.#options.onFull(true);
    this.#looking = setInterval(() => ignoreFailure('looking for space on the disk of the recordings', this.#look()), LOOK_EVERY_MS);
  }

  close(): void {
    clearInterval(this.#looking);
  }

  async #look(): Promise<void> {
    if ((await this.#options.freeBytes()) < ENOUGH_BYTES) return;
    this.close();
    this.#looking = undefined;
    this.#options.onFull(false);
    await this.#options.onSpace();
  }
}

export const isDiskFull = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
