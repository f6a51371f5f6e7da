import type { LegCause } from '@centralita/kernel';
import type { Command, TelephonyFact } from '../../../telephony/port/index.ts';

interface TestLeg {
  readonly legId: string;
  readonly deviceId: string | null;
  readonly placementId: string | null;
  state: 'offered' | 'ringing' | 'answered';
  bridgeId: string | null;
  heldWithMusic: boolean;
  play: { readonly playId: string; readonly command: Extract<Command, { type: 'play' }> } | null;
}

type Ender = 'far-end' | 'center' | 'network';

/**
 * The switch as the port describes it, small enough to read: legs, bridges, placements with their orders in advance, plays.
 * Facts wait in line per leg; the driver takes them in order, or in any order between legs.
 */
export class TestSwitch {
  readonly legs = new Map<string, TestLeg>();
  readonly lines = new Map<string, TelephonyFact[]>();
  readonly ended = new Map<string, LegCause>();
  readonly recordings = new Map<string, 'running' | 'paused' | 'stopped'>();
  readonly commands: Command[] = [];
  readonly #placements = new Map<string, { readonly legIds: string[]; readonly bridgeId: string | null; readonly awaited: string | null }>();
  /** Legs that hung up or were ended, and bridges whose last leg did: nobody comes from there any more. */
  readonly #gone = new Set<string>();
  readonly #endWhenAlone = new Map<string, Set<string>>();

  perform(command: Command): void {
    this.commands.push(command);
    switch (command.type) {
      case 'place-legs':
        return this.#place(command);
      case 'answer-leg': {
        const leg = this.legs.get(command.legId);
        if (leg?.state !== 'offered') return;
        leg.state = 'answered';
        return this.#saw(leg.legId, { type: 'leg-answered', legId: leg.legId });
      }
      case 'end-leg':
        return this.end(command.legId, 'center', command.cause);
      case 'connect':
        for (const legId of command.legIds) this.#join(legId, command.bridgeId);
        this.#endWhenAlone.set(command.bridgeId, new Set(command.endWhenAlone ?? []));
        return this.#checkAlone(command.bridgeId);
      case 'hold-leg':
        return this.#hold(command.legId, true);
      case 'resume-leg':
        return this.#hold(command.legId, false);
      case 'play':
        return this.#play(command);
      case 'stop-play':
        for (const leg of this.legs.values()) if (leg.play?.playId === command.playId) this.finishPlay(leg.legId, 'stopped');
        return;
      case 'start-recording':
        this.recordings.set(command.recordingId, 'running');
        return;
      case 'stop-recording':
        this.recordings.set(command.recordingId, 'stopped');
        return this.#saw(command.recordingId, { type: 'recording-finished', recordingId: command.recordingId, file: `incoming/${command.recordingId}`, durationMs: 1_000, bytes: 32_044 });
      case 'replace-leg':
        return this.#replace(command.oldLegId, command.newLegId);
    }
  }

  offer(legId: string, from: Extract<TelephonyFact, { type: 'leg-offered' }>['from'], caller: string, dialled: string): void {
    this.legs.set(legId, { legId, deviceId: 'deviceId' in from ? from.deviceId : null, placementId: null, state: 'offered', bridgeId: null, heldWithMusic: false, play: null });
    this.#saw(legId, { type: 'leg-offered', legId, from, caller: { number: caller }, dialled });
  }

  /** A fresh leg asks to take an answered one's place. */
  offerReplacement(legId: string, oldLegId: string): void {
    const old = this.legs.get(oldLegId);
    if (!old) return;
    this.legs.set(legId, { legId, deviceId: old.deviceId, placementId: null, state: 'offered', bridgeId: null, heldWithMusic: false, play: null });
    this.#saw(legId, { type: 'replacement-offered', legId, oldLegId });
  }

  pickUp(legId: string): void {
    const leg = this.legs.get(legId);
    if (leg?.state !== 'ringing' || leg.placementId === null) return;
    leg.state = 'answered';
    this.#saw(legId, { type: 'leg-answered', legId });
    const placement = this.#placements.get(leg.placementId)!;
    if (placement.bridgeId !== null) this.#join(legId, placement.bridgeId);
    for (const other of placement.legIds) if (other !== legId) this.end(other, 'center', 'answered-elsewhere');
    this.#endIfLeft(leg);
  }

  end(legId: string, by: Ender, cause: LegCause): void {
    const leg = this.legs.get(legId);
    if (!leg) return;
    this.legs.delete(legId);
    this.ended.set(legId, cause);
    this.#saw(legId, { type: 'leg-ended', legId, by, cause });
    if (leg.bridgeId !== null) this.#checkAlone(leg.bridgeId);
    if (by === 'network' || cause === 'media-lost' || cause === 'replaced') return;
    this.#gone.add(legId);
    if (leg.bridgeId !== null && this.#inside(leg.bridgeId).length === 0) this.#gone.add(leg.bridgeId);
    for (const other of [...this.legs.values()]) if (this.#awaitedBy(other) === legId) this.#endIfLeft(other);
  }

  press(legId: string, digit: string): void {
    const leg = this.legs.get(legId);
    if (leg?.state !== 'answered') return;
    this.#saw(legId, { type: 'digit', legId, digit, durationMs: 100, via: 'rfc4733' });
    if (leg.play?.command.stopOnDigit) this.finishPlay(legId, 'digit');
  }

  finishPlay(legId: string, reason: Extract<TelephonyFact, { type: 'play-finished' }>['reason'] = 'completed'): void {
    const leg = this.legs.get(legId);
    if (!leg?.play) return;
    const { playId } = leg.play;
    leg.play = null;
    this.#saw(legId, { type: 'play-finished', playId, legId, reason });
  }

  fact(line: string, fact: TelephonyFact): void {
    this.#saw(line, fact);
  }

  /** Who hears whom: legs in the same bridge, none of them held or played to. */
  hears(legId: string): string[] {
    const leg = this.legs.get(legId);
    if (!leg || leg.bridgeId === null || leg.heldWithMusic || leg.play) return [];
    return [...this.legs.values()].filter((other) => other !== leg && other.bridgeId === leg.bridgeId && !other.heldWithMusic).map((other) => other.legId);
  }

  #place(command: Extract<Command, { type: 'place-legs' }>): void {
    this.#placements.set(command.placementId, { legIds: command.legs.map(({ legId }) => legId), bridgeId: command.onAnswer?.bridgeId ?? null, awaited: command.near ?? command.earlyMediaTo ?? null });
    for (const { legId, target } of command.legs) {
      const deviceId = target.kind === 'device' ? target.deviceId : null;
      this.legs.set(legId, { legId, deviceId, placementId: command.placementId, state: 'ringing', bridgeId: null, heldWithMusic: false, play: null });
      this.#saw(legId, { type: 'leg-ringing', legId, earlyMedia: false });
    }
  }

  #join(legId: string, bridgeId: string): void {
    const leg = this.legs.get(legId);
    if (leg) leg.bridgeId = bridgeId;
  }

  #checkAlone(bridgeId: string): void {
    const inside = this.#inside(bridgeId);
    const [only] = inside;
    if (inside.length === 1 && only && this.#endWhenAlone.get(bridgeId)?.has(only.legId)) this.end(only.legId, 'center', 'hung-up');
  }

  /** A leg that answered into its bridge, where nobody is and nobody comes. */
  #endIfLeft(leg: TestLeg): void {
    if (leg.state !== 'answered' || leg.bridgeId === null || this.#inside(leg.bridgeId).length > 1) return;
    if (this.#gone.has(this.#awaitedBy(leg) ?? leg.bridgeId)) this.end(leg.legId, 'center', 'hung-up');
  }

  #awaitedBy({ placementId }: TestLeg): string | null {
    return placementId === null ? null : (this.#placements.get(placementId)?.awaited ?? null);
  }

  #inside(bridgeId: string): TestLeg[] {
    return [...this.legs.values()].filter((leg) => leg.bridgeId === bridgeId);
  }

  #hold(legId: string, held: boolean): void {
    const leg = this.legs.get(legId);
    if (!leg || leg.heldWithMusic === held) return;
    leg.heldWithMusic = held;
    this.#saw(legId, { type: held ? 'leg-held' : 'leg-resumed', legId, by: 'center' });
  }

  #play(command: Extract<Command, { type: 'play' }>): void {
    const leg = this.legs.get(command.legId);
    if (!leg) return;
    this.finishPlay(command.legId, 'replaced');
    leg.play = { playId: command.playId, command };
  }

  #replace(oldLegId: string, newLegId: string): void {
    const old = this.legs.get(oldLegId);
    const fresh = this.legs.get(newLegId);
    if (!old || !fresh) return;
    fresh.state = 'answered';
    fresh.bridgeId = old.bridgeId;
    this.#saw(newLegId, { type: 'leg-answered', legId: newLegId });
    if (old.bridgeId !== null) this.#endWhenAlone.get(old.bridgeId)?.add(newLegId);
    this.end(oldLegId, 'center', 'replaced');
  }

  #saw(line: string, fact: TelephonyFact): void {
    const facts = this.lines.get(line);
    if (facts) facts.push(fact);
    else this.lines.set(line, [fact]);
  }
}
