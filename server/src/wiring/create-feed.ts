import type { AccountId, UserId } from '@centralita/kernel';
import { ignoreFailure } from '@centralita/kernel';
import { meFeed } from '../capabilities/availability/feed/me.feed.ts';
import { activityOf } from '../capabilities/availability/index.ts';
import { meCall, meOffer } from '../capabilities/calls/feed/me-calls.ts';
import { partyOf } from '../capabilities/calls/feed/party.ts';
import type { BoardFigures } from '../capabilities/live-board/feed/board-entities.ts';
import { boardFeed, demoBoardFeed } from '../capabilities/live-board/feed/board.feed.ts';
import { abandoned, addTally, answered, averageHandleTime, emptyTally, occupancy, offered, serviceLevel, type Tally } from '../capabilities/reports/index.ts';
import { FeedHub } from '../feed/hub.ts';
import type { FloorEventSeen } from '../feed/topic.ts';
import type { Stores } from './create-stores.ts';
import type { FloorPort, FloorView } from '../http/floor-port.ts';
import type { LiveNames } from '../http/names.ts';

/** Today's sums of an account, as `createTodayFigures` of the live board counts them. */
export interface TodaySums {
  queue(queueId: string): Readonly<Tally>;
  agent(userId: UserId, now: number): Readonly<Tally>;
}

export interface FeedParts {
  readonly floor: FloorPort;
  readonly now: () => number;
  readonly feedTickMs: number;
  readonly today: (account: AccountId) => TodaySums | undefined;
  readonly liveDemoAccount: () => AccountId | undefined;
}

const IDLE_REFRESH_MS = 5_000;
const NO_SUMS: TodaySums = { queue: () => emptyTally(), agent: () => emptyTally() };

/** The hub with its topics, kept in step with the floor. @returns how to stop it */
export function createFeed(parts: FeedParts, stores: Stores): { readonly hub: FeedHub; close(): void } {
  const { floor, now } = parts;
  const names: LiveNames = { of: (account) => stores.names.of(account), caller: (account, number) => stores.callers.caller(account, number) };
  const board = {
    floor,
    names,
    activityOf,
    figures: (account: AccountId): BoardFigures<Readonly<Tally>> => figuresOf(parts.today(account) ?? NO_SUMS, now),
    lineLimit: (account: AccountId): number | null => lineLimitIn(floor.world(account)),
    party: (world: Parameters<typeof partyOf>[0], account: AccountId, customer: Parameters<typeof partyOf>[3]) => partyOf(world, names, account, customer),
    reach: (account: AccountId, viewer: UserId, scope: 'own' | 'group' | 'queue' | 'account') =>
      stores.read(account, async (sql) => ({
        userIds: await stores.people.reachableUsers(sql, { viewer, scope }),
        queueIds: await stores.people.reachableQueues(sql, { viewer, scope }),
      })),
  };
  const calls = {
    offer: (world: Parameters<typeof meOffer>[0], account: AccountId, userId: UserId) => meOffer(world, names, account, userId),
    call: (world: Parameters<typeof meCall>[0], account: AccountId, userId: UserId) => meCall(world, names, account, userId),
    party: (world: Parameters<typeof partyOf>[0], account: AccountId, customer: Parameters<typeof partyOf>[3]) => partyOf(world, names, account, customer),
  };
  const hub = new FeedHub({
    sources: [meFeed({ floor, names, calls, activityOf }), boardFeed(board), demoBoardFeed(board, parts.liveDemoAccount)],
    now,
    later: (run, afterMs) => {
      const timer = setTimeout(run, afterMs);
      return () => clearTimeout(timer);
    },
    tickMs: parts.feedTickMs,
    idleRefreshMs: IDLE_REFRESH_MS,
  });
  const stop = floor.onCommitted((account, events) => tellHub(hub, stores, account, events));
  return {
    hub,
    close: () => {
      stop();
      hub.close();
    },
  };
}

function tellHub(hub: FeedHub, stores: Stores, account: AccountId, events: readonly FloorEventSeen[] | undefined): void {
  if (!events) {
    hub.changed(account);
    return;
  }
  hub.touched(account, events);
  if (!events.some((event) => event.type === 'configuration-taken')) return;
  // Names first, so that what goes out after the change says the new ones.
  ignoreFailure('following a change of configuration', stores.names.refresh(account).then(() => hub.reachChanged(account)));
}

/** Figures of a board from the day's sums. */
export function figuresOf(today: TodaySums, now: () => number): BoardFigures<Readonly<Tally>> {
  return {
    queue: (queueId) => today.queue(queueId),
    agent: (userId) => today.agent(userId, now()),
    sum: (parts) => {
      const sum = emptyTally();
      for (const part of parts) addTally(sum, part);
      return sum;
    },
    offered: (sums) => offered.of(sums) ?? 0,
    answered: (sums) => answered.of(sums) ?? 0,
    abandoned: (sums) => abandoned.of(sums) ?? 0,
    serviceLevel: (sums) => serviceLevel.of(sums),
    averageHandleMs: (sums) => averageHandleTime.of(sums),
    occupancy: (sums) => occupancy.of(sums),
  };
}

/** The sum of what the account's trunks may carry; null without a trunk, since loopback and guests have no such limit. */
export function lineLimitIn(world: FloorView | undefined): number | null {
  const trunks = [...(world?.trunks.values() ?? [])];
  return trunks.length === 0 ? null : trunks.reduce((sum, trunk) => sum + trunk.profile.channelLimit, 0);
}
