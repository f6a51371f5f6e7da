import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type SimulationOrder, whatIfAnswer } from '@centralita/contract';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WHAT_IF_PROCESSES, WhatIfProcesses } from './what-if-processes.ts';

const half = (one: number) => Array.from({ length: 48 }, (_, place) => (place === 20 || place === 21 ? one : 0));
const order: SimulationOrder = {
  question: { queueId: 'que_1', calls: half(20), agents: half(3), talkSeconds: 120, talkVariation: 0.7, afterServiceSeconds: 20, patienceSeconds: 120, target: { share: 0.8, withinSeconds: 20 }, skill: null, secondQueue: null },
  rules: { selection: 'longest-idle', ageingPerMinute: 0, ringSeconds: 20, maximumWaitSeconds: null, maximumSize: null, afterServiceLimitSeconds: 60 },
};
/** Who asks. */
const DIEGO = { account: 'acc_1', userId: 'usr_1' };
const stays = (): AbortSignal => new AbortController().signal;

let folder: string;
const open: WhatIfProcesses[] = [];
beforeAll(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'what-if-'))));
afterEach(() => open.splice(0).forEach((processes) => processes.close()));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function processes(limits: Partial<typeof WHAT_IF_PROCESSES> = {}, program?: string): WhatIfProcesses {
  const file = program === undefined ? undefined : path.join(folder, `${open.length}-${program.length}.mjs`);
  if (file !== undefined) fs.writeFileSync(file, program!);
  const made = new WhatIfProcesses({ ...WHAT_IF_PROCESSES, ...limits }, file);
  open.push(made);
  return made;
}

const SILENT = `process.on('message', () => {});`;

describe('[issue 3] a simulation beside control', () => {
  it('answers what the simulator found, and is gone', { timeout: 60_000 }, async () => {
    const beside = processes();
    const found = await beside.simulate(DIEGO, order, stays());
    if (!found.ok) throw new Error(found.refusal.code);
    expect(whatIfAnswer.parse(found.value).queue.whole.offered).toBeGreaterThan(20);
    expect(beside.running).toBe(0);
  });

  it('tells how far it is, and only whoever asked', { timeout: 60_000 }, async () => {
    const told = `process.on('message', () => process.send({ type: 'progress', done: 7, of: 20 }));`;
    const beside = processes({}, told);
    const leaving = new AbortController();
    const asked = beside.simulate(DIEGO, order, leaving.signal);
    expect(beside.progressOf(DIEGO)).toBeNull();
    await expect.poll(() => beside.progressOf(DIEGO), { timeout: 20_000 }).toEqual({ done: 7, of: 20 });
    expect(beside.progressOf({ ...DIEGO, userId: 'usr_2' })).toBeNull();
    expect(beside.progressOf({ ...DIEGO, account: 'acc_2' })).toBeNull();
    leaving.abort();
    await asked;
    expect(beside.progressOf(DIEGO)).toBeNull();
  });

  it('takes one of an account and so many in all', async () => {
    const beside = processes({ perAccount: 1, inAll: 2 }, SILENT);
    const leaving = new AbortController();
    const running = [beside.simulate(DIEGO, order, leaving.signal), beside.simulate({ account: 'acc_2', userId: 'usr_1' }, order, leaving.signal)];
    expect(await beside.simulate(DIEGO, order, stays())).toMatchObject({ ok: false, refusal: { code: 'rate-limited', retryAfterSeconds: 5 } });
    expect(await beside.simulate({ account: 'acc_3', userId: 'usr_1' }, order, stays())).toMatchObject({ ok: false, refusal: { code: 'overloaded' } });
    leaving.abort();
    await Promise.all(running);
    expect(beside.running).toBe(0);
  });

  it('ends with whoever asked', async () => {
    const beside = processes({}, SILENT);
    const leaving = new AbortController();
    const asked = beside.simulate(DIEGO, order, leaving.signal);
    expect(beside.running).toBe(1);
    leaving.abort();
    expect(await asked).toMatchObject({ ok: false, refusal: { code: 'not-allowed-now' } });
    expect(await beside.simulate(DIEGO, order, leaving.signal)).toMatchObject({ ok: false });
    expect(beside.running).toBe(0);
  });

  it('ends at its limit of time, and of memory', { timeout: 60_000 }, async () => {
    expect(await processes({ timeLimitMs: 50 }, SILENT).simulate(DIEGO, order, stays())).toMatchObject({ ok: false, refusal: { code: 'too-much-work' } });
    const hungry = processes({ memoryLimitMb: 24 }, `process.on('message', () => { const all = []; for (;;) all.push(new Array(1000).fill({}).map(() => ({}))); });`);
    expect(await hungry.simulate(DIEGO, order, stays())).toMatchObject({ ok: false, refusal: { code: 'too-much-work' } });
  });

  it('throws when it dies of anything else, or answers nonsense', async () => {
    await expect(processes({}, `process.on('message', () => { throw new Error('a bug'); });`).simulate(DIEGO, order, stays())).rejects.toThrow('a bug');
    await expect(processes({}, `process.on('message', () => process.send({ nonsense: 1 }));`).simulate(DIEGO, order, stays())).rejects.toThrow('without an answer');
  });

  it('gives it nothing of this program’s environment', async () => {
    process.env['WHAT_IF_SECRET'] = 'hidden';
    const told = processes({}, `process.on('message', () => { throw new Error('environment: ' + Object.keys(process.env).join()); });`).simulate(DIEGO, order, stays());
    await expect(told).rejects.toThrow(/environment: (?!.*WHAT_IF_SECRET)/);
    delete process.env['WHAT_IF_SECRET'];
  });
});
