import type { LegId } from '@centralita/kernel';
import type { Holding } from '../bridges/holding.ts';
import type { Traces } from '../diagnostics/traces.ts';
import type { Leg } from '../legs/leg.ts';
import type { Emit, Legs } from '../legs/legs.ts';
import type { Logger } from '../logger.ts';
import type { MediaFact } from '../media/media-plane.ts';
import type { Plays } from './plays.ts';
import type { Recordings } from './recordings.ts';

/** How the media plane says that the leg itself is well. */
const BRIDGE_DIED = 'the worker of its bridge died';

interface MediaFactsParts {
  readonly legs: Legs;
  readonly plays: Plays;
  readonly recordings: Recordings;
  readonly holding: Holding;
  readonly traces: Traces;
  readonly emit: Emit;
  /** Figures that nobody waits for are not kept for a control process that is away. */
  readonly controlConnected: () => boolean;
  readonly bridgeLost: (leg: Leg) => void;
  readonly stalledMs: number;
  readonly logger: Logger;
}

/** What the media workers see, with the leg's account put on it. Facts of a leg that has ended crossed its end and are dropped. */
export class MediaFacts {
  readonly #parts: MediaFactsParts;
  readonly #stalled = new Map<LegId, NodeJS.Timeout>();

  constructor(parts: MediaFactsParts) {
    this.#parts = parts;
    parts.legs.onEnding((leg) => this.#forget(leg.id));
  }

  take(fact: MediaFact): void {
    const { plays, recordings, traces, emit } = this.#parts;
    switch (fact.type) {
      case 'recording-started':
      case 'recording-finished':
      case 'recording-failed':
        return recordings.take(fact);
      case 'play-finished':
        return plays.finished(fact.playId, fact.reason);
      case 'alarm':
        emit('', { type: 'alarm', name: fact.name, detail: fact.detail });
        return;
      case 'final-statistics':
        return traces.ended(fact.legId, fact.statistics);
      default: {
        const leg = this.#parts.legs.get(fact.legId);
        if (leg !== undefined) this.#ofLeg(leg, fact);
      }
    }
  }

  close(): void {
    for (const timer of this.#stalled.values()) clearTimeout(timer);
  }

  #ofLeg(leg: Leg, fact: Exclude<MediaFact, { type: 'recording-started' | 'recording-finished' | 'recording-failed' | 'play-finished' | 'alarm' | 'final-statistics' }>): void {
    const { emit, legs, holding, controlConnected, logger } = this.#parts;
    switch (fact.type) {
      case 'media-connected':
        return;
      case 'digit':
        emit(leg.account, { type: 'digit', legId: leg.id, digit: fact.digit, durationMs: fact.durationMs, via: fact.via });
        return;
      case 'talking-started':
      case 'talking-stopped':
        if (controlConnected()) emit(leg.account, { type: fact.type, legId: leg.id });
        return;
      case 'quality':
        if (controlConnected() || fact.final) {
          const { lossRatio, jitterMs, roundTripMs, mos } = fact;
          emit(leg.account, { type: 'quality', legId: leg.id, lossRatio, jitterMs, roundTripMs, mos });
        }
        return;
      case 'media-stalled':
        emit(leg.account, { type: 'media-stalled', legId: leg.id });
        holding.stalled(leg.id);
        if (!this.#stalled.has(leg.id)) this.#stalled.set(leg.id, setTimeout(() => legs.end(leg, 'unreachable', 'network'), this.#parts.stalledMs));
        return;
      case 'media-resumed':
        this.#forget(leg.id);
        holding.unstalled(leg.id);
        emit(leg.account, { type: 'media-resumed', legId: leg.id });
        return;
      case 'leg-failed':
        if (fact.reason === BRIDGE_DIED) return this.#parts.bridgeLost(leg);
        logger.warn({ legId: leg.id, reason: fact.reason }, 'the media of a leg failed');
        legs.end(leg, 'media-lost', 'network');
    }
  }

  #forget(legId: LegId): void {
    clearTimeout(this.#stalled.get(legId));
    this.#stalled.delete(legId);
  }
}
