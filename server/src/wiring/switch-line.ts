import { type AccountId, ignoreFailure } from '@centralita/kernel';
import type { TelephonyEvent, TelephonyPort } from '../telephony/port/index.ts';

/**
 * Events of the switch, handed to the account that each belongs to, and acknowledged when all accounts have committed
 * everything up to a number: an account that is slow holds the acknowledgement back, not the others' calls.
 */
export class SwitchLine {
  readonly #port: Pick<TelephonyPort, 'acknowledge'>;
  readonly #take: (account: AccountId, event: TelephonyEvent, committedSeq: number) => Promise<unknown>;
  readonly #soon: (run: () => void) => void;
  /** In order of their numbers; the front is acknowledged as far as it is done. */
  #underWay: { readonly seq: number; done: boolean }[] = [];
  #committedSeq: number;
  #planned = false;

  constructor(port: Pick<TelephonyPort, 'acknowledge'>, committedSeq: number, take: (account: AccountId, event: TelephonyEvent, committedSeq: number) => Promise<unknown>, soon: (run: () => void) => void = setImmediate) {
    this.#port = port;
    this.#soon = soon;
    this.#committedSeq = committedSeq;
    this.#take = take;
  }

  get committedSeq(): number {
    return this.#committedSeq;
  }

  /** All accounts have taken in a snapshot that stands for every event up to its number. */
  skipTo(seq: number): void {
    this.#underWay = this.#underWay.filter((entry) => entry.seq > seq);
    if (seq <= this.#committedSeq) return;
    this.#committedSeq = seq;
    this.#port.acknowledge(seq);
  }

  take(event: TelephonyEvent): void {
    const entry = { seq: event.seq, done: false };
    this.#underWay.push(entry);
    // A turn that failed to commit ends this process (it is fenced, or its disk is gone): the switch then tells the next one.
    const committed = this.#take(event.account, event, this.#committedSeq).then(() => {
      entry.done = true;
      this.#plan();
    });
    ignoreFailure('an event of the switch that could not be committed', committed);
  }

  /** One acknowledgement per turn of the event loop, however many commits it brought. */
  #plan(): void {
    if (this.#planned || !this.#underWay[0]?.done) return;
    this.#planned = true;
    this.#soon(() => {
      this.#planned = false;
      let done = 0;
      while (this.#underWay[done]?.done) done += 1;
      if (done === 0) return;
      this.#committedSeq = this.#underWay[done - 1]!.seq;
      this.#underWay.splice(0, done);
      this.#port.acknowledge(this.#committedSeq);
    });
  }
}
