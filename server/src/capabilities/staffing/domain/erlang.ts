/*
 * Poisson arrivals, exponential handling, n agents, first come first served.
 * A. K. Erlang (1917) for B and C; C. Palm (1946) and Garnett, Mandelbaum, Reiman (2002, "Designing a Call Center with
 * Impatient Customers", https://doi.org/10.1287/msom.4.3.208.7753) for A.
 */

/** What arrives and how long it keeps an agent: rates per second, durations in seconds. */
export interface QueueLoad {
  readonly callsPerSecond: number;
  /** Talk, hold and after-service. */
  readonly handlingSeconds: number;
}

export interface ErlangC {
  /** In erlangs. */
  readonly load: number;
  readonly occupancy: number;
  /** Probability that a customer waits at all. */
  readonly waits: number;
  /** Mean wait of everybody, those who do not wait included; Infinity when the load is too high for the agents. */
  readonly waitSeconds: number;
  /** Share answered within so many seconds. */
  answeredWithin(seconds: number): number;
}

export interface ErlangA {
  readonly load: number;
  readonly occupancy: number;
  readonly waits: number;
  /** Mean wait of everybody, answered or not. */
  readonly waitSeconds: number;
  readonly abandons: number;
}

/** Probability that all agents are busy when nobody waits: blocked calls are lost. */
export function erlangB(agents: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= agents; n++) blocked = (load * blocked) / (n + load * blocked);
  return blocked;
}

/** Nobody gives up. */
export function erlangC(agents: number, { callsPerSecond, handlingSeconds }: QueueLoad): ErlangC {
  const load = callsPerSecond * handlingSeconds;
  if (load >= agents) return { load, occupancy: 1, waits: 1, waitSeconds: Infinity, answeredWithin: () => 0 };
  const blocked = erlangB(agents, load);
  const waits = (agents * blocked) / (agents - load * (1 - blocked));
  const freePerSecond = (agents - load) / handlingSeconds;
  return { load, occupancy: load / agents, waits, waitSeconds: waits / freePerSecond, answeredWithin: (seconds) => 1 - waits * Math.exp(-freePerSecond * seconds) };
}

/** Terms this small no longer change the sums. */
const NEGLIGIBLE = 1e-15;
const HUGE = 1e100;

/**
 * Customers give up after an exponential patience: a birth-death chain in the number of customers present, where one more
 * agent's worth leaves at 1 / handling up to n, and each one who waits at 1 / patience beyond.
 */
export function erlangA(agents: number, { callsPerSecond, handlingSeconds }: QueueLoad, patienceSeconds: number): ErlangA {
  const load = callsPerSecond * handlingSeconds;
  // Up to n the chain is Erlang's B, whose states sum to 1 here; nothing overflows at thousands of agents.
  const full = erlangB(agents, load);
  let above = 1;
  let waiting = 0;
  /** What 1 has become: long queues of very patient customers weigh more than a number can hold. */
  let unit = 1;
  for (let queue = 1, term = 1; ; queue++) {
    const ratio = callsPerSecond / (agents / handlingSeconds + queue / patienceSeconds);
    term *= ratio;
    above += term;
    waiting += queue * term;
    if (ratio < 1 && queue * term < NEGLIGIBLE * above * (1 - ratio)) break;
    if (term < HUGE) continue;
    term /= HUGE;
    above /= HUGE;
    waiting /= HUGE;
    unit /= HUGE;
  }
  const all = (1 - full) * unit + full * above;
  const meanWaiting = (full * waiting) / all;
  const waitSeconds = callsPerSecond === 0 ? 0 : meanWaiting / callsPerSecond;
  return { load, occupancy: ((load * (1 - full) - agents * full) * unit + agents * full * above) / all / agents, waits: (full * above) / all, waitSeconds, abandons: waitSeconds / patienceSeconds };
}
