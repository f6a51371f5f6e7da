import { ignoreFailure, MINUTE_MS, SECOND_MS } from '@centralita/kernel';
import { spoolLine } from '@centralita/server/floor/spool.ts';
import type { Chance } from '../chance/chance.ts';
import { drawMs } from '../chance/span.ts';
import type { FaultScenario, Span } from '../scenario/scenario.ts';
import { ACCOUNT } from '../world/account.ts';
import type { Center } from '../world/center.ts';
import type { Control } from '../world/control.ts';

const CLOCK_JUMP_MS = 2 * 3_600_000;

/** Everything that goes wrong from outside, at seeded moments of a center's day. Counts say how often each really happened. */
export class Faults {
  readonly counts = new Map<string, number>();
  readonly #center: Center;
  readonly #faults: FaultScenario;
  readonly #chance: Chance;
  #over = false;
  #tornBytes = 0;
  #snapshotDue = false;

  constructor(center: Center) {
    this.#center = center;
    this.#faults = center.scenario.faults;
    this.#chance = center.chance.fork('faults');
  }

  plan(): void {
    const { controlKilled, controlFrozen, databaseAway, commitUnknown, linkCut, deviceFlaps, reloads, trunkDown, namesDead, linkDelayMs } = this.#faults;
    const { journal } = this.#center;
    if (linkDelayMs > 0) journal.commitMs = () => this.#chance.whole(4);
    if (controlKilled + controlFrozen > 0) this.#snapshots();
    this.#often(controlKilled, () => this.kill());
    this.#often(controlFrozen, () => this.#freeze());
    this.#often(databaseAway, () => this.#storage('away', this.#faults.databaseAwayFor));
    this.#often(commitUnknown, () => this.#storage('silent', this.#faults.commitUnknownFor));
    this.#often(linkCut, () => this.#cutLink());
    this.#often(deviceFlaps, () => {
      this.#count('device flaps');
      this.#center.agents.flap(100, 3_000);
    });
    // A stream of its own: a day without reloads is the same day as before there were any.
    const chance = this.#center.chance.fork('reloads');
    this.#often(reloads, () => this.#center.agents.reload(chance, () => this.#count('browser reloaded')), chance);
    this.#often(trunkDown, () => {
      this.#count('trunk down');
      this.#center.carriers.goDown(MINUTE_MS);
    });
    this.#often(namesDead, () => {
      this.#count('names dead');
      this.#center.carriers.loseNames(drawMs(this.#chance, this.#faults.namesDeadFor));
    });
  }

  /** No more of them: what is broken is mended in its time. */
  end(): void {
    this.#over = true;
  }

  /** From time to time control writes a snapshot, between two steps as far as the simulated world can tell. */
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
      this.#tornBytes = disk.tear(lastLine(control), this.#chance.draw(), this.#chance.happens(0.5));
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
      else if (this.#center.control === dead) ignoreFailure('the start of a simulated control', this.#start());
    });
  }

  /** A start finds what was torn, all of it and nothing else, and says so. */
  async #start(): Promise<void> {
    const torn = this.#tornBytes;
    this.#tornBytes = 0;
    const { droppedBytes } = await this.#startControl();
    if (droppedBytes > 0) this.#count('torn tail dropped');
    if (droppedBytes !== torn) this.#center.journal.broken.push(`torn tail: ${torn} bytes were torn, ${droppedBytes} were dropped`);
  }

  /** Only a control that was frozen and replaced may leave turns that nobody takes. */
  async #startControl(): Promise<Control> {
    const control = await this.#center.startControl();
    if (control.refusedTurns > 0) this.#count('spool refused');
    if (control.refusedTurns > 0 && !this.counts.has('frozen control replaced')) this.#center.journal.broken.push(`${control.refusedTurns} turns of the spool were refused`);
    return control;
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
      time.plan(forMs / 2, () => control.frozen && this.#center.control === control && journal.mode === 'up' && ignoreFailure('the start of a simulated control', this.#startControl()));
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

  #snapshots(): void {
    this.#center.time.plan(SECOND_MS * this.#faults.snapshotEverySeconds, () => {
      this.#snapshotDue = true;
      if (!this.#over) this.#snapshots();
    });
  }

  #often(perHour: number, happen: () => void, chance = this.#chance): void {
    if (perHour <= 0) return;
    this.#center.time.plan(chance.exponential(3_600_000 / perHour), () => {
      if (this.#over) return;
      happen();
      this.#often(perHour, happen, chance);
    });
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

/** A turn on its way to the disk: decided, and nobody told of it yet. */
const lastLine = ({ floor }: Control): string =>
  spoolLine({ account: ACCOUNT, seq: (floor?.seq ?? 0) + 1, epoch: floor?.epoch ?? 0, at: 0, deciderVersion: 1, input: { type: 'none' }, seed: 'A'.repeat(22), events: [], effects: [], timers: [], closedEffects: [], personal: {} });
