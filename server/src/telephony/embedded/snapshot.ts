import { invariant, type Clock } from '@centralita/kernel';
import type { Bridges } from './bridges/bridges.ts';
import type { Holding } from './bridges/holding.ts';
import type { Plays } from './calls/plays.ts';
import type { Recordings } from './calls/recordings.ts';
import type { Registrar } from './devices/registrar.ts';
import type { Leg } from './legs/leg.ts';
import type { Legs } from './legs/legs.ts';
import type { SnapshotLeg, SwitchSnapshot } from '../port/index.ts';
import type { Trunks } from './trunks/trunks.ts';

interface SnapshotParts {
  readonly legs: Legs;
  readonly bridges: Bridges;
  readonly holding: Holding;
  readonly plays: Plays;
  readonly recordings: Recordings;
  readonly registrar: Registrar;
  readonly trunks: Trunks;
  readonly clock: Clock;
}

/** Everything that is there now, stamped with the number of the last event that is already in it. */
export function takeSnapshot(parts: SnapshotParts, seq: number): SwitchSnapshot {
  return {
    seq,
    at: parts.clock.now(),
    legs: [...parts.legs.live()].map((leg) => snapshotLeg(leg, parts)),
    endedLegs: parts.legs.unacknowledgedEndings(),
    recordings: parts.recordings.snapshot(),
    devices: parts.registrar.online(),
    trunks: parts.trunks.snapshot(),
  };
}

function snapshotLeg(leg: Leg, { bridges, holding, plays }: SnapshotParts): SnapshotLeg {
  const { name } = leg.state;
  invariant(name !== 'ended', 'an ended leg is not in the table');
  return {
    legId: leg.id,
    account: leg.account,
    state: name === 'answered' && holding.isHeld(leg.id) ? 'held' : name,
    origin: leg.origin,
    deviceId: leg.deviceId,
    caller: leg.caller,
    dialled: leg.dialled,
    bridgeId: bridges.of(leg.id),
    playing: plays.on(leg.id),
    since: leg.since,
  };
}
