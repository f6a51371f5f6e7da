import { describe, expect, it } from 'vitest';
import type { StoredTurn } from '../floor/journal-store.ts';
import type { AccountProgram } from '../floor/program.ts';
import { PastFloor, type ReplayDifference } from '../floor/replay.ts';
import { decodeSnapshot, withoutPersonal } from '../floor/snapshot.ts';
import { createAccountProgram, type FloorEvent, type Input, type World } from './account-program/index.ts';
import { describeDifference } from './replay.ts';
import { recordDay } from './testing/recorded-day.ts';

type Program = AccountProgram<World, Input, FloorEvent>;

function replay(program: Program, turns: readonly StoredTurn[], past = new PastFloor(program, turns[0]!.account)): ReplayDifference | undefined {
  for (const turn of turns) {
    const difference = past.compare(turn);
    if (difference) return difference;
  }
  return undefined;
}

/** The deciders as they are, but for what becomes of one outcome. */
function changed(change: (outcome: Extract<ReturnType<Program['decide']>, { events: unknown }>, input: Input) => ReturnType<Program['decide']>): Program {
  const program = createAccountProgram();
  return {
    ...program,
    decide: (world, input, facts) => {
      const outcome = program.decide(world, input, facts);
      return 'refusal' in outcome ? outcome : change(outcome, input);
    },
  };
}

const day = await recordDay({ seed: 7, minutes: 60, restartEveryMinutes: 17 });
const { turns, snapshots } = day.journal;
const types = new Set(turns.flatMap(({ events }) => events.map(({ type }) => type)));

describe('a replayed day', () => {
  it('has in it what a day has', () => {
    expect([...types]).toEqual(expect.arrayContaining(['queued', 'offer-made', 'offer-accepted', 'offer-expired', 'offer-withdrawn', 'waiting-back', 'waiting-relaxed', 'call-held', 'call-dialed', 'call-agent-lost', 'after-service-ended', 'status-chosen', 'agent-signed-out', 'flow-menu-missed', 'position-announced', 'configuration-taken']));
    expect(new Set(turns.map(({ epoch }) => epoch)).size).toBe(4);
  });

  it('[design 3] is decided as it was: every event, effect and timer, also across restarts', () => {
    expect(replay(createAccountProgram(), turns)).toBeUndefined();
  });

  it('goes on from a snapshot as from the first turn', async () => {
    const some = snapshots.filter(({ seq }, index) => index % 12 === 0 && seq < turns.length);
    expect(some.length).toBeGreaterThan(3);
    for (const { seq, state } of some) expect(replay(createAccountProgram(), turns.slice(seq), await PastFloor.from(createAccountProgram(), day.account, { seq, content: decodeSnapshot(state) }))).toBeUndefined();
  });

  it('is the same journal from the same seed', async () => {
    const [once, again] = [await recordDay({ seed: 3, minutes: 5 }), await recordDay({ seed: 3, minutes: 5 })];
    expect(once.journal.turns.length).toBeGreaterThan(100);
    expect(again.journal.turns).toEqual(once.journal.turns);
  });
});

describe('a decider that was changed', () => {
  const first = (has: (turn: StoredTurn) => boolean): number => turns.find(has)!.seq;

  it('is found at the first turn in which it decides another event', () => {
    const program = changed((outcome) => ({ ...outcome, events: outcome.events.map((event) => (event.type === 'offer-made' ? { ...event, agentId: 'usr_nobody' } : event)) }));
    const seq = first(({ events }) => events.some(({ type }) => type === 'offer-made'));
    const difference = replay(program, turns)!;
    expect(difference).toMatchObject({ seq, at: turns[seq - 1]!.at, part: 'events', journaled: { type: 'offer-made' }, replayed: { type: 'offer-made', agentId: 'usr_nobody' } });
    expect(difference.index).toBe(turns[seq - 1]!.events.findIndex(({ type }) => type === 'offer-made'));
  });

  it('is found in an effect, and in one that is missing', () => {
    const quiet = changed((outcome) => ({ ...outcome, effects: outcome.effects.filter(({ command }) => command.type !== 'start-recording') }));
    const seq = first(({ effects }) => effects.some(({ command }) => command.type === 'start-recording'));
    const difference = replay(quiet, turns)!;
    expect(difference).toMatchObject({ seq, part: 'effects', journaled: { command: { type: 'start-recording' } } });
    expect(difference.counts[1]).toBe(difference.counts[0] - 1);
  });

  it('is found in a timer that is set a millisecond later', () => {
    const late = changed((outcome) => ({ ...outcome, timers: outcome.timers.map((timer) => (timer.change === 'set' && (timer.input as Input).type === 'after-service-limit-over' ? { ...timer, at: timer.at + 1 } : timer)) }));
    const seq = first(({ timers }) => timers.some((timer) => timer.change === 'set' && (timer.input as Input).type === 'after-service-limit-over'));
    expect(replay(late, turns)).toMatchObject({ seq, part: 'timers' });
  });

  it('is found when it refuses what was taken, and when it throws', () => {
    const seq = first(({ input }) => (input as Input).type === 'hold-call');
    expect(replay(changed((outcome, { type }) => (type === 'hold-call' ? { refusal: 'no-more-holding' } : outcome)), turns)).toMatchObject({ seq, part: 'outcome', replayed: 'refused: no-more-holding' });
    const throwing = changed((outcome, { type }) => {
      if (type === 'hold-call') throw new Error('a bug');
      return outcome;
    });
    expect(replay(throwing, turns)).toMatchObject({ seq, part: 'outcome', replayed: 'thrown: a bug' });
  });

  it('is told with turn, moment, input and both sides, and where they part', () => {
    const program = changed((outcome) => ({ ...outcome, events: outcome.events.map((event) => (event.type === 'offer-made' ? { ...event, agentId: 'usr_nobody' } : event)) }));
    const difference = replay(program, turns)!;
    const said = describeDifference(difference, 'America/Lima');
    expect(said).toContain(`First difference: turn ${difference.seq}, ${new Date(difference.at).toISOString()}`);
    expect(said).toMatch(/\d{2}:\d{2}:\d{2}\.\d{3} America\/Lima/);
    expect(said).toMatch(/in {9}events, number \d+ \(\d+ journaled, \d+ replayed\), at agentId/);
    expect(said).toContain('"agentId":"usr_nobody"');
  });
});

describe('what a replay shows and keeps', () => {
  it('names nobody: neither numbers nor what was configured', () => {
    const drop = (type: FloorEvent['type']): Program => changed((outcome) => ({ ...outcome, events: outcome.events.filter((event) => event.type !== type) }));
    const said = [...types].map((type) => describeDifference(replay(drop(type as FloorEvent['type']), turns)!, 'America/Lima')).join('\n');
    const values = new Set(turns.flatMap(({ personal }) => Object.values(personal)).filter((value) => value.length > 3));
    expect(values.size).toBeGreaterThan(10);
    for (const value of values) expect(said).not.toContain(value);
  });

  it('keeps states of the past without anybody’s number', () => {
    const busiest = snapshots.map(({ state }) => decodeSnapshot(state)).find(({ tables }) => tables['personal']!.length > 2)!;
    const numbers = busiest.tables['personal']!.map(([, value]) => value as string).filter((value) => value.startsWith('+34'));
    expect(numbers.length).toBeGreaterThan(0);
    const kept = JSON.stringify(withoutPersonal(busiest));
    for (const number of numbers) expect(kept).not.toContain(number);
    for (const [reference] of busiest.tables['personal']!) expect(kept).toContain(reference);
  });
});
