import { mulberry32 } from '@centralita/kernel';
import type { Matcher } from '@centralita/server/capabilities/routing/domain/matcher-port.ts';
import { addCustomer, createCenter, isCrowded, PRIORITIES, QUEUES } from './world.ts';

export interface DayResult {
  readonly pairs: number;
  /** With those of the warm-up, which are not timed. */
  readonly decided: number;
  readonly seconds: number;
  /** Microseconds, of single decisions with all their bookkeeping. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** One number that two runs share only when every decision was the same. */
  decisionsAfter(pairs: number): string;
}

/**
 * A pair is one customer arriving and one agent becoming free. Pairs alternate between a calm queue (the customer is given an
 * idle agent at once; the freed agent finds nobody waiting and goes idle) and a crowded one (the customer finds nobody free
 * and waits; the freed agent takes the first in line), so both lists keep their length.
 */
export function runDay(create: () => Matcher, size: number, limits: { readonly pairs: number; readonly seconds: number; readonly warmUp: number }): DayResult {
  const matcher = create();
  const center = createCenter(size, 7);
  center.setUp(matcher);
  const chance = mulberry32(11);
  const random = (count: number): number => Math.floor(chance() * count);
  let now = size;
  let customers = 0;
  const arrival = (queue: number) => ({ queue, priority: PRIORITIES[random(PRIORITIES.length)]! });
  for (let i = 0; i < size; i++) addCustomer(matcher, center, arrival(2 * random(QUEUES / 2) + 1), customers++, (now += 5));

  const took = new Float64Array(2 * limits.pairs);
  const prints = new Uint32Array(limits.warmUp + limits.pairs);
  const busyHere: string[][] = center.agentsByQueue.map((agents, queue) => (isCrowded(queue) ? [...agents] : []));
  let print = 2_166_136_261;
  const note = (decided: string | undefined): void => {
    const text = decided ?? '-';
    for (let i = 0; i < text.length; i++) print = Math.imul(print ^ text.charCodeAt(i), 16_777_619);
  };

  const customerArrives = (queue: number): string | undefined => {
    const id = addCustomer(matcher, center, arrival(queue), customers++, now);
    const agent = matcher.matchForCustomer(id, now);
    if (agent !== undefined) {
      matcher.agentBusy(agent);
      matcher.remove(id);
    }
    return agent;
  };
  const agentFrees = (id: string): string | undefined => {
    matcher.agentFree(id, now);
    const customer = matcher.matchForAgent(id, now);
    if (customer !== undefined) {
      matcher.remove(customer);
      matcher.agentBusy(id);
    }
    return customer;
  };

  let all = 0;
  let done = 0;
  let timed = 0;
  const takenFromCalm: string[] = [];
  const deadline = performance.now() + limits.seconds * 1_000;
  const pair = (measured: boolean): void => {
    now += 40;
    const queue = random(QUEUES);
    const someone = isCrowded(queue) ? busyHere[queue]![random(busyHere[queue]!.length)] : undefined;
    const start = performance.now();
    const agent = customerArrives(queue);
    const between = performance.now();
    const freed = someone ?? agent ?? takenFromCalm.pop();
    const customer = freed === undefined ? undefined : agentFrees(freed);
    const end = performance.now();
    note(agent);
    note(customer);
    prints[all++] = print >>> 0;
    if (!measured) return;
    took[2 * done] = between - start;
    took[2 * done + 1] = end - between;
    timed += end - start;
    done++;
  };
  for (let i = 0; i < limits.warmUp; i++) pair(false);
  while (done < limits.pairs && (done < 50 || performance.now() < deadline)) pair(true);

  const sorted = took.subarray(0, 2 * done).slice().sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]! * 1_000;
  return { pairs: done, decided: all, seconds: timed / 1_000, p50: at(0.5), p99: at(0.99), longest: at(1), decisionsAfter: (pairs) => prints[pairs - 1]!.toString(16) };
}
