import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Facts } from '@centralita/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command, CommandAnswer } from '../telephony/port/index.ts';
import { AccountFloor } from './account-floor.ts';
import { CommitLine } from './commit-line.ts';
import { FencedError } from './journal-store.ts';
import type { AccountProgram, FloorWorld, TurnOutcome } from './program.ts';
import { Spool } from './spool.ts';
import { Table } from './table.ts';
import { MemoryJournal } from './testing/memory-journal.ts';

/** A tiny account: lamps that are lit and put out, each lit lamp ringing a bell in the switch. */
type Input = { readonly do: 'light' | 'out' | 'break' | 'refused-effect' | 'remind'; readonly lamp: string; readonly inMs?: number };
type Event = { readonly type: 'lit' | 'put-out'; readonly lamp: string; readonly id: string };
interface World extends FloorWorld {
  readonly tables: { readonly lamps: Table<unknown>; readonly personal: Table<unknown> };
}

const program: AccountProgram<World, Input, Event> = {
  version: 1,
  createWorld: (account) => {
    const personal = new Table<string>();
    return { account, personal, tables: { lamps: new Table<unknown>(), personal: personal as Table<unknown> } };
  },
  decide(world, input, facts: Facts): TurnOutcome<Event> {
    if (input.do === 'remind') {
      return { events: [], effects: [], timers: [{ change: 'set', id: `remind:${input.lamp}`, at: facts.now + input.inMs!, input: { do: 'light', lamp: input.lamp } }] };
    }
    const event: Event = { type: input.do === 'light' ? 'lit' : 'put-out', lamp: input.lamp, id: facts.draw('leg') };
    program.evolve(world, event);
    if (input.do === 'break') throw new Error('the filament broke');
    if (input.do === 'refused-effect') return { refusal: 'already-ended' };
    const bell: Command = { type: 'send-digits', legId: event.id, digits: input.lamp };
    return { events: [event], effects: [{ id: facts.draw('effect'), command: bell }], timers: [], answer: event.id };
  },
  evolve(world, event) {
    world.tables.lamps.put(event.lamp, event.type === 'lit' ? { id: event.id } : undefined);
  },
  upcast: (event) => event as Event,
};

const account = 'acc_test';
let folder: string;
let journal: MemoryJournal;
let sent: { id: string; command: Command; epoch: number }[];
let answer: CommandAnswer;
let alarms: string[];
let storage: boolean[];
const opened: CommitLine[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'centralita-floor-'));
  journal = new MemoryJournal();
  sent = [];
  answer = { accepted: true };
  alarms = [];
  storage = [];
});
afterEach(async () => {
  journal.mode = 'up';
  for (const line of opened.splice(0)) await line.close();
  await rm(folder, { recursive: true });
});

async function openFloor(now: () => number = () => 1_000_000, paceMs = 0) {
  const spool = new Spool(join(folder, 'turns.spool'), 1_000_000);
  const { droppedBytes } = await spool.open();
  const fenced: FencedError[] = [];
  const commitLine = new CommitLine({ store: journal, spool, patienceMs: 20, retryMs: 5, paceMs, onStorageAway: (away) => storage.push(away), onFenced: (error) => fenced.push(error) });
  opened.push(commitLine);
  await commitLine.recover();
  const committed: string[] = [];
  const waiters: { count: number; done: () => void }[] = [];
  const floor = new AccountFloor<World, Input, Event>({
    account,
    program,
    store: journal,
    commitLine,
    telephony: { send: (id, command, epoch) => (sent.push({ id, command, epoch }), Promise.resolve(answer)) },
    clock: { now },
    refusedEffect: () => ({ do: 'out', lamp: 'refused' }),
    onCommitted: (turn) => {
      committed.push(...turn.events.map((event) => `${event.type} ${event.lamp}`));
      for (const waiter of waiters) if (committed.length >= waiter.count) waiter.done();
    },
    onAlarm: (name) => alarms.push(name),
  });
  const { turnsReplayed } = await floor.restore('test');
  const committedCount = (count: number) => (committed.length >= count ? Promise.resolve() : new Promise<void>((done) => waiters.push({ count, done })));
  return { floor, committed, fenced, spool, turnsReplayed, droppedBytes, committedCount, commitLine };
}
const lamps = (floor: AccountFloor<World, Input, Event>) => [...floor.world.tables.lamps.entries()];

describe('a turn', () => {
  it('commits before its effect is performed and its answer given', async () => {
    const { floor } = await openFloor();
    floor.setConnected(true);
    journal.mode = 'silent';
    const waiting = floor.submit({ do: 'light', lamp: 'a' });
    expect(sent).toEqual([]);
    const result = await waiting;
    expect(result.ok).toBe(true);
    expect(sent).toHaveLength(1);
    expect(storage).toEqual([true]);
  });

  it('that throws or is refused changes nothing and raises an alarm only when it threw', async () => {
    const { floor } = await openFloor();
    await floor.submit({ do: 'light', lamp: 'a' });
    const before = lamps(floor);
    expect(await floor.submit({ do: 'break', lamp: 'b' })).toMatchObject({ ok: false, refusal: { code: 'internal' } });
    expect(await floor.submit({ do: 'refused-effect', lamp: 'b' })).toMatchObject({ ok: false, refusal: { code: 'already-ended' } });
    expect(lamps(floor)).toEqual(before);
    expect(alarms).toEqual(['turn-threw']);
    expect(journal.turns.get(account)).toHaveLength(1);
  });

  it('whose index throws, and throws again when it is taken back, leaves every row as it was', async () => {
    const { floor } = await openFloor();
    await floor.submit({ do: 'light', lamp: 'a' });
    const before = lamps(floor);
    floor.world.tables.lamps.watch((lamp) => {
      if (lamp === 'odd') throw new Error('no place in this index');
    });
    expect(await floor.submit({ do: 'light', lamp: 'odd' })).toMatchObject({ ok: false, refusal: { code: 'internal' } });
    expect(lamps(floor)).toEqual(before);
    expect(alarms).toEqual(['index-threw', 'turn-threw']);
    expect((await floor.submit({ do: 'light', lamp: 'b' })).ok).toBe(true);
    expect(journal.turns.get(account)).toHaveLength(2);
  });

  it('shares one commit with those that arrive while another is in flight', async () => {
    const { floor } = await openFloor();
    await Promise.all(Array.from({ length: 50 }, (_, i) => floor.submit({ do: 'light', lamp: String(i) })));
    expect(journal.groups).toEqual([1, 49]);
  });

  it('waits for its pace when another has just begun, together with those that come meanwhile; none is lost and none overtakes', async () => {
    // Longer than any machine needs for five turns, each sent when the one before has been decided.
    const { floor } = await openFloor(undefined, 500);
    await floor.submit({ do: 'light', lamp: '0' });
    expect(journal.groups).toEqual([1]);
    const later: Promise<unknown>[] = [];
    for (let i = 1; i <= 5; i++) {
      later.push(floor.submit({ do: 'light', lamp: String(i) }));
      await new Promise((soon) => setImmediate(soon));
    }
    await Promise.all(later);
    expect(journal.groups).toEqual([1, 5]);
    expect(journal.turns.get(account)!.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('a restart', () => {
  it('replays to the same state, from the journal alone and from a snapshot with the rest', async () => {
    const first = await openFloor();
    for (const lamp of ['a', 'b', 'c']) await first.floor.submit({ do: 'light', lamp });
    await first.floor.submit({ do: 'out', lamp: 'b' });
    const second = await openFloor();
    expect(lamps(second.floor)).toEqual(lamps(first.floor));
    expect(second.turnsReplayed).toBe(4);
    await second.floor.takeSnapshot();
    await second.floor.submit({ do: 'light', lamp: 'd' });
    const third = await openFloor();
    expect(lamps(third.floor)).toEqual(lamps(second.floor));
    expect(third.turnsReplayed).toBe(1);
  });

  it('restores a snapshot written in many slices as it was when it was taken, turns that came meanwhile from the journal', async () => {
    const first = await openFloor();
    await Promise.all(Array.from({ length: 1_001 }, (_, i) => first.floor.submit({ do: 'light', lamp: String(i) })));
    const taken = first.floor.takeSnapshot();
    await first.floor.submit({ do: 'out', lamp: '700' });
    await taken;
    const second = await openFloor();
    expect(second.turnsReplayed).toBe(1);
    expect(lamps(second.floor)).toHaveLength(1_000);
    expect(lamps(second.floor)).toEqual(lamps(first.floor));
  });

  it('skips a snapshot that cannot be read', async () => {
    const first = await openFloor();
    await first.floor.submit({ do: 'light', lamp: 'a' });
    await journal.saveSnapshot({ account, seq: 1, schemaVersion: 1, takenAt: 0, state: new Uint8Array([1, 2, 3]) });
    const second = await openFloor();
    expect(lamps(second.floor)).toEqual(lamps(first.floor));
    expect(alarms).toEqual(['snapshot-unreadable']);
  });

  it('sends every effect that was not accepted again, with the same id and the new epoch', async () => {
    const first = await openFloor();
    await first.floor.submit({ do: 'light', lamp: 'a' });
    first.floor.setConnected(true);
    first.floor.stop();
    answer = { accepted: false, reason: 'disconnected' };
    const second = await openFloor();
    second.floor.setConnected(true);
    expect(sent.map((one) => one.epoch)).toEqual([1, 2]);
    expect(new Set(sent.map((one) => one.id)).size).toBe(1);
  });

  it('sends the effects of a turn that was on its way to the journal when a snapshot of it was taken', async () => {
    const first = await openFloor();
    const turn = first.floor.submit({ do: 'light', lamp: 'a' });
    const taken = first.floor.takeSnapshot();
    await Promise.all([turn, taken]);
    const second = await openFloor();
    expect(second.turnsReplayed).toBe(0);
    second.floor.setConnected(true);
    expect(sent.map(({ command }) => command)).toMatchObject([{ type: 'send-digits', digits: 'a' }]);
  });

  it('does not repeat an effect whose acceptance was journaled', async () => {
    const first = await openFloor();
    first.floor.setConnected(true);
    await first.floor.submit({ do: 'light', lamp: 'a' });
    await first.floor.submit({ do: 'light', lamp: 'b' });
    first.floor.stop();
    const second = await openFloor();
    expect(second.floor.openEffects).toBe(1);
  });

  it('keeps timers, and fires an overdue one when it starts', async () => {
    const first = await openFloor();
    await first.floor.submit({ do: 'remind', lamp: 'late', inMs: 5_000 });
    first.floor.stop();
    const second = await openFloor(() => 1_006_000);
    expect(second.floor.timerCount).toBe(1);
    second.floor.start();
    await second.committedCount(1);
    expect(second.committed).toEqual(['lit late']);
    second.floor.stop();
    const third = await openFloor(() => 1_006_000);
    expect(third.floor.timerCount).toBe(0);
  });

  it('reads on from its snapshot when retention has removed the turns before, and refuses to guess without one', async () => {
    const first = await openFloor();
    await first.floor.submit({ do: 'light', lamp: 'a' });
    await first.floor.submit({ do: 'light', lamp: 'b' });
    await first.floor.takeSnapshot();
    await first.floor.submit({ do: 'out', lamp: 'a' });
    const before = lamps(first.floor);
    first.floor.stop();
    journal.turns.set(account, journal.turns.get(account)!.slice(2));
    const second = await openFloor();
    expect(lamps(second.floor)).toEqual(before);
    expect(second.floor.seq).toBe(3);
    second.floor.stop();
    for await (const snapshot of journal.loadSnapshots(account)) Object.assign(snapshot, { schemaVersion: 0 });
    await expect(openFloor()).rejects.toThrow('goes on at turn 3, and no readable snapshot reaches further than 0');
    journal.turns.set(account, []);
    await expect(openFloor()).rejects.toThrow('ends at turn 0, before the snapshot of turn 2, which cannot be read');
  });

  it('is fenced out by the process that took the account over', async () => {
    const first = await openFloor();
    await openFloor();
    await expect(first.floor.submit({ do: 'light', lamp: 'a' })).rejects.toThrow(FencedError);
    expect(first.fenced).toHaveLength(1);
  });
});

describe('PostgreSQL away', () => {
  it('[fault 4, 5] turns go to the spool, are acknowledged, and reach the journal in order when it is back', async () => {
    const { floor, committed, committedCount } = await openFloor();
    await floor.submit({ do: 'light', lamp: '0' });
    journal.mode = 'away';
    for (let i = 1; i <= 5; i++) expect((await floor.submit({ do: 'light', lamp: String(i) })).ok).toBe(true);
    expect(journal.turns.get(account)).toHaveLength(1);
    journal.mode = 'up';
    await opened[0]!.close();
    opened.length = 0;
    await committedCount(6);
    expect(committed).toEqual([0, 1, 2, 3, 4, 5].map((i) => `lit ${i}`));
    const again = await openFloor();
    expect(again.turnsReplayed).toBe(6);
    expect(journal.turns.get(account)!.map((turn) => turn.seq)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('[fault 12] a spool left by a killed process is sent first, but for a torn tail', async () => {
    const first = await openFloor();
    await first.floor.submit({ do: 'light', lamp: 'a' });
    const turn = journal.turns.get(account)![0]!;
    const spool = new Spool(join(folder, 'turns.spool'), 1_000_000);
    await spool.open();
    await spool.append([{ ...turn, seq: 2 }]);
    await spool.close();
    await appendFile(join(folder, 'turns.spool'), 'deadbeef {"account":"acc_te');
    const second = await openFloor();
    expect(second.droppedBytes).toBe(27);
    expect(second.turnsReplayed).toBe(2);
    await writeFile(join(folder, 'turns.spool'), '');
  });

  it('[fault 2] turns of an epoch that is over are kept aside, and keep neither the others nor the account from going on', async () => {
    const first = await openFloor();
    await first.floor.submit({ do: 'light', lamp: 'a' });
    const turn = journal.turns.get(account)![0]!;
    await journal.takeLease('acc_other');
    await first.spool.append([{ ...turn, seq: 2 }, { ...turn, account: 'acc_other', seq: 1 }, { ...turn, epoch: 2, seq: 2 }]);
    await journal.takeLease(account);
    const spool = new Spool(join(folder, 'turns.spool'), 1_000_000);
    await spool.open();
    const commitLine = new CommitLine({ store: journal, spool, onStorageAway: () => {}, onFenced: () => {} });
    const { aside, turns, refused } = await commitLine.recover();
    expect({ turns, refused: refused.map((one) => `${one.account} ${one.seq} of epoch ${one.epoch}`) }).toEqual({ turns: 2, refused: [`${account} 2 of epoch 1`] });
    expect(journal.turns.get('acc_other')).toHaveLength(1);
    expect(journal.turns.get(account)!.map(({ seq, epoch }) => [seq, epoch])).toEqual([[1, 1], [2, 2]]);
    expect((await readFile(aside!, 'utf8')).trim().split('\n')).toHaveLength(3);
    expect(spool.size).toBe(0);
    expect(await readFile(join(folder, 'turns.spool'), 'utf8')).toBe('');
    await commitLine.close();
    expect((await openFloor()).turnsReplayed).toBe(2);
  });
});

describe('personal values', () => {
  it('are journaled apart and filled into the effect only when it is performed', async () => {
    const { floor } = await openFloor();
    floor.setConnected(true);
    const reference = 'per_01jd8c5v0kz3m4n5p6q7r8s9ta';
    await floor.submit({ do: 'light', lamp: reference }, { [reference]: '600000142' });
    expect(sent[0]!.command).toMatchObject({ digits: '600000142' });
    const turn = journal.turns.get(account)![0]!;
    expect(JSON.stringify({ ...turn, personal: {} })).not.toContain('600000142');
    expect(turn.personal).toEqual({ [reference]: '600000142' });
  });
});
