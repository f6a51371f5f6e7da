import { expect, test } from 'vitest';
import { Chance } from '../chance/chance.ts';
import { simulate } from '../run.ts';
import { readScenario } from '../scenario/read-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { RESOLVED_WITHIN_MS } from '../world/carriers.ts';
import type { Center } from '../world/center.ts';
import { EVERYTHING } from './presets.ts';

function scenario(content: object, agents: number, seed: number): Scenario {
  const read = readScenario(content, { agents, seed, days: 1 });
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.scenario;
}

test('[fault 1] control is killed 500 times, between any two steps: nothing is lost, nothing is doubled', { timeout: 120_000 }, async () => {
  const chance = new Chance(11, 'kills');
  const faults = { linkDelayMs: 40, duplicated: 0.02, controlKilled: 0.001, controlDownFor: { kind: 'uniform', from: 0.05, to: 8 }, tornTail: 0.2, spoiltSnapshot: 0.2 };
  const { center, faults: happened } = await simulate(scenario({ faults }, 12, 11), {
    afterStep: (_center, both) => {
      if (chance.happens(0.009)) both.kill();
    },
  });
  expect(happened.counts.get('control killed')).toBeGreaterThanOrEqual(500);
  expect(happened.counts.get('killed with turns in flight')).toBeGreaterThan(20);
  expect(center.restoredAlike).toBeGreaterThan(300);
  expect(center.ledger.counted.answered).toBeGreaterThan(500);
});

test.each([11, 13, 106, 111])('[fault 1] control is away for up to 40 s, again and again: no agent who never forgets to answer is taken for one who does (seed %i)', { timeout: 60_000 }, async (seed) => {
  const chance = new Chance(seed, 'kills');
  const faults = { linkDelayMs: 40, controlKilled: 0.001, controlDownFor: { kind: 'uniform', from: 0.05, to: 40 } };
  const expired: string[] = [];
  const seen = new Set<Center>();
  const { faults: happened, center } = await simulate(scenario({ faults, agentHabits: { forget: 0, laptopClosesPerHour: 0, dialsPerHour: 0 } }, 12, seed), {
    afterStep: (at, both) => {
      if (!seen.has(at)) watchExpired(at, expired);
      seen.add(at);
      if (chance.happens(0.009)) both.kill();
    },
  });
  expect(happened.counts.get('control killed')).toBeGreaterThan(400);
  expect(center.ledger.counted.answered).toBeGreaterThan(700);
  expect(expired).toEqual([]);
});

/** Rings that are held against an agent. */
function watchExpired({ journal }: Center, expired: string[]): void {
  const written = journal.onWritten;
  journal.onWritten = (turn) => {
    written(turn);
    for (const event of turn.events) if (event.type === 'offer-expired') expired.push(JSON.stringify(event));
  };
}

test.each([51, 52])('[fault 12] the spool’s last line is torn anywhere, or a bit of it turned over: a start drops all of it and nothing else, and says how much (seed %i)', { timeout: 60_000 }, async (seed) => {
  const faults = { controlKilled: 20, tornTail: 1, spoiltSnapshot: 0.3, databaseAway: 6, databaseAwayFor: { kind: 'uniform', from: 1, to: 120 }, linkDelayMs: 20 };
  // What was torn against what the start said it dropped is compared at each start (`Faults`), the restored state with the one before by `Center`.
  const { center, faults: happened } = await simulate(scenario({ faults }, 12, seed));
  expect(happened.counts.get('torn tail dropped')).toBeGreaterThan(200);
  expect(happened.counts.get('killed while PostgreSQL is away')).toBeGreaterThan(10);
  expect(center.restoredAlike).toBeGreaterThan(100);
  expect(center.ledger.counted.answered).toBeGreaterThan(500);
});

test.each([61, 62])('[faults 16, 17, 18] facts twice and 32 s late, a 200 that crosses its CANCEL, callers who leave within 50 ms of the answer, two phones that are picked up within 1 ms: no ghost leg, one bridge, one ending (seed %i)', { timeout: 60_000 }, async (seed) => {
  const alone = new Map<string, number>();
  const longestAlone = { ms: 0 };
  const content = {
    faults: { linkDelayMs: 40, duplicated: 0.05, lateFacts: 0.2, crossing: 0.5 },
    customers: { leaveAtAnswer: 0.2, lostBye: 0.02 },
    agentHabits: { secondDevice: 1, forget: 0.05, laptopClosesPerHour: 0 },
  };
  const { center } = await simulate(scenario(content, 20, seed), { afterStep: (at) => watchAlone(at, alone, longestAlone) });
  expect(center.network.late).toBeGreaterThan(5_000);
  expect(center.network.crossed).toBeGreaterThan(1_000);
  expect(center.population.toldTaken).toBeGreaterThan(1_000);
  expect(center.population.mostTogether).toBe(2);
  expect(longestAlone.ms).toBeGreaterThan(0);
  expect(longestAlone.ms).toBeLessThanOrEqual(2_000);
  expect(center.ledger.counted.answered).toBeGreaterThan(1_000);
});

/** For how long an agent has been talking, as the center sees it, to somebody whom the switch has no more. */
function watchAlone({ world, engine, time }: Center, since: Map<string, number>, longest: { ms: number }): void {
  for (const call of world?.calls.values() ?? []) {
    if (call.state !== 'talking' || engine.has(call.other.legId)) since.delete(call.callId);
    else if (!since.has(call.callId)) since.set(call.callId, time.now());
    else longest.ms = Math.max(longest.ms, time.now() - since.get(call.callId)!);
  }
}

test.each([81, 82])('[faults 20, 21] agents reload their browser in the middle of a talk, for up to 8 s: each comes back to their own customer, and nobody is handed on (seed %i)', { timeout: 60_000 }, async (seed) => {
  const lost = { calls: 0, released: 0 };
  const seen = new Set<Center>();
  const { center, faults } = await simulate(scenario({ faults: { reloads: 60, linkDelayMs: 40 }, agentHabits: { laptopClosesPerHour: 0 } }, 20, seed), {
    afterStep: (at) => {
      if (!seen.has(at)) watchLost(at, lost);
      seen.add(at);
    },
  });
  expect(faults.counts.get('browser reloaded')).toBeGreaterThan(500);
  // A few customers hang up while the order is on its way.
  expect(center.population.replacedLegs).toBeGreaterThan(0.99 * faults.counts.get('browser reloaded')!);
  expect(center.population.mostTogether).toBe(2);
  // Some are missed before they are back, and are back before anybody gives them up.
  expect(lost.calls).toBeGreaterThan(200);
  expect(lost.released).toBe(0);
  expect(center.ledger.counted.answered).toBeGreaterThan(1_000);
});

/** Customers who heard that their agent had been lost, and those who went back to the queue for it. */
function watchLost({ journal }: Center, lost: { calls: number; released: number }): void {
  const written = journal.onWritten;
  journal.onWritten = (turn) => {
    written(turn);
    for (const event of turn.events) {
      if (event.type === 'call-agent-lost') lost.calls += 1;
      else if (event.type === 'call-released') lost.released += 1;
    }
  };
}

test.each([71, 72])('[fault 23] no name is resolved for a quarter of an hour: calls come in and are answered, and whoever dials out is free again within two seconds (seed %i)', { timeout: 60_000 }, async (seed) => {
  const dialling = new Map<string, number>();
  let longestMs = 0;
  let answeredBefore = 0;
  let answeredWithoutNames = 0;
  const { faults } = await simulate(scenario({ faults: { namesDead: 2, linkDelayMs: 20 }, agentHabits: { dialsPerHour: 6 } }, 20, seed), {
    afterStep: ({ carriers, world, time, ledger: { counted } }) => {
      if (!carriers.named) answeredWithoutNames += counted.answered - answeredBefore;
      answeredBefore = counted.answered;
      if (carriers.named) return dialling.clear();
      for (const callId of dialling.keys()) if (world?.calls.get(callId)?.state !== 'dialing') dialling.delete(callId);
      for (const call of world?.calls.values() ?? []) {
        if (call.state !== 'dialing' || call.target.kind !== 'number') continue;
        // One that the carrier had before has its own time.
        if (!dialling.has(call.callId)) dialling.set(call.callId, call.legIds.some((legId) => world?.legs.get(legId)?.state === 'placed') ? time.now() : Number.MAX_SAFE_INTEGER);
        longestMs = Math.max(longestMs, time.now() - dialling.get(call.callId)!);
      }
    },
  });
  expect(faults.counts.get('names dead')).toBeGreaterThan(5);
  expect(answeredWithoutNames).toBeGreaterThan(100);
  expect(longestMs).toBeGreaterThan(1_000);
  expect(longestMs).toBeLessThanOrEqual(RESOLVED_WITHIN_MS + 4 * 20);
});

test.each([31, 32])('[fault 22] the wall clock is off by two hours at every other restart: nothing lasts less than nothing (seed %i)', { timeout: 60_000 }, async (seed) => {
  const { center, faults } = await simulate(scenario({ faults: { controlKilled: 6, clockJumps: 0.5, linkDelayMs: 20 } }, 12, seed));
  expect(faults.counts.get('clock jumped')).toBeGreaterThan(10);
  expect(center.ledger.counted.answered).toBeGreaterThan(300);
});

test('[fault 2] a control that was frozen and replaced in the last seconds of a day ends with it: a run leaves nothing behind that would keep its process', { timeout: 60_000 }, async () => {
  const { center, faults } = await simulate(scenario({ faults: { ...EVERYTHING, reloads: 0 } }, 12, 701_010_123));
  expect(faults.counts.get('frozen control replaced')).toBeGreaterThan(10);
  expect(center.running).toBe(0);
});

test('the same seed lives through the same day, to the last turn', { timeout: 60_000 }, async () => {
  const dayOf = async (seed: number) => {
    const { center, faults } = await simulate(scenario({ faults: EVERYTHING }, 8, seed));
    return { turns: center.journal.lastSeq, steps: center.steps, counted: center.ledger.counted, faults: [...faults.counts] };
  };
  const first = await dayOf(41);
  expect(await dayOf(41)).toEqual(first);
  expect(await dayOf(42)).not.toEqual(first);
});
