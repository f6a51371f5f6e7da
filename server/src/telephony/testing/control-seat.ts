import { expect } from 'vitest';
import type { Command, CommandAnswer, FactOf, SwitchSnapshot, TelephonyEvent, TelephonyFact, TelephonyPort } from '../port/index.ts';

type FactType = TelephonyFact['type'];

/** Control as tests sit in it: sends commands, waits for facts, keeps everything in order. */
export class ControlSeat {
  readonly port: TelephonyPort;
  readonly epoch: number;
  readonly events: TelephonyEvent[] = [];
  readonly snapshots: SwitchSnapshot[] = [];
  connected = false;
  readonly #taken = new Set<TelephonyEvent>();
  readonly #checks = new Set<() => void>();
  static #ids = 0;

  constructor(port: TelephonyPort, epoch: number) {
    this.port = port;
    this.epoch = epoch;
    port.onEvent((event) => {
      this.events.push(event);
      this.#check();
    });
    port.onSnapshot((snapshot) => {
      this.snapshots.push(snapshot);
      this.#check();
    });
    port.onConnection((connected) => {
      this.connected = connected;
      this.#check();
    });
  }

  send(command: Command, id = ControlSeat.newId('cmd')): Promise<CommandAnswer> {
    return this.port.send(id, command, this.epoch);
  }

  /** @returns the id of the accepted command */
  async order(command: Command, id = ControlSeat.newId('cmd')): Promise<string> {
    expect(await this.send(command, id)).toEqual({ accepted: true });
    return id;
  }

  /** The next fact of this type that no earlier call has been given. */
  async fact<Type extends FactType>(type: Type, where: (fact: FactOf<Type>) => boolean = () => true): Promise<FactOf<Type>> {
    const found = () => this.events.find((event) => !this.#taken.has(event) && event.fact.type === type && where(event.fact as FactOf<Type>));
    await this.until(() => found() !== undefined, () => `no ${type}; seen: ${this.events.map((event) => event.fact.type).join(' ')}`);
    const event = found()!;
    this.#taken.add(event);
    return event.fact as FactOf<Type>;
  }

  /** All facts so far about one leg, by type. */
  story(legId: string): readonly FactType[] {
    return this.events.filter(({ fact }) => 'legId' in fact && fact.legId === legId).map(({ fact }) => fact.type);
  }

  /** How often a fact was seen. */
  count<Type extends FactType>(type: Type, where: (fact: FactOf<Type>) => boolean = () => true): number {
    return this.events.filter(({ fact }) => fact.type === type && where(fact as FactOf<Type>)).length;
  }

  /** When this resolves, every event that the engine made before has arrived. */
  async settle(): Promise<SwitchSnapshot> {
    const snapshot = await this.port.snapshot();
    await this.until(() => this.lastSeq() >= snapshot.seq || this.events.length === 0, () => `events up to ${snapshot.seq} did not come`);
    return snapshot;
  }

  lastSeq(): number {
    return Math.max(this.events.at(-1)?.seq ?? 0, this.snapshots.at(-1)?.seq ?? 0);
  }

  /** Looked at with each event, and every 50 ms for what no event tells (a file, a figure). */
  until(condition: () => boolean, what: () => string = () => 'it did not come to be', withinMs = 10_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.#checks.delete(check);
        clearInterval(glance);
        reject(new Error(what()));
      }, withinMs);
      const glance = setInterval(() => check(), 50);
      const check = () => {
        if (!condition()) return;
        clearTimeout(limit);
        clearInterval(glance);
        this.#checks.delete(check);
        resolve();
      };
      this.#checks.add(check);
      check();
    });
  }

  static newId(prefix: string): string {
    return `${prefix}_${(++ControlSeat.#ids).toString(36)}x${process.pid}`;
  }

  #check(): void {
    for (const check of [...this.#checks]) check();
  }
}
