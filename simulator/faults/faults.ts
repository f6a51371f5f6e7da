import { ignoreFailure, MINUTE_MS } from '@centralita/kernel';
import type { Chance } from '../chance/chance.ts';
import { drawMs } from '../chance/span.ts';
import type { FaultScenario, Span } from '../scenario/scenario.ts';
import type { Center } from '../world/center.ts';
import type { Control } from '../world/control.ts';

const CLOCK_JUMP_MS = 2 * 3_600_000;
const SNAPSHOT_EVERY_MS = MINUTE_MS;

/** Everything that goes wrong from outside, at seeded moments of a center's day. Counts say how often each really happened. */
export class Faults {
  readonly counts = new Map<string, number>();
  readonly #center: Center;
  readonly #faults: FaultScenario;
  readonly #chance: Chance;
  #over = false;
  #snapshotDue = false;

  constructor(center: Center) {
    this.#center = center;
    this.#faults = center.scenario.faults;
    this.#chance = center.chance.fork('faults');
  }

  plan(): void {
    const { controlKilled, controlFrozen, databaseAway, commitUnknown, linkCut, deviceFlaps, trunkDown, linkDelayMs } = this.#faults;
    const { journal } = this.#center;
    if (linkDelayMs > 0) journal.commitMs = () => this.#chance.whole(4);
    if (controlKilled + controlFrozen > 0) this.#everyMinute();
    this.#often(controlKilled, () => this.kill());
    this.#often(controlFrozen, () => this.#freeze());
    this.#often(databaseAway, () => this.#storage('away', this.#faults.databaseAwayFor));
    this.#often(commitUnknown, () => this.#storage('silent', this.#faults.commitUnknownFor));
    this.#often(linkCut, () => this.#cutLink());
    this.#often(deviceFlaps, () => {
      this.#count('device flaps');
      this.#center.agents.flap(100, 3_000);
    });
    this.#often(trunkDown, () => {
      this.#count('trunk down');
      this.#center.carriers.goDown(MINUTE_MS);
    });
  }

  /** No more of them: what is broken is mended in its time. */
  end(): void {
    this.#over = true;
  }

  /** Once a minute control writes a snapshot, between two steps as far as the simulated world can tell. */
  async betweenSteps(): Promise<void> {
    if (!this.#snapshotDue) return;
    this.#snapshotDue = false;
    await this.#center.snapshot();
  }

  /** Control dies here and now, with whatever was on its way; another starts after a while. */
  kill(): void {
    const { control, journal, disk } = this.#center;
    if (!control || (!control.alive && !control.frozen)) return;
    this.#count('control killed');
    if (control.uncommitted > 0) this.#count('killed with turns in flight');
    if (control.storageAway) this.#count('killed while PostgreSQL is away');
    this.#center.killControl();
    if (this.#chance.happens(this.#faults.tornTail)) {
      this.#count('torn tail');
      disk.tear('00000000 {"account":"acc_simulated","seq":', this.#chance.draw(), this.#chance.happens(0.5) ? '\u0000\u0000\n' : '');
    }
    if (this.#chance.happens(this.#faults.spoiltSnapshot)) {
      this.#count('spoilt snapshot');
      journal.spoilSnapshot();
    }
    this.#jumpClock();
    this.#startLater(control);
  }

  #startLater(dead: Control): void {
    this.#center.time.plan(drawMs(this.#chance, this.#faults.controlDownFor), () => {
      // PostgreSQL must be there for a start: whoever waits for it tries again.
      if (this.#center.journal.mode !== 'up') this.#startLater(dead);
      else if (this.#center.control === dead) ignoreFailure('the start of a simulated control', this.#center.startControl());
    });
  }

  #freeze(): void {
    const { control, time, journal } = this.#center;
    if (!control?.alive || journal.mode !== 'up') return;
    this.#count('control frozen');
    control.freeze();
    const forMs = drawMs(this.#chance, this.#faults.controlFrozenFor);
    const takenOver = this.#chance.happens(0.5);
    if (takenOver) {
      this.#count('frozen control replaced');
      // On one machine the data folder's lock forbids this; over several the lease runs out and its epoch fences the first.
      time.plan(forMs / 2, () => control.frozen && this.#center.control === control && journal.mode === 'up' && ignoreFailure('the start of a simulated control', this.#center.startControl()));
    }
    time.plan(forMs, () => {
      control.thaw();
      if (this.#center.control !== control) time.plan(5_000, () => control.kill());
    });
  }

  #storage(mode: 'away' | 'silent', span: Span): void {
    const { journal, time } = this.#center;
    if (journal.mode !== 'up') return;
    this.#count(mode === 'away' ? 'PostgreSQL away' : 'commit unknown');
    journal.mode = mode;
    time.plan(drawMs(this.#chance, span), () => {
      journal.mode = 'up';
    });
  }

  #cutLink(): void {
    const { control, time } = this.#center;
    if (!control?.alive || !control.link.open) return;
    this.#count('link cut');
    control.cutLink();
    const comeBack = (): void => {
      if (this.#center.control !== control) return;
      if (control.frozen) time.plan(1_000, comeBack);
      else if (control.alive) ignoreFailure('a link that comes back', control.connect());
    };
    time.plan(drawMs(this.#chance, this.#faults.linkCutFor), comeBack);
  }

  #jumpClock(): void {
    if (!this.#chance.happens(this.#faults.clockJumps)) return;
    this.#count('clock jumped');
    this.#center.clockOffMs = this.#chance.pick([-CLOCK_JUMP_MS, 0, CLOCK_JUMP_MS]);
  }

  #everyMinute(): void {
    this.#center.time.plan(SNAPSHOT_EVERY_MS, () => {
      this.#snapshotDue = true;
      if (!this.#over) this.#everyMinute();
    });
  }

  #often(perHour: number, happen: () => void): void {
    if (perHour <= 0) return;
    this.#center.time.plan(this.#chance.exponential(3_600_000 / perHour), () => {
      if (this.#over) return;
      happen();
      this.#often(perHour, happen);
    });
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}
