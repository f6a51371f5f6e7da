import { readDtmfInfo, type Dialog, type DialogEnd, type RemoteOffer } from '@centralita/sip';
import type { LegEnding } from '../legs/leg-state.ts';
import type { Leg } from '../legs/leg.ts';
import type { Legs } from '../legs/legs.ts';
import type { AgreedMedia, MediaPlane, MediaRefusal } from '../media/media-plane.ts';
import type { Transfers } from './transfers.ts';

/** What a phone does within its call: new offers (hold above all), digits by INFO, transfers, the end. */
export class DialogWatch {
  readonly #legs: Legs;
  readonly #media: MediaPlane;
  readonly #transfers: Transfers;

  constructor(legs: Legs, media: MediaPlane, transfers: Transfers) {
    this.#legs = legs;
    this.#media = media;
    this.#transfers = transfers;
  }

  /** In the same tick in which the dialog was given. */
  watch(leg: Leg, dialog: Dialog): void {
    dialog.on('offer', (offer) => void this.#offered(leg, offer));
    dialog.on('info', (info) => {
      const dtmf = readDtmfInfo(info.request);
      if (dtmf !== undefined) this.#media.digitByInfo(leg.id, dtmf.digit, dtmf.durationMs);
      info.respond(dtmf !== undefined || info.request.body === '' ? 200 : 415);
    });
    dialog.on('refer', (refer) => this.#transfers.requested(leg, refer));
    dialog.on('ended', (end) => {
      const ending = endingOf(end);
      if (ending !== undefined) this.#legs.step(leg, { type: 'ended', ...ending });
    });
  }

  async #offered(leg: Leg, offer: RemoteOffer): Promise<void> {
    const ours = offer.sdp === undefined ? await this.#media.makeOffer(leg.id) : await this.#media.applyOffer(leg.id, offer.sdp);
    if (!ours.ok) return offer.reject(statusOfRefusal(ours.refusal));
    if (offer.sdp !== undefined) {
      offer.accept(ours.value.sdp);
      if (ours.value.agreed !== undefined) this.agreed(leg, ours.value.agreed);
      return;
    }
    offer.accept(ours.value.sdp, (answer) => {
      if (answer !== undefined) void this.#answeredOurOffer(leg, answer);
    });
  }

  async #answeredOurOffer(leg: Leg, answer: string): Promise<void> {
    const agreed = await this.#media.applyAnswer(leg.id, answer);
    if (agreed.ok) this.agreed(leg, agreed.value);
    else this.#legs.end(leg, agreed.refusal === 'no-common-codec' ? 'no-common-codec' : 'failed', 'network');
  }

  /** After any exchange: is the far end holding us? */
  agreed(leg: Leg, media: AgreedMedia): void {
    this.#legs.step(leg, { type: media.held ? 'far-held' : 'far-resumed' });
  }
}

/** What somebody has to put right in a profile or at the far end: an alarm names it. */
export const isDisagreement = (refusal: MediaRefusal): refusal is 'no-common-codec' | 'protection-mismatch' => refusal === 'no-common-codec' || refusal === 'protection-mismatch';

export function statusOfRefusal(refusal: MediaRefusal): number {
  switch (refusal) {
    case 'malformed-sdp':
      return 400;
    case 'no-common-codec':
    case 'protection-mismatch':
    case 'ice-restart':
    case 'native-failure':
      return 488;
    case 'unknown-leg':
    case 'closed':
      return 481;
    case 'leg-exists':
    case 'no-free-port':
    case 'worker-full':
    case 'worker-lost':
    case 'timed-out':
      return 503;
  }
}

/** undefined: another fork of a call that goes on. */
function endingOf(end: DialogEnd): Pick<LegEnding, 'by' | 'cause'> | undefined {
  switch (end.why) {
    case 'bye':
      return { by: end.by === 'peer' ? 'far-end' : 'center', cause: 'hung-up' };
    case 'cancelled':
      return { by: end.by === 'us' ? 'center' : 'far-end', cause: 'cancelled' };
    case 'rejected':
      return { by: end.by === 'us' ? 'center' : 'far-end', cause: 'declined' };
    case 'no-ack':
    case 'expired':
    case 'gone':
    case 'flow-lost':
      return { by: 'network', cause: 'unreachable' };
    case 'other-fork':
      return undefined;
  }
}
