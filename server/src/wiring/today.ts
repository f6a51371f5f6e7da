import type { AccountId, Clock } from '@centralita/kernel';
import { createTodayFigures, readToday, type TodayFigures } from '../capabilities/reports/index.ts';
import type { Pool } from '../storage/pool.ts';
import type { FloorTurn } from './floors.ts';

const DAY_CHECK_MS = 30_000;

/** Today's counters of each account: begun from the projections, then kept by the turns themselves. */
export class TodayOfAccounts {
  readonly #figures = new Map<AccountId, TodayFigures>();
  readonly #clock: Clock;
  readonly #midnight: NodeJS.Timeout;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#midnight = setInterval(() => {
      for (const figures of this.#figures.values()) figures.turnDay(clock.now());
    }, DAY_CHECK_MS);
  }

  /** Call it when the account's projections have caught up and before it takes new turns. */
  async open(pool: Pool, account: AccountId, timeZone: string): Promise<void> {
    const now = this.#clock.now();
    this.#figures.set(account, createTodayFigures({ timeZone, now, seed: await readToday(pool, account, { now, timeZone }) }));
  }

  of(account: AccountId): TodayFigures | undefined {
    return this.#figures.get(account);
  }

  take(turn: FloorTurn): void {
    this.#figures.get(turn.account)?.take(turn);
  }

  close(): void {
    clearInterval(this.#midnight);
  }
}
