import type { BridgeId, LegId } from '@centralita/kernel';
import type { Leg } from '../legs/leg.ts';
import type { Legs } from '../legs/legs.ts';
import type { MediaPlane } from '../media/media-plane.ts';
import type { Bridges } from './bridges.ts';

/**
 * Who hears music or silence instead of the bridge. Three reasons: control's order, a partner whose phone has put us on hold,
 * and a partner whose media has stalled. The last two hold only in company of two: in a conference the others talk on.
 */
export class Holding {
  readonly #ordered = new Map<LegId, { readonly music: boolean }>();
  readonly #absent = new Set<LegId>();
  /** What the media workers were last told. */
  readonly #told = new Map<LegId, string | null>();
  readonly #bridges: Bridges;
  readonly #media: MediaPlane;
  readonly #music: string;

  constructor(legs: Legs, bridges: Bridges, media: MediaPlane, music: string) {
    this.#bridges = bridges;
    this.#media = media;
    this.#music = music;
    legs.onFarHold((leg, held) => this.#setAbsent(leg.id, held));
    legs.onEnding((leg) => this.#forget(leg.id));
    bridges.onJoined((_leg, bridgeId) => this.#settle(bridgeId));
    // On leaving nothing changes: who heard music because the partner was away hears it until somebody comes or control says.
  }

  /** @returns false when it was held already in the same way */
  hold(leg: Leg, music: boolean): boolean {
    const before = this.#ordered.get(leg.id);
    this.#ordered.set(leg.id, { music });
    this.#apply(leg.id, music ? this.#music : null);
    return before?.music !== music;
  }

  resume(leg: Leg): boolean {
    const was = this.#ordered.delete(leg.id);
    const bridgeId = this.#bridges.of(leg.id);
    if (bridgeId === undefined) this.#release(leg.id);
    else this.#settle(bridgeId);
    return was;
  }

  isHeld(legId: LegId): boolean {
    return this.#ordered.has(legId);
  }

  stalled(legId: LegId): void {
    this.#setAbsent(legId, true);
  }

  unstalled(legId: LegId): void {
    this.#setAbsent(legId, false);
  }

  /** The leg lives on a new worker, which knows nothing yet. @param alone it waits in music for whoever comes next */
  mediaReopened(legId: LegId, alone: boolean): void {
    this.#told.delete(legId);
    const ordered = this.#ordered.get(legId);
    if (ordered !== undefined) this.#apply(legId, ordered.music ? this.#music : null);
    else if (alone) this.#apply(legId, this.#music);
  }

  #setAbsent(legId: LegId, absent: boolean): void {
    if (absent) this.#absent.add(legId);
    else this.#absent.delete(legId);
    const bridgeId = this.#bridges.of(legId);
    if (bridgeId !== undefined) this.#settle(bridgeId);
  }

  #settle(bridgeId: BridgeId): void {
    const members = this.#bridges.members(bridgeId);
    for (const legId of members) {
      const ordered = this.#ordered.get(legId);
      const partner = members.length === 2 ? members.find((other) => other !== legId) : undefined;
      if (ordered !== undefined) this.#apply(legId, ordered.music ? this.#music : null);
      else if (partner !== undefined && this.#absent.has(partner)) this.#apply(legId, this.#music);
      else this.#release(legId);
    }
  }

  #apply(legId: LegId, music: string | null): void {
    if (this.#told.get(legId) === music) return;
    this.#told.set(legId, music);
    this.#media.hold(legId, music);
  }

  #release(legId: LegId): void {
    if (this.#told.delete(legId)) this.#media.resume(legId);
  }

  #forget(legId: LegId): void {
    this.#ordered.delete(legId);
    this.#absent.delete(legId);
    this.#told.delete(legId);
  }
}
