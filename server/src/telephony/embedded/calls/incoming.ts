import { randomId, refuse, type LegId, type Result } from '@centralita/kernel';
import { isSecure, type DigestServer, type IncomingInvite } from '@centralita/sip';
import type { Admission, Admitted } from '../admission/admission.ts';
import { isWebSocket } from '../admission/admission.ts';
import type { Load } from '../admission/load.ts';
import type { Traces } from '../diagnostics/traces.ts';
import { isLive } from '../legs/leg-state.ts';
import type { Leg } from '../legs/leg.ts';
import type { Emit, Legs } from '../legs/legs.ts';
import type { Logger } from '../logger.ts';
import type { LocalMedia, MediaPlane, MediaRefusal } from '../media/media-plane.ts';
import type { MediaAddressing } from '../nat.ts';
import type { SwitchLimits } from '../switch-settings.ts';
import { isDisagreement, statusOfRefusal, type DialogWatch } from './dialog-watch.ts';
import type { Fallback } from './fallback.ts';
import { IncomingCall } from './incoming-call.ts';
import type { Transfers } from './transfers.ts';

interface IncomingParts {
  readonly admission: Admission;
  readonly digest: DigestServer;
  readonly load: Load;
  readonly legs: Legs;
  readonly media: MediaPlane;
  readonly mediaAddressing: MediaAddressing;
  readonly watch: DialogWatch;
  readonly transfers: Transfers;
  readonly fallback: Fallback;
  readonly traces: Traces;
  readonly limits: SwitchLimits;
  readonly emit: Emit;
  readonly logger: Logger;
}

/** Calls that come to us: admitted, given a leg with media, offered to control, and let go when nobody wants them. */
export class Incoming {
  readonly #parts: IncomingParts;
  /** Legs control has said nothing about yet. */
  readonly #untold = new Map<LegId, NodeJS.Timeout>();

  constructor(parts: IncomingParts) {
    this.#parts = parts;
    parts.legs.onEnding((leg) => this.told(leg.id));
  }

  take(invite: IncomingInvite): void {
    const { admission, digest, load, fallback, limits } = this.#parts;
    const verdict = admission.judge(invite);
    switch (verdict.kind) {
      case 'ignore':
        return invite.ignore();
      case 'challenge':
        return invite.reject(401, 'Unauthorized', { 'WWW-Authenticate': digest.challenge(verdict.stale) });
      case 'refuse':
        return invite.reject(verdict.status, verdict.reason, verdict.status === 503 ? { 'Retry-After': String(limits.retryAfterSeconds) } : undefined);
      case 'admit':
        break;
    }
    const replaced = this.#replacedLeg(invite, verdict);
    if (replaced === 'refused') return;
    // A device that takes over its own live call is no new call: it is let in when others are not.
    if ((!load.admitting() || !fallback.takes(verdict.fallbackDeviceIds)) && replaced === undefined) {
      return invite.reject(503, 'Service Unavailable', { 'Retry-After': String(limits.retryAfterSeconds) });
    }
    invite.trying();
    this.#open(invite, verdict, replaced).catch((error: unknown) => {
      this.#parts.logger.error({ error: String(error) }, 'incoming call could not be opened');
      invite.reject(500, 'Server Internal Error');
    });
  }

  /** Control, or the fallback, has taken the leg in hand. */
  told(legId: LegId): void {
    const timer = this.#untold.get(legId);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#untold.delete(legId);
  }

  close(): void {
    for (const timer of this.#untold.values()) clearTimeout(timer);
    this.#untold.clear();
  }

  /** @returns undefined for an ordinary call */
  #replacedLeg(invite: IncomingInvite, verdict: Admitted): Leg | undefined | 'refused' {
    if (invite.replaces === undefined) return undefined;
    if (verdict.origin.kind !== 'device') {
      invite.reject(403, 'Forbidden');
      return 'refused';
    }
    const leg = this.#parts.transfers.legOf(invite.replaces);
    if (leg !== undefined && leg.account === verdict.account) return leg;
    invite.reject(481);
    return 'refused';
  }

  async #open(invite: IncomingInvite, verdict: Admitted, replaced: Leg | undefined): Promise<void> {
    const { legs, media, watch, traces, limits, emit } = this.#parts;
    const legId: LegId = randomId('leg');
    traces.belongs(invite.request.callId, legId);
    let givenUp: 'cancel' | 'flow-lost' | undefined;
    invite.on('cancelled', ({ by }) => (givenUp = by));
    const kind = isBrowserOffer(invite) ? 'browser' : 'plain';
    const local = await this.#makeMedia(legId, kind, invite, verdict, replaced?.id);
    if (!local.ok) {
      if (isDisagreement(local.refusal)) emit(verdict.account, { type: 'alarm', name: local.refusal, detail: `incoming call by ${verdict.trunkId ?? verdict.deviceId ?? 'loopback'}` });
      const status = statusOfRefusal(local.refusal);
      return invite.reject(status, undefined, status === 503 ? { 'Retry-After': String(limits.retryAfterSeconds) } : undefined);
    }
    if (givenUp !== undefined && replaced !== undefined) return media.closeLeg(legId);
    const call = new IncomingCall(invite, local.value.sdp, limits.retryAfterSeconds);
    const leg: Leg = {
      id: legId,
      account: verdict.account,
      direction: 'incoming',
      origin: verdict.origin,
      deviceId: verdict.deviceId,
      trunkId: verdict.trunkId,
      caller: verdict.caller,
      dialled: verdict.dialled,
      media: kind,
      protection: verdict.protection,
      workerOf: replaced?.workerOf ?? legId,
      state: { name: 'offered' },
      since: Date.now(),
      call,
    };
    legs.add(leg);
    this.#follow(leg, invite, watch);
    if (local.value.agreed?.held === true) invite.on('acked', () => watch.agreed(leg, { ...local.value.agreed!, held: true }));
    this.#untold.set(legId, setTimeout(() => this.#giveUp(leg), limits.untoldMs));
    if (replaced !== undefined) emit(leg.account, { type: 'replacement-offered', legId, oldLegId: replaced.id });
    else emit(leg.account, { type: 'leg-offered', legId, from: verdict.origin, caller: verdict.caller, dialled: verdict.dialled });
    // Gone while their media was made: a call all the same, which the history has to know.
    if (givenUp !== undefined) return this.#gone(leg, givenUp);
    if (replaced === undefined && this.#parts.fallback.offer(leg, verdict.fallbackDeviceIds)) this.told(legId);
  }

  async #makeMedia(legId: LegId, kind: Leg['media'], invite: IncomingInvite, { protection }: Admitted, near: LegId | undefined): Promise<Result<LocalMedia, MediaRefusal>> {
    const { media, mediaAddressing } = this.#parts;
    const wanted = { legId, remoteOffer: invite.sdp, advertisedAddress: mediaAddressing.advertisedTo(invite.flow.remote.address), near };
    if (kind === 'browser') return media.createBrowserLeg(wanted);
    // Keys that everybody on the way could read protect nothing.
    if (protection === 'sdes' && !isSecure(invite.flow.protocol)) return refuse('protection-mismatch');
    return media.createPlainLeg({ ...wanted, protection });
  }

  #follow(leg: Leg, invite: IncomingInvite, watch: DialogWatch): void {
    const { legs, media } = this.#parts;
    invite.on('cancelled', ({ by }) => this.#gone(leg, by));
    const answered = async (sdp: string | undefined) => {
      if (invite.sdp !== undefined || sdp === undefined || !isLive(leg.state)) return;
      const agreed = await media.applyAnswer(leg.id, sdp);
      if (agreed.ok) watch.agreed(leg, agreed.value);
      else legs.end(leg, agreed.refusal === 'no-common-codec' ? 'no-common-codec' : 'failed', 'network');
    };
    invite.on('acked', ({ sdp }) => void answered(sdp));
    invite.on('early-answer', ({ sdp }) => void answered(sdp));
    watch.watch(leg, invite.dialog);
  }

  #gone(leg: Leg, by: 'cancel' | 'flow-lost'): void {
    if (by === 'cancel') this.#parts.legs.step(leg, { type: 'ended', by: 'far-end', cause: 'cancelled' });
    else this.#parts.legs.step(leg, { type: 'ended', by: 'network', cause: 'unreachable' });
  }

  #giveUp(leg: Leg): void {
    this.#untold.delete(leg.id);
    this.#parts.emit(leg.account, { type: 'alarm', name: 'leg-untold', detail: leg.id });
    this.#parts.legs.end(leg, 'congestion');
  }
}

/** WebRTC offers carry a DTLS fingerprint; a call over WebSocket without an offer asks a browser for one. */
function isBrowserOffer(invite: IncomingInvite): boolean {
  return invite.sdp === undefined ? isWebSocket(invite.flow) : /^a=fingerprint:/m.test(invite.sdp);
}

