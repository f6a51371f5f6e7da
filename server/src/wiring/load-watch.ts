/** What is let go when memory is short, the least important first. */
export const SHEDDABLE = ['dashboards', 'reports', 'calls'] as const;
export type Sheddable = (typeof SHEDDABLE)[number];

/** Share of the heap that is needed: from here on each is let go. Beyond nine tenths the collector has hardly time for anything else. */
const LET_GO_FROM: Readonly<Record<Sheddable, number>> = { dashboards: 0.7, reports: 0.8, calls: 0.88 };
/** Each comes back when this much less is needed, for as long as `CALM_MS`. */
const BACK_BELOW = 0.06;
const CALM_MS = 5_000;
/**
 * What was found longer ago counts no more for what is let go: with so little going on, nothing is collected that would show what is
 * free again. Should memory still be short, the first collection says so.
 */
const STALE_MS = 15_000;
/** At two looks in a row: after a moment in which nothing ran at all, everything looks late once. */
const BEHIND_FOR_MS = 500;
const BEHIND_CALM_MS = 1_000;
/** The switch tells its load each second, and a moment's lateness is nobody's news. */
const SWITCH_REFUSES_FOR_MS = 2_000;
const LATE_MS = 50;
const LOOK_EVERY_MS = 500;

export interface LoadWatchParts {
  readonly now: () => number;
  /** Share of the heap that is needed, 0 to 1, and how long ago that was found. */
  readonly heap: () => { readonly share: number; readonly ageMs: number };
  /** The journal is behind, or the spool is full. */
  readonly behind: () => boolean;
  readonly engine: () => { readonly connected: boolean; readonly admitting: boolean; readonly tickLateP99Ms: number };
  /** How late the event loop was since this was last asked, 99th percentile in ms. */
  readonly loopLateMs: () => number;
  readonly takeCalls: (taking: boolean) => void;
  readonly showDashboards: (shown: boolean) => void;
  readonly banner: (banner: 'memory-short' | 'overloaded', active: boolean) => void;
  readonly alarm: (name: 'memory-short' | 'overloaded' | 'control-late', detail: string) => void;
}

/**
 * Keeps control from more than it can carry (design 2: every queue is bounded): dashboards are let go first, then reports, then new
 * calls; live calls never. Says so to whoever looks, once for as long as it lasts.
 */
export class LoadWatch {
  readonly #parts: LoadWatchParts;
  readonly #letGo: Readonly<Record<Sheddable, Lasting>> = { dashboards: new Lasting(0, CALM_MS), reports: new Lasting(0, CALM_MS), calls: new Lasting(0, CALM_MS) };
  readonly #behind = new Lasting(BEHIND_FOR_MS, BEHIND_CALM_MS);
  readonly #switchRefuses = new Lasting(SWITCH_REFUSES_FOR_MS, CALM_MS);
  readonly #late = new Lasting(0, CALM_MS);
  #refusing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: LoadWatchParts) {
    this.#parts = parts;
  }

  isLetGo(what: Sheddable): boolean {
    return this.#letGo[what].active;
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  look(): void {
    this.#lookAtMemory();
    this.#lookAtCalls();
    const lateMs = this.#parts.loopLateMs();
    if (this.#late.look(this.#parts.now(), lateMs > LATE_MS) && this.#late.active) this.#parts.alarm('control-late', `the event loop runs ${Math.round(lateMs)} ms late`);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #lookAtMemory(): void {
    const { now, heap, showDashboards, banner, alarm } = this.#parts;
    const { share, ageMs } = heap();
    for (const what of SHEDDABLE) {
      const letGo = this.#letGo[what];
      if (!letGo.look(now(), ageMs < STALE_MS && share >= LET_GO_FROM[what] - (letGo.active ? BACK_BELOW : 0))) continue;
      if (letGo.active) alarm('memory-short', `${Math.round(100 * share)} % of the heap is needed: ${what} are let go`);
      if (what !== 'dashboards') continue;
      showDashboards(!letGo.active);
      banner('memory-short', letGo.active);
    }
  }

  #lookAtCalls(): void {
    const { now, behind, engine, takeCalls, banner, alarm } = this.#parts;
    const { connected, admitting, tickLateP99Ms } = engine();
    this.#behind.look(now(), behind());
    const following = !this.#behind.active && !this.#letGo.calls.active;
    takeCalls(following);
    // What the switch refuses because of us is no reason of its own.
    this.#switchRefuses.look(now(), following && connected && !admitting);
    const refusing = !following || this.#switchRefuses.active;
    if (refusing === this.#refusing) return;
    this.#refusing = refusing;
    banner('overloaded', refusing);
    if (refusing) alarm('overloaded', `new calls are refused: ${this.#behind.active ? 'the journal is behind' : following ? `the switch is full, or audio runs ${tickLateP99Ms} ms late` : 'memory is short'}`);
  }
}

/** A condition that has to last before it counts, and to be over for a while before it does not. */
class Lasting {
  readonly #onAfterMs: number;
  readonly #offAfterMs: number;
  #otherSince: number | undefined;
  active = false;

  constructor(onAfterMs: number, offAfterMs: number) {
    this.#onAfterMs = onAfterMs;
    this.#offAfterMs = offAfterMs;
  }

  /** @returns whether it became active, or is not any more */
  look(now: number, condition: boolean): boolean {
    if (condition === this.active) {
      this.#otherSince = undefined;
      return false;
    }
    this.#otherSince ??= now;
    if (now - this.#otherSince < (condition ? this.#onAfterMs : this.#offAfterMs)) return false;
    this.#otherSince = undefined;
    this.active = condition;
    return true;
  }
}
