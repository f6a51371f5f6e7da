import { randomId, type LegId, type PlayId } from '@centralita/kernel';
import type { FactOf, Play } from '../../port/index.ts';
import type { Leg } from '../legs/leg.ts';
import type { Emit, Legs } from '../legs/legs.ts';
import type { MediaPlane } from '../media/media-plane.ts';

type Ending = FactOf<'play-finished'>['reason'];

/** What is played to whom. One play per leg; each that control asked for ends in exactly one `play-finished`. */
export class Plays {
  readonly #running = new Map<PlayId, LegId>();
  readonly #onLeg = new Map<LegId, PlayId>();
  readonly #media: MediaPlane;
  readonly #legs: Legs;
  readonly #emit: Emit;

  constructor(legs: Legs, media: MediaPlane, emit: Emit) {
    this.#legs = legs;
    this.#media = media;
    this.#emit = emit;
    legs.onEnding((leg) => this.#stopOn(leg, 'stopped'));
  }

  /** The leg is up, or its caller hears early media. */
  start(play: Play, leg: Leg): void {
    if (this.#running.has(play.playId)) return;
    this.#stopOn(leg, 'replaced');
    this.#running.set(play.playId, leg.id);
    this.#onLeg.set(leg.id, play.playId);
    this.#media.play({ playId: play.playId, legId: leg.id, items: play.items, loop: play.loop ?? false, stopOnDigit: play.stopOnDigit ?? false });
  }

  stop(playId: PlayId): void {
    if (this.#running.has(playId)) this.#media.stopPlay(playId);
  }

  /** A leg that is connected hears its bridge: what was played to it meanwhile ends. */
  stopForBridge(leg: Leg): void {
    const playId = this.#onLeg.get(leg.id);
    if (playId === undefined) return;
    this.#media.stopPlay(playId);
    this.#finish(playId, leg, 'stopped');
  }

  /** Ringback of our own making: it has no id that control knows and reports nothing. @returns how to stop it */
  ringback(leg: Leg): () => void {
    const playId: PlayId = randomId('play');
    this.#stopOn(leg, 'replaced');
    this.#media.play({ playId, legId: leg.id, items: [{ kind: 'tone', name: 'ringback' }], loop: true, stopOnDigit: false });
    return () => this.#media.stopPlay(playId);
  }

  /** From the media worker. Late reports of plays that this table has already ended are passed over. */
  finished(playId: PlayId, reason: Ending): void {
    const legId = this.#running.get(playId);
    const leg = legId === undefined ? undefined : this.#legs.get(legId);
    if (leg !== undefined) this.#finish(playId, leg, reason);
  }

  /** The media worker died under the leg. */
  lost(leg: Leg): void {
    this.#stopOn(leg, 'failed');
  }

  #stopOn(leg: Leg, reason: Ending): void {
    const playId = this.#onLeg.get(leg.id);
    if (playId !== undefined) this.#finish(playId, leg, reason);
  }

  #finish(playId: PlayId, leg: Leg, reason: Ending): void {
    this.#running.delete(playId);
    if (this.#onLeg.get(leg.id) === playId) this.#onLeg.delete(leg.id);
    this.#emit(leg.account, { type: 'play-finished', playId, legId: leg.id, reason });
  }

  on(legId: LegId): PlayId | null {
    return this.#onLeg.get(legId) ?? null;
  }

  isRunning(playId: PlayId): boolean {
    return this.#running.has(playId);
  }
}
