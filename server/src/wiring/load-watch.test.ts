import { beforeEach, describe, expect, it } from 'vitest';
import { LoadWatch, SHEDDABLE } from './load-watch.ts';

let now: number;
let heap: number;
let foundAt: number | undefined;
let behind: boolean;
let engine: { connected: boolean; admitting: boolean; tickLateP99Ms: number };
let loopLateMs: number;
let said: string[];
let taking: boolean;
let watch: LoadWatch;

beforeEach(() => {
  now = 0;
  heap = 0.2;
  foundAt = undefined;
  behind = false;
  engine = { connected: true, admitting: true, tickLateP99Ms: 1 };
  loopLateMs = 2;
  said = [];
  taking = true;
  watch = new LoadWatch({
    now: () => now,
    heap: () => ({ share: heap, ageMs: foundAt === undefined ? 0 : now - foundAt }),
    behind: () => behind,
    engine: () => engine,
    loopLateMs: () => loopLateMs,
    takeCalls: (taken) => (taking = taken),
    showDashboards: (shown) => said.push(shown ? 'dashboards shown' : 'dashboards let go'),
    banner: (banner, active) => said.push(`${banner} ${active ? 'on' : 'off'}`),
    alarm: (name, detail) => said.push(`${name}: ${detail}`),
  });
});

/** Looks twice a second for so long. */
function pass(ms: number): void {
  for (const until = now + ms; now < until; now += 500) watch.look();
}
const letGo = () => SHEDDABLE.filter((what) => watch.isLetGo(what));

describe('[fault row 29, design 2] what control lets go when it cannot carry everything', () => {
  it('nothing, and says nothing, on an ordinary day', () => {
    heap = 0.69;
    pass(60_000);
    expect([letGo(), said, taking]).toEqual([[], [], true]);
  });

  it('dashboards first, then reports, then new calls, each told once', () => {
    const seen: (readonly string[])[] = [];
    for (heap of [0.7, 0.79, 0.8, 0.87, 0.88, 0.97]) {
      pass(2_000);
      seen.push(letGo());
      expect(taking).toBe(heap < 0.88);
    }
    expect(seen).toEqual([['dashboards'], ['dashboards'], ['dashboards', 'reports'], ['dashboards', 'reports'], [...SHEDDABLE], [...SHEDDABLE]]);
    expect(said).toEqual([
      'memory-short: 70 % of the heap is needed: dashboards are let go',
      'dashboards let go',
      'memory-short on',
      'memory-short: 80 % of the heap is needed: reports are let go',
      'memory-short: 88 % of the heap is needed: calls are let go',
      'overloaded on',
      'overloaded: new calls are refused: memory is short',
    ]);
  });

  it('all of it comes back after five calm seconds, and not on the way up and down around an edge', () => {
    heap = 0.9;
    pass(1_000);
    heap = 0.83;
    pass(60_000);
    expect([letGo(), taking]).toEqual([[...SHEDDABLE], false]);
    heap = 0.5;
    pass(4_500);
    heap = 0.71;
    pass(1_000);
    expect(said.at(-1)).toBe('overloaded off');
    expect(letGo(), 'the others had five calm seconds').toEqual(['dashboards']);
    heap = 0.5;
    said = [];
    pass(6_000);
    expect([letGo(), taking]).toEqual([[], true]);
    expect(said, 'whoever hears that it is over may ask at once').toEqual(['dashboards shown', 'memory-short off']);
  });

  it('does not refuse for ever what nothing is collected for: it comes back, and goes again at the next collection', () => {
    heap = 0.93;
    pass(1_000);
    foundAt = now;
    pass(19_500);
    expect([letGo(), taking]).toEqual([[...SHEDDABLE], false]);
    pass(1_000);
    expect([letGo(), taking]).toEqual([[], true]);
    foundAt = undefined;
    pass(500);
    expect([letGo(), taking]).toEqual([[...SHEDDABLE], false]);
  });

  it('new calls while the journal is behind, and until it has kept up for a while', () => {
    behind = true;
    pass(500);
    behind = false;
    pass(500);
    expect([taking, said], 'a moment in which nothing ran').toEqual([true, []]);
    behind = true;
    pass(1_000);
    expect([taking, letGo()]).toEqual([false, []]);
    expect(said).toEqual(['overloaded on', 'overloaded: new calls are refused: the journal is behind']);
    // The switch says that it takes none, because it was told so.
    engine = { ...engine, admitting: false };
    pass(10_000);
    behind = false;
    pass(1_000);
    expect(taking).toBe(false);
    engine = { ...engine, admitting: true };
    pass(1_000);
    expect(taking).toBe(true);
    expect(said.slice(2)).toEqual(['overloaded off']);
  });

  it('[fault row 30] tells that the switch refuses calls of itself, not of a moment, nor of a switch that is away', () => {
    engine = { connected: true, admitting: false, tickLateP99Ms: 42 };
    pass(2_000);
    expect(said).toEqual([]);
    pass(500);
    expect(said).toEqual(['overloaded on', 'overloaded: new calls are refused: the switch is full, or audio runs 42 ms late']);
    expect(taking, 'it knows by itself').toBe(true);
    engine = { ...engine, admitting: true };
    pass(6_000);
    expect(said.at(-1)).toBe('overloaded off');
    engine = { connected: false, admitting: false, tickLateP99Ms: 0 };
    said = [];
    pass(60_000);
    expect(said).toEqual([]);
  });

  it('[fault row 30] raises one alarm for as long as its event loop runs late', () => {
    loopLateMs = 50;
    pass(5_000);
    expect(said).toEqual([]);
    loopLateMs = 83.4;
    pass(60_000);
    expect(said).toEqual(['control-late: the event loop runs 83 ms late']);
    loopLateMs = 3;
    pass(6_000);
    loopLateMs = 60;
    pass(1_000);
    expect(said.slice(1)).toEqual(['control-late: the event loop runs 60 ms late']);
  });
});
