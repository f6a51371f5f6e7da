import pg from 'pg';
import { createHttp, type HttpDeps, type HttpSide } from '../../wiring/create-http.ts';
import { defaultHttpSettings } from '../settings.ts';

const unreachable = (): never => {
  throw new Error('nothing is behind this server');
};

/** Every route, with nothing behind them: to look at what they declare. No connection is made. */
export function silentHttp(changes: Partial<HttpDeps> = {}): Promise<HttpSide> {
  const pool = new pg.Pool({ connectionString: 'postgresql://nobody@localhost/nothing', max: 1 });
  return createHttp({
    pool,
    floorPool: pool,
    clock: { now: () => 0 },
    settings: defaultHttpSettings,
    floor: { submit: unreachable, world: () => undefined, takeConfiguration: unreachable, onCommitted: () => () => undefined },
    accountKeys: { keyOf: unreachable },
    recordingFolder: { claim: unreachable, store: unreachable, waiting: unreachable, freeBytes: unreachable, open: unreachable, remove: unreachable },
    provisioning: { device: unreachable, removeDevice: unreachable, lines: unreachable },
    softphoneReach: unreachable,
    traceOf: unreachable,
    legsOf: () => [],
    webhooks: { receiver: { refuses: unreachable }, changed: unreachable },
    demo: { liveDemo: () => ({ available: false, running: false }), switchDemo: unreachable },
    health: () => ({ takesCalls: true, storageAway: false }),
    today: () => undefined,
    liveDemoAccount: () => undefined,
    logger: undefined,
    certificate: undefined,
    ...changes,
  });
}
