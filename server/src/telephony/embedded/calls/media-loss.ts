import type { LegId, Result } from '@centralita/kernel';
import type { Bridges } from '../bridges/bridges.ts';
import type { Holding } from '../bridges/holding.ts';
import { isLive, isUp } from '../legs/leg-state.ts';
import type { Leg } from '../legs/leg.ts';
import type { Emit, Legs } from '../legs/legs.ts';
import type { Logger } from '../logger.ts';
import type { LocalMedia, MediaPlane, MediaRefusal, NewPlainLeg, WorkerDied } from '../media/media-plane.ts';
import type { MediaAddressing } from '../nat.ts';
import type { DialogWatch } from './dialog-watch.ts';
import { IncomingCall } from './incoming-call.ts';
import { onceThereIsAWorker } from './once-there-is-a-worker.ts';
import type { Plays } from './plays.ts';
import type { Recordings } from './recordings.ts';

interface MediaLossParts {
  readonly legs: Legs;
  readonly bridges: Bridges;
  readonly holding: Holding;
  readonly plays: Plays;
  readonly recordings: Recordings;
  readonly media: MediaPlane;
  readonly mediaAddressing: MediaAddressing;
  readonly watch: DialogWatch;
  readonly emit: Emit;
  readonly logger: Logger;
}

/**
 * A media worker died. Answered telephone legs are offered a new place by re-INVITE; a browser cannot be (our softphone never
 * renegotiates), nor a leg whose set-up is half done, and those end as media lost.
 */
export class MediaLoss {
  readonly #parts: MediaLossParts;

  constructor(parts: MediaLossParts) {
    this.#parts = parts;
  }

  take(died: WorkerDied): void {
    const { legs, plays, recordings, emit, logger } = this.#parts;
    logger.error({ worker: died.index, legs: died.legIds.length }, 'a media worker died');
    emit('', { type: 'alarm', name: 'media-worker-died', detail: `worker ${died.index}, ${died.legIds.length} legs` });
    for (const recordingId of died.recordingIds) recordings.lost(recordingId);
    const lost = died.legIds.map((legId) => legs.get(legId)).filter((leg) => leg !== undefined);
    const saved = lost.filter((leg) => isSaveable(leg));
    for (const leg of lost) if (!saved.includes(leg)) legs.end(leg, 'media-lost');
    // Those of one bridge go to one worker again: the first draws the others.
    const firstOf = new Map<string, LegId>();
    for (const leg of saved) {
      plays.lost(leg);
      emit(leg.account, { type: 'media-stalled', legId: leg.id });
      const bridgeId = this.#parts.bridges.of(leg.id);
      const near = bridgeId === undefined ? undefined : firstOf.get(bridgeId);
      if (bridgeId !== undefined && near === undefined) firstOf.set(bridgeId, leg.id);
      this.#reopenOrEnd(leg, near);
    }
  }

  /** The leg lives, but its bridge was on a worker that died: it is put in again, or waits in music for whoever comes next. */
  bridgeLost(leg: Leg): void {
    this.#rejoin(leg);
  }

  #reopenOrEnd(leg: Leg, near: LegId | undefined): void {
    const { legs, logger } = this.#parts;
    this.#reopen(leg, near).catch((error: unknown) => {
      logger.error({ legId: leg.id, error: String(error) }, 'media could not be reopened');
      legs.end(leg, 'media-lost');
    });
  }

  async #reopen(leg: Leg, near: LegId | undefined): Promise<void> {
    const { legs, media, mediaAddressing, watch } = this.#parts;
    const advertisedAddress = mediaAddressing.advertisedTo(leg.call.dialog?.flow?.remote.address);
    if (leg.call instanceof IncomingCall && !isUp(leg.state)) return this.#reopenUnanswered(leg, leg.call, advertisedAddress);
    const offer = await this.#create({ legId: leg.id, advertisedAddress, near }, leg);
    const dialog = leg.call.dialog;
    if (!isLive(leg.state)) return media.closeLeg(leg.id);
    if (!offer.ok || dialog === undefined) return legs.end(leg, 'media-lost');
    this.#rejoin(leg);
    const outcome = await dialog.reinvite(offer.value.sdp);
    if (!isLive(leg.state)) return;
    if (!outcome.ok || outcome.sdp === undefined) return legs.end(leg, 'media-lost');
    const agreed = await media.applyAnswer(leg.id, outcome.sdp);
    if (!agreed.ok) return legs.end(leg, 'media-lost');
    watch.agreed(leg, agreed.value);
    this.#parts.emit(leg.account, { type: 'media-resumed', legId: leg.id });
  }

  async #reopenUnanswered(leg: Leg, call: IncomingCall, advertisedAddress: string | undefined): Promise<void> {
    const { legs, media } = this.#parts;
    const answer = await this.#create({ legId: leg.id, remoteOffer: call.offer, advertisedAddress }, leg);
    if (!isLive(leg.state)) return media.closeLeg(leg.id);
    if (!answer.ok) return legs.end(leg, 'media-lost');
    call.replaceSdp(answer.value.sdp);
    this.#parts.emit(leg.account, { type: 'media-resumed', legId: leg.id });
  }

  #create(wanted: NewPlainLeg, leg: Leg): Promise<Result<LocalMedia, MediaRefusal>> {
    return onceThereIsAWorker(() => this.#parts.media.createPlainLeg({ ...wanted, protection: leg.protection }), () => isLive(leg.state), ['worker-lost', 'worker-full']);
  }

  /** The new worker knows nothing of bridges and holds. */
  #rejoin(leg: Leg): void {
    const { bridges, holding, media } = this.#parts;
    const bridgeId = bridges.of(leg.id);
    if (bridgeId !== undefined) media.join(bridgeId, [leg.id]);
    holding.mediaReopened(leg.id, bridgeId === undefined || bridges.members(bridgeId).length < 2);
  }
}

function isSaveable(leg: Leg): boolean {
  if (leg.media !== 'plain') return false;
  if (isUp(leg.state)) return true;
  return leg.call instanceof IncomingCall && !leg.call.committedToSdp;
}
