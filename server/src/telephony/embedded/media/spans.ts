import { type BridgeId, type LegId, ignoreFailure } from '@centralita/kernel';
import type { MediaAnswer, MediaOrder } from './protocol.ts';
import type { WorkerProcess } from './worker-process.ts';

/** Ids of a span's own legs and bridge: no id of ours has this character, so nobody outside the pool meets them. */
const MARK = '~';
/** Both ends are on this machine, whatever address the telephones see. */
const LOOPBACK = '127.0.0.1';

export const isInternal = (legId: string): boolean => legId.includes(MARK);

interface Span {
  readonly bridgeId: BridgeId;
  /** Where the leg lives, with the pair's near end; the two share a bridge of their own. */
  readonly home: WorkerProcess;
  readonly linkId: LegId;
  readonly homeBridgeId: BridgeId;
  /** Where the bridge lives, with the pair's far end: it stands for the leg there. */
  readonly away: WorkerProcess;
  readonly proxyId: LegId;
  /** How the proxy enters the bridge; the last order counts. */
  enter: (proxyId: LegId) => MediaOrder;
  open: boolean;
  ended: boolean;
}

/**
 * Legs in a bridge of another worker, joined by an internal pair of RTP legs. Placing the legs of a call near each other
 * avoids it; it serves calls that were two before they became one. It costs a jitter buffer of delay (about 40 ms).
 */
export class Spans {
  private readonly spans = new Map<LegId, Span>();
  private readonly onFailed: (legId: LegId, reason: string) => void;
  private drawn = 0;

  constructor(onFailed: (legId: LegId, reason: string) => void) {
    this.onFailed = onFailed;
  }

  /** What stands for the leg in this bridge: itself, or its proxy. */
  inBridge(bridgeId: BridgeId, legId: LegId): LegId {
    const span = this.spans.get(legId);
    return span?.bridgeId === bridgeId ? span.proxyId : legId;
  }

  /** Puts the leg into a bridge of `away`, or changes how it is in it. */
  join(legId: LegId, home: WorkerProcess, bridgeId: BridgeId, away: WorkerProcess, enter: (proxyId: LegId) => MediaOrder): void {
    const before = this.spans.get(legId);
    if (before?.bridgeId === bridgeId && before.away === away) {
      before.enter = enter;
      if (before.open) away.order(enter(before.proxyId));
      return;
    }
    this.end(legId);
    const name = `${legId}${MARK}${this.drawn++}`;
    const span: Span = { bridgeId, home, linkId: `${name}-link`, homeBridgeId: `${name}-bridge`, away, proxyId: `${name}-proxy`, enter, open: false, ended: false };
    this.spans.set(legId, span);
    ignoreFailure('media-span', this.connect(legId, span));
  }

  /** The leg leaves, closes, or one of the workers is gone. */
  end(legId: LegId): void {
    const span = this.spans.get(legId);
    if (!span) return;
    span.ended = true;
    this.spans.delete(legId);
    span.home.order({ type: 'leave', bridgeId: span.homeBridgeId, legIds: [legId] });
    this.close(span);
  }

  /** A worker died: what it had a half of is over. @returns legs that live on elsewhere but are out of their bridge */
  endAllOf(process: WorkerProcess): readonly LegId[] {
    const cut = [...this.spans].filter(([, span]) => span.home === process || span.away === process).map(([legId]) => legId);
    for (const legId of cut) this.end(legId);
    return cut;
  }

  private async connect(legId: LegId, span: Span): Promise<void> {
    const common = { kind: 'plain', bindAddress: LOOPBACK, stallMs: 0 } as const;
    const offer = await span.home.request({ type: 'create-leg', leg: { ...common, legId: span.linkId } });
    const answer = offer.ok && !span.ended ? await span.away.request({ type: 'create-leg', leg: { ...common, legId: span.proxyId, remoteOffer: offer.sdp } }) : offer;
    const taken: MediaAnswer = answer.ok && !span.ended ? await span.home.request({ type: 'apply-answer', legId: span.linkId, sdp: answer.sdp ?? '' }) : answer;
    if (span.ended || !taken.ok) {
      this.close(span);
      if (span.ended) return;
      this.spans.delete(legId);
      this.onFailed(legId, `no way to the worker of its bridge: ${taken.ok ? 'ended' : taken.refusal}`);
      return;
    }
    span.open = true;
    span.home.order({ type: 'join', bridgeId: span.homeBridgeId, legIds: [legId, span.linkId] });
    span.away.order(span.enter(span.proxyId));
  }

  private close(span: Span): void {
    span.home.order({ type: 'close-leg', legId: span.linkId });
    span.away.order({ type: 'close-leg', legId: span.proxyId });
  }
}
