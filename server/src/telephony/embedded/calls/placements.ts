import type { LegId, PlacementId } from '@centralita/kernel';
import type { Bridges } from '../bridges/bridges.ts';
import { isLive, isUp } from '../legs/leg-state.ts';
import type { Leg } from '../legs/leg.ts';
import type { Legs } from '../legs/legs.ts';
import type { MediaPlane } from '../media/media-plane.ts';
import type { PlaceLegs } from '../../port/index.ts';
import type { Outgoing } from './outgoing.ts';
import type { Plays } from './plays.ts';

interface Placement {
  readonly command: PlaceLegs;
  readonly ringing: Set<LegId>;
  readonly timer: NodeJS.Timeout;
  stopRingback: (() => void) | undefined;
  hears: LegId | undefined;
}

/** Legs placed together: the first to answer joins the bridge, the others end as answered elsewhere. */
export class Placements {
  readonly #placements = new Map<PlacementId, Placement>();
  readonly #ofLeg = new Map<LegId, Placement>();
  readonly #legs: Legs;
  readonly #bridges: Bridges;
  readonly #outgoing: Outgoing;
  readonly #plays: Plays;
  readonly #media: MediaPlane;

  constructor(of: { legs: Legs; bridges: Bridges; outgoing: Outgoing; plays: Plays; media: MediaPlane }) {
    this.#legs = of.legs;
    this.#bridges = of.bridges;
    this.#outgoing = of.outgoing;
    this.#plays = of.plays;
    this.#media = of.media;
    of.legs.onRinging((leg, earlyMedia) => this.#rings(leg, earlyMedia));
    of.legs.onAnswered((leg) => this.#answered(leg));
    of.legs.onEnding((leg) => this.#ended(leg));
  }

  place(command: PlaceLegs): void {
    if (this.#placements.has(command.placementId)) return;
    const near = this.#near(command);
    const placement: Placement = {
      command,
      ringing: new Set(),
      timer: setTimeout(() => this.#timedOut(placement), command.ringTimeoutMs),
      stopRingback: undefined,
      hears: undefined,
    };
    this.#placements.set(command.placementId, placement);
    for (const { legId, target } of command.legs) {
      if (this.#legs.get(legId) !== undefined || this.#legs.endedAccount(legId) !== undefined) continue;
      placement.ringing.add(legId);
      this.#ofLeg.set(legId, placement);
      this.#outgoing.place({ legId, account: command.account, target, caller: command.caller, labels: command.labels, near });
    }
    if (placement.ringing.size === 0) this.#finish(placement);
  }

  close(): void {
    for (const placement of this.#placements.values()) clearTimeout(placement.timer);
  }

  /** Whose worker: control's hint, the listener, whoever waits in the bridge, else the first of the placed. */
  #near(command: PlaceLegs): LegId | undefined {
    const waiting = command.onAnswer === undefined ? undefined : this.#bridges.members(command.onAnswer.bridgeId)[0];
    const hint = command.near ?? command.earlyMediaTo ?? waiting;
    return hint !== undefined && this.#legs.get(hint) !== undefined ? hint : undefined;
  }

  #rings(leg: Leg, earlyMedia: boolean): void {
    const placement = this.#ofLeg.get(leg.id);
    const listener = placement?.command.earlyMediaTo === undefined ? undefined : this.#legs.get(placement.command.earlyMediaTo);
    if (placement === undefined || listener === undefined) return;
    if (listener.state.name === 'offered' && !listener.call.earlyMedia()) return listener.call.ring();
    if (earlyMedia) {
      placement.stopRingback?.();
      placement.stopRingback = undefined;
      placement.hears = leg.id;
      this.#media.listenEarly(listener.id, leg.id);
    } else if (placement.hears === undefined) {
      placement.stopRingback ??= this.#plays.ringback(listener);
    }
  }

  #answered(leg: Leg): void {
    const placement = this.#ofLeg.get(leg.id);
    if (placement === undefined) return;
    const { onAnswer, account, near, earlyMediaTo } = placement.command;
    const others = [...placement.ringing].filter((legId) => legId !== leg.id);
    placement.ringing.clear();
    this.#finish(placement);
    for (const legId of others) {
      const other = this.#legs.get(legId);
      if (other !== undefined) this.#legs.end(other, 'answered-elsewhere');
    }
    if (onAnswer !== undefined) this.#bridges.joinAnswered(onAnswer.bridgeId, account, leg, near ?? earlyMediaTo);
  }

  #ended(leg: Leg): void {
    const placement = this.#ofLeg.get(leg.id);
    if (placement === undefined) return;
    this.#ofLeg.delete(leg.id);
    placement.ringing.delete(leg.id);
    if (placement.hears === leg.id) this.#listenNoMore(placement);
    if (placement.ringing.size === 0) this.#finish(placement);
  }

  #timedOut(placement: Placement): void {
    for (const legId of [...placement.ringing]) {
      const leg = this.#legs.get(legId);
      if (leg !== undefined && isLive(leg.state) && !isUp(leg.state)) this.#legs.end(leg, 'no-answer');
    }
  }

  #finish(placement: Placement): void {
    if (!this.#placements.delete(placement.command.placementId)) return;
    clearTimeout(placement.timer);
    for (const { legId } of placement.command.legs) this.#ofLeg.delete(legId);
    placement.stopRingback?.();
    placement.stopRingback = undefined;
    this.#listenNoMore(placement);
  }

  #listenNoMore(placement: Placement): void {
    if (placement.hears === undefined || placement.command.earlyMediaTo === undefined) return;
    placement.hears = undefined;
    this.#media.listenEarly(placement.command.earlyMediaTo, null);
  }
}
