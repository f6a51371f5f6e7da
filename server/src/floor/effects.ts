import { ignoreFailure } from '@centralita/kernel';
import type { CommandAnswer } from '../telephony/port/index.ts';
import type { Effect } from './program.ts';

export interface EffectLineOptions {
  /** Sends one effect, with personal references already filled in. */
  readonly send: (effect: Effect) => Promise<CommandAnswer>;
  /** The engine will never take it: the machines are told, so that nobody waits for ever. */
  readonly onRefused: (effect: Effect, reason: string) => void;
}

/**
 * Effects that are committed and not yet accepted, in their order. They are sent without waiting for one another's answer (the
 * link keeps order); when the engine is away they wait, and all of them are sent again with the same ids when it is back.
 */
export class EffectLine {
  readonly #options: EffectLineOptions;
  readonly #open = new Map<string, Effect>();
  #closed: string[] = [];
  #connected = false;

  constructor(options: EffectLineOptions) {
    this.#options = options;
  }

  get open(): ReadonlyMap<string, Effect> {
    return this.#open;
  }

  /** Known to be open, not yet sent: on restart, before the engine is connected. */
  restore(effect: Effect): void {
    this.#open.set(effect.id, effect);
  }

  forget(id: string): void {
    this.#open.delete(id);
  }

  perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      this.#open.set(effect.id, effect);
      if (this.#connected) this.#send(effect);
    }
  }

  setConnected(connected: boolean): void {
    if (this.#connected === connected) return;
    this.#connected = connected;
    if (connected) for (const effect of this.#open.values()) this.#send(effect);
  }

  /** Ids accepted since the last call, to be journaled with the next turn. */
  takeClosed(): readonly string[] {
    if (this.#closed.length === 0) return [];
    const closed = this.#closed;
    this.#closed = [];
    return closed;
  }

  #send(effect: Effect): void {
    ignoreFailure(
      'sending an effect; it stays open and is sent again',
      this.#options.send(effect).then((answer) => {
        if (!answer.accepted && answer.reason === 'disconnected') return;
        if (!this.#open.delete(effect.id)) return;
        this.#closed.push(effect.id);
        if (!answer.accepted) this.#options.onRefused(effect, answer.reason);
      }),
    );
  }
}
