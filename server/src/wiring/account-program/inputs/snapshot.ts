import { drawnAt, type LegCause, type LegId } from '@centralita/kernel';
import type { SwitchSnapshot, TelephonyFact } from '../../../telephony/port/index.ts';
import type { World } from '../world.ts';

/** Orders this young may still be on their way to the switch: that it does not know a leg or a play says nothing. */
const ON_ITS_WAY_MS = 2_000;

interface Stranger {
  readonly legId: LegId;
  readonly cause: LegCause;
}

/**
 * What must have happened while the switch's events did not reach us, as facts in the order in which they could have: devices
 * and trunks first, then legs that ended, then those that went on, new ones last. Legs nobody knows are ended by the caller.
 */
export function missedFacts(world: World, snapshot: SwitchSnapshot): { readonly facts: readonly { readonly at: number; readonly fact: TelephonyFact }[]; readonly strangers: readonly Stranger[] } {
  const facts: { at: number; fact: TelephonyFact }[] = [];
  const saw = (fact: TelephonyFact, at = snapshot.at): void => void facts.push({ at, fact });
  sawDevicesAndTrunks(world, snapshot, saw);
  sawRecordings(world, snapshot, saw);
  sawEndings(world, snapshot, saw);
  const strangers: Stranger[] = [];
  for (const leg of snapshot.legs) {
    const known = world.legs.get(leg.legId);
    if (!known && leg.state === 'offered' && leg.origin && leg.dialled !== '') saw({ type: 'leg-offered', legId: leg.legId, from: leg.origin, caller: leg.caller, dialled: leg.dialled }, leg.since);
    // A caller whose number nobody kept cannot be let in: congestion makes the carrier try again.
    else if (!known) strangers.push({ legId: leg.legId, cause: leg.state === 'offered' ? 'congestion' : 'switch-lost' });
    else if (known.state === 'placed' && leg.state === 'ringing') saw({ type: 'leg-ringing', legId: leg.legId, earlyMedia: false });
    else if ((known.state === 'offered' || known.state === 'placed' || known.state === 'ringing') && (leg.state === 'answered' || leg.state === 'held')) saw({ type: 'leg-answered', legId: leg.legId });
  }
  sawPlaysEnd(world, snapshot, saw);
  return { facts, strangers };
}

/** A caller whose prompt or announcement ended meanwhile would wait for its end for ever. */
function sawPlaysEnd(world: World, snapshot: SwitchSnapshot, saw: Saw): void {
  const playing = new Map(snapshot.legs.flatMap(({ legId, playing }) => (playing === undefined ? [] : [[legId, playing] as const])));
  for (const [playId, owner] of world.indexes.playOwners) {
    const legId = (owner.kind === 'flow-run' ? world.flowRuns.get(owner.id) : world.waiting.get(owner.id))?.legId;
    const onItsWay = drawnAt(playId) > snapshot.at - ON_ITS_WAY_MS;
    if (legId !== undefined && !onItsWay && playing.has(legId) && playing.get(legId) !== playId) saw({ type: 'play-finished', playId, legId, reason: 'completed' });
  }
}

type Saw = (fact: TelephonyFact, at?: number) => void;

function sawDevicesAndTrunks(world: World, snapshot: SwitchSnapshot, saw: Saw): void {
  const online = new Set(snapshot.devices.map(({ deviceId }) => deviceId));
  for (const deviceId of world.devices.keys()) if (!online.has(deviceId)) saw({ type: 'device-offline', deviceId, reason: 'connection-lost' });
  for (const deviceId of online) if (!world.devices.has(deviceId)) saw({ type: 'device-online', deviceId });
  for (const { trunkId, up } of snapshot.trunks) saw(up ? { type: 'trunk-up', trunkId } : { type: 'trunk-down', trunkId, reason: 'seen-down' });
}

function sawRecordings(world: World, snapshot: SwitchSnapshot, saw: Saw): void {
  const seen = new Map(snapshot.recordings.map((one) => [one.recordingId, one]));
  for (const recordingId of world.recordings.keys()) {
    const one = seen.get(recordingId);
    if (one?.state === 'finished') saw({ type: 'recording-finished', recordingId, file: one.file ?? '', durationMs: one.durationMs ?? 0, bytes: one.bytes ?? 0 });
    else if (!one || one.state === 'failed') saw({ type: 'recording-failed', recordingId, reason: 'switch-lost', ...(one?.file === undefined ? {} : { file: one.file }) });
  }
}

/** Customers' legs first: an agent's leg that is gone together with its customer is one ending, not a loss. */
function sawEndings(world: World, snapshot: SwitchSnapshot, saw: Saw): void {
  const there = new Set(snapshot.legs.map(({ legId }) => legId));
  const ended = new Map(snapshot.endedLegs.map((one) => [one.legId, one]));
  const gone = [...world.legs.values()].filter((leg) => !there.has(leg.legId) && (ended.has(leg.legId) || leg.startedAt < snapshot.at - ON_ITS_WAY_MS));
  const customersFirst = gone.sort((a, b) => Number(a.role.kind !== 'customer') - Number(b.role.kind !== 'customer'));
  for (const { legId } of customersFirst) {
    const how = ended.get(legId);
    saw({ type: 'leg-ended', legId, by: how?.by ?? 'network', cause: how?.cause ?? 'switch-lost' }, how?.at);
  }
}
