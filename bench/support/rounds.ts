import { setTimeout as delay } from 'node:timers/promises';
import type { Center, Desk } from './center.ts';
import { freePorts } from './ports.ts';
import { type Logged, Sipp } from './sipp.ts';

export interface Load {
  readonly desk: Desk;
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly talkFromMs: number;
  readonly talkToMs: number;
}

export interface Round {
  readonly calls: number;
  /** Customers whose call did not go the whole way. */
  readonly failed: number;
  /** Caller's INVITE sent to agent's INVITE received, for each call. */
  readonly ringMs: readonly number[];
  /** Agent's BYE sent to the same agent's next INVITE received, while all callers had come. */
  readonly freedToRingMs: readonly number[];
  /** Milliseconds of processor time per call, by part. */
  readonly cpuPerCall: Readonly<Record<string, number>>;
  readonly mediaPerCall: number | undefined;
  readonly errors: string;
}

/** What is still written and projected after the last call belongs to the calls. */
const SETTLE_MS = 700;
const PATIENCE_MS = 45_000;

/** Plays one load through one center. */
export async function playRound(center: Center, load: Load): Promise<Round> {
  const { desk, calls, callsPerSecond, talkFromMs, talkToMs } = load;
  const agents = new Sipp('agent', { port: desk.phonesPort, mediaPort: await freePorts(), arguments: [] }, { talkFromMs, talkToMs });
  await delay(300);
  const before = { cpu: center.cpu(), media: center.mediaCpu() };
  const customers = new Sipp('customer', {
    target: { port: center.sipPort, number: desk.number },
    port: await freePorts(),
    mediaPort: await freePorts(),
    arguments: ['-m', String(calls), '-r', String(callsPerSecond), '-l', String(calls)],
  });
  try {
    await customers.ended((calls / callsPerSecond) * 1_000 + PATIENCE_MS);
    await delay(SETTLE_MS);
    const after = { cpu: center.cpu(), media: center.mediaCpu() };
    await agents.stop();
    await customers.stop();
    const heard = customers.log();
    const rung = agents.log();
    return {
      calls,
      failed: calls - heard.filter(({ what }) => what === 'ended').length,
      ringMs: ringTimes(heard, rung),
      freedToRingMs: freedToRing(heard, rung),
      cpuPerCall: Object.fromEntries(Object.entries(after.cpu).map(([part, used]) => [part, (used - before.cpu[part]!) / calls])),
      mediaPerCall: after.media === undefined || before.media === undefined ? undefined : (after.media - before.media) / calls,
      errors: customers.errors() + agents.errors(),
    };
  } finally {
    await agents.stop();
    await customers.stop();
    agents.forget();
    customers.forget();
  }
}

export function ringTimes(heard: readonly Logged[], rung: readonly Logged[]): number[] {
  const first = new Map<string, number>();
  for (const { what, caller, at } of rung) if (what === 'ring' && !first.has(caller)) first.set(caller, at);
  return heard.flatMap(({ what, caller, at }) => (what === 'invite' && first.has(caller) ? [first.get(caller)! - at] : []));
}

function freedToRing(heard: readonly Logged[], rung: readonly Logged[]): number[] {
  const allCame = Math.max(...heard.filter(({ what }) => what === 'invite').map(({ at }) => at));
  return rung.flatMap((freed, index) => {
    if (freed.what !== 'freed' || freed.at < allCame) return [];
    const next = rung.slice(index + 1).find(({ what, agent }) => what === 'ring' && agent === freed.agent);
    return next ? [next.at - freed.at] : [];
  });
}
