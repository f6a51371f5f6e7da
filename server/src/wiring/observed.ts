import { activityOf } from '../capabilities/availability/index.ts';
import type { Projector } from '../capabilities/reports/index.ts';
import type { AccountState, Metrics, MetricSources } from '../observability/metrics.ts';
import { serveMetrics } from '../observability/metrics-server.ts';
import type { EngineLoad } from '../telephony/port/index.ts';
import type { FloorProcess } from './floor-process.ts';
import type { Floors } from './floors.ts';
import { type LoadWatch, SHEDDABLE } from './load-watch.ts';

/** What control tells its metrics; nothing, when nobody asks for them. */
export type Counted = Pick<Metrics, 'turn' | 'alarm' | 'answered'>;

export interface Told {
  readonly counted: Counted;
  /** Begins to answer. @returns how to stop */
  serve(): Promise<() => Promise<void>>;
}

/** @param port on loopback; undefined: no metrics, and their library is not loaded (0.13 s of a restart, measured) */
export async function openMetrics(port: number | undefined, observed: () => Observed | undefined, onFailure: (error: unknown) => void): Promise<Told> {
  if (port === undefined) return { counted: { turn: () => undefined, alarm: () => undefined, answered: () => undefined }, serve: async () => async () => undefined };
  const { createMetrics } = await import('../observability/metrics.ts');
  const metrics = createMetrics(metricSourcesOf(observed));
  const serve = async (): Promise<() => Promise<void>> => {
    try {
      return (await serveMetrics(metrics, port, onFailure)).close;
    } catch (error) {
      // A port that somebody took is no reason to take no calls.
      onFailure(error);
      return async () => undefined;
    }
  };
  return { counted: metrics, serve };
}

/** What is looked at of a running control process. */
export interface Observed {
  readonly floorProcess: { readonly floors: Floors; readonly commitState: FloorProcess['commitState'] };
  readonly client: { readonly connected: boolean; load(): EngineLoad };
  readonly projector: Pick<Projector, 'lag'>;
  readonly load: Pick<LoadWatch, 'isLetGo'>;
}

/** Before the switch is there, and of an engine that has none. */
const NO_SIGNALLING = { dialogs: 0, transactions: 0, connections: 0, timers: 0 };

/** @param observed undefined until everything is built */
export function metricSourcesOf(observed: () => Observed | undefined): MetricSources {
  return {
    switch: () => {
      const client = observed()?.client;
      const { legs, linesInUse, tickLateP99Ms, admitting, signalling = NO_SIGNALLING } = client?.load() ?? { legs: 0, linesInUse: 0, tickLateP99Ms: 0, admitting: false };
      const connected = client?.connected ?? false;
      return { connected, legs, linesInUse, tickLateP99Ms, admitting: connected && admitting, signalling };
    },
    journal: () => observed()?.floorProcess.commitState ?? { storageAway: false, uncommittedTurns: 0, lagMs: 0, spooledTurns: 0 },
    letGo: () => Object.fromEntries(SHEDDABLE.map((what) => [what, Number(observed()?.load.isLetGo(what) ?? false)])),
    accounts: () => {
      const running = observed();
      return running ? accountsOf(running) : [];
    },
  };
}

function* accountsOf({ floorProcess, projector }: Observed): Generator<AccountState> {
  for (const { world } of floorProcess.floors.all()) {
    const agents: Record<string, number> = {};
    for (const agent of world.agents.values()) {
      const activity = activityOf(agent);
      agents[activity] = (agents[activity] ?? 0) + 1;
    }
    const { account, calls, waiting, offers } = world;
    yield { account, calls: calls.size, waiting: waiting.size, offers: offers.size, agents, projectionLagTurns: projector.lag(account).turns };
  }
}

export type Health = { readonly takesCalls: true; readonly storageAway: boolean } | { readonly takesCalls: false; readonly because: 'switch-away' | 'overloaded' };

/** Whether a new call would be taken now, and what is away. */
export function healthOf({ floorProcess, client }: Pick<Observed, 'floorProcess' | 'client'>): Health {
  if (!client.connected) return { takesCalls: false, because: 'switch-away' };
  if (floorProcess.floors.overloaded || !client.load().admitting) return { takesCalls: false, because: 'overloaded' };
  return { takesCalls: true, storageAway: floorProcess.commitState.storageAway };
}
