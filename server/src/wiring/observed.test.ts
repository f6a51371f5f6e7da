import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { healthOf, metricSourcesOf, type Observed, openMetrics } from './observed.ts';

const load = { legs: 0, linesInUse: 0, tickLateP99Ms: 0, admitting: true, workers: [] };
function observed({ connected = true, admitting = true, overloaded = false, storageAway = false } = {}): Observed {
  return {
    client: { connected, load: () => ({ ...load, admitting }) },
    floorProcess: { floors: { overloaded, all: () => [] } as unknown as Observed['floorProcess']['floors'], commitState: { storageAway, uncommittedTurns: 0, lagMs: 0, spooledTurns: 0 } },
    projector: { lag: () => ({ turns: 0, since: null }) },
    load: { isLetGo: () => false },
  };
}

it('a center is well when a new call would be taken, though the database be away', () => {
  expect(healthOf(observed())).toEqual({ takesCalls: true, storageAway: false });
  expect(healthOf(observed({ storageAway: true }))).toEqual({ takesCalls: true, storageAway: true });
  expect(healthOf(observed({ connected: false }))).toEqual({ takesCalls: false, because: 'switch-away' });
  expect(healthOf(observed({ admitting: false }))).toEqual({ takesCalls: false, because: 'overloaded' });
  expect(healthOf(observed({ overloaded: true }))).toEqual({ takesCalls: false, because: 'overloaded' });
});

it('before everything is built, nothing is claimed to be well', () => {
  const sources = metricSourcesOf(() => undefined);
  expect(sources.switch()).toMatchObject({ connected: false, admitting: false });
  expect([...sources.accounts()]).toEqual([]);
});

it('a switch that is away takes no calls, whatever it last said', () => {
  expect(metricSourcesOf(() => observed({ connected: false })).switch()).toMatchObject({ connected: false, admitting: false });
});

it('a metrics port that is taken is told, and stops nothing', async () => {
  const failures: unknown[] = [];
  const first = await openMetrics(undefined, () => undefined, (error) => failures.push(error));
  await (await first.serve())();
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const told = await openMetrics((taken.address() as AddressInfo).port, () => undefined, (error) => failures.push(error));
  const stop = await told.serve();
  expect(failures).toEqual([expect.objectContaining({ code: 'EADDRINUSE' })]);
  await stop();
  taken.close();
});
