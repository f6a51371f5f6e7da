/** How long a command's id is remembered after its subject ended (design 3: a repeat never dials twice). */
export const REMEMBER_MS = 600_000;

/**
 * Ids of the commands taken. A command is remembered while any of its subjects (legs, recordings) lives and for ten minutes
 * after; one without a living subject for ten minutes after it came.
 */
export class CommandLedger {
  readonly #commands = new Map<string, { live: number; forgetAt: number }>();
  readonly #bySubject = new Map<string, string[]>();
  readonly #queue: { id: string; at: number }[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#commands.size;
  }

  has(id: string): boolean {
    return this.#commands.has(id);
  }

  /** @param liveSubjects the legs and recordings of the command that live now or are made by it */
  remember(id: string, liveSubjects: readonly string[]): void {
    const at = this.#now() + REMEMBER_MS;
    this.#commands.set(id, { live: liveSubjects.length, forgetAt: at });
    if (liveSubjects.length === 0) this.#queue.push({ id, at });
    for (const subject of liveSubjects) {
      const ids = this.#bySubject.get(subject);
      if (ids === undefined) this.#bySubject.set(subject, [id]);
      else ids.push(id);
    }
    this.#forget();
  }

  subjectEnded(subject: string): void {
    const ids = this.#bySubject.get(subject);
    if (ids === undefined) return;
    this.#bySubject.delete(subject);
    const at = this.#now() + REMEMBER_MS;
    for (const id of ids) {
      const command = this.#commands.get(id);
      if (command === undefined) continue;
      command.live -= 1;
      command.forgetAt = at;
      if (command.live === 0) this.#queue.push({ id, at });
    }
    this.#forget();
  }

  /** The queue is in order of time, so each call looks only at what is due. */
  #forget(): void {
    const now = this.#now();
    while (this.#queue.length > 0 && this.#queue[0]!.at <= now) {
      const { id } = this.#queue.shift()!;
      this.#commands.delete(id);
    }
  }
}
