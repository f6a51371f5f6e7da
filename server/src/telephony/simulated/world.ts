import type { BridgeId, DeviceId, Instant, LegCause, LegId } from '@centralita/kernel';
import type { Play, TelephonyFact } from '../port/index.ts';

/** What the engine runs on: real time for the live demo, virtual time for the simulator. */
export interface Scheduler {
  now(): Instant;
  /** @returns a function that cancels it */
  after(delayMs: number, run: () => void): () => void;
}

/** The simulated world: whoever is at the other end of the legs. Called after the engine has done its own part. */
export interface World {
  /** A device rings. */
  ringing(legId: LegId, deviceId: DeviceId): void;
  /** A number outside was dialled: the carrier rings it (`ring`), answers (`pickUp`), or fails it (`fail`). */
  dialled(legId: LegId, number: string): void;
  /** The leg hears this, and nothing else. */
  hears(legId: LegId, play: Play): void;
  answered(legId: LegId): void;
  joined(legId: LegId, bridgeId: BridgeId): void;
  /** A fresh leg has taken the place of this one, which ends next: nobody has left or come. */
  replaced(oldLegId: LegId, newLegId: LegId): void;
  ended(legId: LegId, cause: LegCause): void;
}

/** What lies between the engine and its far ends does to what they say; left out: nothing. */
export interface Network {
  /** A fact is told again this many ms later, as a message is that was sent twice and took long; undefined: it is not. */
  againAfterMs(fact: TelephonyFact): number | undefined;
  /** A ringing leg is picked up in the moment in which it is given up: the 200 crosses the CANCEL (RFC 3261, 9.1). */
  crosses(legId: LegId): boolean;
}
