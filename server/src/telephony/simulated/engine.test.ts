import { beforeEach, describe, expect, test } from 'vitest';
import type { Command, TelephonyFact } from '../port/index.ts';
import { Crowd } from './crowd.ts';
import { type Scheduler, SimulatedEngine } from './engine.ts';

/** Time that moves only when told. */
class VirtualTime implements Scheduler {
  #now = 0;
  #planned: { at: number; order: number; run: () => void }[] = [];
  #order = 0;

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): () => void {
    const entry = { at: this.#now + delayMs, order: this.#order++, run };
    this.#planned.push(entry);
    return () => {
      this.#planned = this.#planned.filter((one) => one !== entry);
    };
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#planned.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next) break;
      this.#planned = this.#planned.filter((one) => one !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = until;
  }
}

let time: VirtualTime;
let engine: SimulatedEngine;
let facts: TelephonyFact[];
let seqs: number[];
const account = 'acc_1';
const told = (type: TelephonyFact['type']) => facts.filter((fact) => fact.type === type);
const send = (id: string, command: Command, epoch = 1) => engine.send(id, command, epoch);
const place = (legs: readonly string[], ringTimeoutMs = 20_000): Command => ({
  type: 'place-legs',
  placementId: 'plc_1',
  account,
  legs: legs.map((legId) => ({ legId, target: { kind: 'device' as const, deviceId: `dev_${legId}` } })),
  caller: { number: '1' },
  ringTimeoutMs,
  onAnswer: { bridgeId: 'brg_1' },
});

beforeEach(() => {
  time = new VirtualTime();
  engine = new SimulatedEngine(time);
  facts = [];
  seqs = [];
  engine.onEvent(({ fact, seq }) => {
    facts.push(fact);
    seqs.push(seq);
  });
  for (const legId of ['a', 'b']) engine.deviceOnline(account, `dev_${legId}`);
});

describe('the simulated engine keeps the port', () => {
  test('[design 4] a command is taken once by its id, and a lower epoch is refused', async () => {
    await send('1', place(['a']), 2);
    expect(await send('1', place(['a']), 2)).toEqual({ accepted: true });
    expect(told('leg-ringing')).toHaveLength(1);
    expect(await send('2', place(['b']), 1)).toEqual({ accepted: false, reason: 'fenced' });
  });

  test('[design 4] the first of several legs to answer joins the bridge, the others were answered elsewhere', async () => {
    await send('1', place(['a', 'b']));
    engine.pickUp('b');
    engine.pickUp('a');
    expect(told('leg-answered')).toEqual([{ type: 'leg-answered', legId: 'b' }]);
    expect(told('leg-joined')).toEqual([{ type: 'leg-joined', legId: 'b', bridgeId: 'brg_1' }]);
    expect(told('leg-ended')).toMatchObject([{ legId: 'a', by: 'center', cause: 'answered-elsewhere' }]);
  });

  test('nobody answers in time; a device that is gone is unreachable; events are numbered without gaps', async () => {
    await send('1', place(['a'], 5_000));
    time.advance(5_000);
    engine.deviceOffline('dev_b');
    await send('2', { ...place(['b']), type: 'place-legs' } as Command);
    time.advance(1);
    expect(told('leg-ended')).toMatchObject([{ legId: 'a', cause: 'no-answer' }, { legId: 'b', by: 'network', cause: 'unreachable' }]);
    expect(seqs).toEqual(seqs.map((_seq, i) => seqs[0]! + i));
  });

  test('a leg told so ends when it is left alone; a play ends by digit, by time and by another', async () => {
    const customer = engine.callIn({ account, trunkId: 'trk_1', caller: { number: '2' }, dialled: '100' });
    await send('1', { type: 'answer-leg', legId: customer });
    await send('2', { type: 'play', playId: 'pla_1', legId: customer, items: [{ kind: 'music', name: 'cord' }], stopOnDigit: true });
    engine.press(customer, '1');
    await send('3', { type: 'play', playId: 'pla_2', legId: customer, items: [{ kind: 'silence', durationMs: 1_000 }] });
    time.advance(1_000);
    expect(told('play-finished')).toMatchObject([{ playId: 'pla_1', reason: 'digit' }, { playId: 'pla_2', reason: 'completed' }]);
    await send('4', place(['a']));
    engine.pickUp('a');
    await send('5', { type: 'connect', bridgeId: 'brg_1', account, legIds: [customer], endWhenAlone: ['a', customer] });
    engine.hangUp(customer);
    expect(told('leg-ended')).toMatchObject([{ legId: 'a', by: 'center' }, { legId: customer, by: 'far-end' }]);
    expect(engine.load()).toMatchObject({ legs: 0, linesInUse: 0 });
  });
});

test('[design 4] a device that comes back asks for its old leg’s place: answered and put there by one order, and given back when nobody says a word', async () => {
  const customer = engine.callIn({ account, trunkId: 'trk_1', caller: { number: '2' }, dialled: '100' });
  await send('1', { type: 'answer-leg', legId: customer });
  expect(engine.comeBack(customer)).toBeUndefined();
  await send('2', place(['a']));
  expect(engine.comeBack('a')).toBeUndefined();
  engine.pickUp('a');
  await send('3', { type: 'connect', bridgeId: 'brg_1', account, legIds: [customer, 'a'], endWhenAlone: ['a'] });
  const untold = engine.comeBack('a')!;
  time.advance(10_000);
  const fresh = engine.comeBack('a')!;
  await send('4', { type: 'replace-leg', oldLegId: 'a', newLegId: fresh });
  expect(told('replacement-offered')).toEqual([{ type: 'replacement-offered', legId: untold, oldLegId: 'a' }, { type: 'replacement-offered', legId: fresh, oldLegId: 'a' }]);
  expect(told('leg-ended')).toMatchObject([{ legId: untold, by: 'center', cause: 'congestion', sipStatus: 503 }, { legId: 'a', by: 'center', cause: 'replaced' }]);
  expect(facts.filter((fact) => 'legId' in fact && fact.legId === fresh).map(({ type }) => type)).toEqual(['replacement-offered', 'leg-answered', 'leg-joined']);
  engine.hangUp(customer);
  expect(told('leg-ended').slice(2)).toMatchObject([{ legId: fresh, by: 'center', cause: 'hung-up' }, { legId: customer, by: 'far-end' }]);
});

test('a crowd calls, presses a key of the menu, loses patience, and stops when it is told', async () => {
  const habits = { callsPerMinute: 6, menuKeys: [{ key: '1', weight: 1 }], patienceMs: 30_000, talkMs: 60_000, answerMs: [1_000, 2_000] as const, unnoticed: 0 };
  const crowd = new Crowd({ engine, scheduler: time, chance: () => 0.5, account, trunkId: 'trk_1', number: '100', habits });
  crowd.start();
  time.advance(8_000);
  const offered = facts.find((fact) => fact.type === 'leg-offered');
  const legId = offered?.legId ?? '';
  crowd.stop();
  await send('1', { type: 'play', playId: 'pla_1', legId, items: [{ kind: 'prompt', name: 'main-menu', language: 'es' }], stopOnDigit: true });
  time.advance(4_000);
  expect(told('digit')).toMatchObject([{ legId, digit: '1' }]);
  await send('2', { type: 'play', playId: 'pla_2', legId, items: [{ kind: 'music', name: 'cord' }], loop: true });
  time.advance(120_000);
  expect(told('leg-ended')).toMatchObject([{ legId, by: 'far-end' }]);
  expect(told('leg-offered')).toHaveLength(1);
});
