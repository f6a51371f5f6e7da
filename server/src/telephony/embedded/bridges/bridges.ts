import type { AccountId, BridgeId, LegId } from '@centralita/kernel';
import type { LegEnding } from '../legs/leg-state.ts';
import type { Leg } from '../legs/leg.ts';
import type { Emit, Legs } from '../legs/legs.ts';
import type { MediaPlane, MonitorMode } from '../media/media-plane.ts';

/** Bridges left for good, and legs replaced, that are remembered. A lost agent is rung for 30 s: at 100 calls a second, three times what is needed. */
const MAX_OVER = 10_000;

interface Bridge {
  readonly id: BridgeId;
  readonly account: AccountId;
  readonly members: Set<LegId>;
  /** Supervisors: they hear, but nobody is in company because of them. */
  readonly monitors: Set<LegId>;
  readonly endWhenAlone: Set<LegId>;
}

/** Who is together with whom. A bridge exists from its first leg to its last. */
export class Bridges {
  readonly #bridges = new Map<BridgeId, Bridge>();
  readonly #ofLeg = new Map<LegId, BridgeId>();
  /** Whose last leg hung up or was ended, oldest first. Whom control connects there later opens them again. */
  readonly #over = new Set<BridgeId>();
  /** A leg that answered and is alone → the one it was placed for, which control has yet to connect. */
  readonly #awaiting = new Map<LegId, LegId>();
  /** A leg that was replaced → the one in its place, oldest first. */
  readonly #replacedBy = new Map<LegId, LegId>();
  readonly #legs: Legs;
  readonly #media: MediaPlane;
  readonly #emit: Emit;
  readonly #joined: ((leg: Leg, bridgeId: BridgeId) => void)[] = [];
  readonly #left: ((leg: Leg, bridgeId: BridgeId) => void)[] = [];

  constructor(legs: Legs, media: MediaPlane, emit: Emit) {
    this.#legs = legs;
    this.#media = media;
    this.#emit = emit;
    legs.onEnding((leg, ending) => this.#ended(leg, ending));
  }

  of(legId: LegId): BridgeId | undefined {
    return this.#ofLeg.get(legId);
  }

  exists(bridgeId: BridgeId): boolean {
    return this.#bridges.has(bridgeId);
  }

  account(bridgeId: BridgeId): AccountId | undefined {
    return this.#bridges.get(bridgeId)?.account;
  }

  members(bridgeId: BridgeId): readonly LegId[] {
    return [...(this.#bridges.get(bridgeId)?.members ?? [])];
  }

  onJoined(listener: (leg: Leg, bridgeId: BridgeId) => void): void {
    this.#joined.push(listener);
  }

  onLeft(listener: (leg: Leg, bridgeId: BridgeId) => void): void {
    this.#left.push(listener);
  }

  /** Legs in another bridge leave that one first; one that is here already stays. */
  join(bridgeId: BridgeId, account: AccountId, legs: readonly Leg[], endWhenAlone: readonly LegId[] = []): void {
    const bridge = this.#open(bridgeId, account);
    const fresh = legs.filter((leg) => !bridge.members.has(leg.id));
    for (const leg of fresh) {
      const before = this.#ofLeg.get(leg.id);
      if (before === bridgeId) bridge.monitors.delete(leg.id);
      else if (before !== undefined) this.#leave(leg, before);
      bridge.members.add(leg.id);
      this.#ofLeg.set(leg.id, bridgeId);
    }
    if (fresh.length > 0) this.#media.join(bridgeId, fresh.map((leg) => leg.id));
    for (const legId of endWhenAlone) bridge.endWhenAlone.add(legId);
    this.#over.delete(bridgeId);
    if (bridge.members.size > 1) for (const legId of bridge.members) this.#awaiting.delete(legId);
    for (const leg of fresh) {
      this.#emit(leg.account, { type: 'leg-joined', legId: leg.id, bridgeId });
      for (const listener of this.#joined) listener(leg, bridgeId);
    }
  }

  /**
   * A placed leg has answered and joins, as it was told in advance. Where it is alone and nobody will come any more it ends,
   * now or as soon as that is so: it would hear silence until control notices, which may be away.
   * @param placedFor the leg it was placed for. While that one is up somebody comes, whatever became of the bridge
   */
  joinAnswered(bridgeId: BridgeId, account: AccountId, leg: Leg, placedFor: LegId | undefined): void {
    const awaited = placedFor && this.#latestOf(placedFor);
    const alone = this.members(bridgeId).length === 0;
    if (alone && this.#nobodyComes(bridgeId, awaited)) return this.#legs.end(leg, 'hung-up');
    this.join(bridgeId, account, [leg]);
    if (alone && awaited !== undefined) this.#awaiting.set(leg.id, awaited);
  }

  /** Joins as a monitor, or switches the mode of one; a member becomes one. */
  monitor(bridgeId: BridgeId, leg: Leg, mode: MonitorMode, agentLegId: LegId): void {
    const bridge = this.#bridges.get(bridgeId);
    if (bridge === undefined) return;
    const before = this.#ofLeg.get(leg.id);
    if (before !== undefined && before !== bridgeId) this.#leave(leg, before);
    bridge.members.delete(leg.id);
    bridge.monitors.add(leg.id);
    this.#ofLeg.set(leg.id, bridgeId);
    this.#media.monitor(bridgeId, leg.id, mode, agentLegId);
    if (before === bridgeId) return;
    this.#emit(leg.account, { type: 'leg-joined', legId: leg.id, bridgeId });
    for (const listener of this.#joined) listener(leg, bridgeId);
  }

  /** Legs that are not in the bridge are passed over. Whoever is left alone and asked for it is ended. */
  disconnect(bridgeId: BridgeId, legs: readonly Leg[]): void {
    for (const leg of legs) if (this.#ofLeg.get(leg.id) === bridgeId) this.#leave(leg, bridgeId);
    this.#endLonely(bridgeId);
  }

  /** `newLeg` takes the place of `oldLeg`, with what was asked for it. */
  replace(oldLeg: Leg, newLeg: Leg): void {
    const bridgeId = this.#ofLeg.get(oldLeg.id);
    this.#followReplaced(oldLeg.id, newLeg.id);
    const bridge = bridgeId === undefined ? undefined : this.#bridges.get(bridgeId);
    if (bridge === undefined) return;
    const endWhenAlone = bridge.endWhenAlone.has(oldLeg.id) ? [newLeg.id] : [];
    const awaited = this.#awaiting.get(oldLeg.id);
    this.join(bridge.id, bridge.account, [newLeg], endWhenAlone);
    this.#leave(oldLeg, bridge.id);
    if (awaited !== undefined) this.#awaiting.set(newLeg.id, awaited);
  }

  /** Whoever waits for the old leg waits for the new one, also those who are yet to answer. */
  #followReplaced(oldId: LegId, newId: LegId): void {
    for (const [waiting, awaited] of this.#awaiting) if (awaited === oldId) this.#awaiting.set(waiting, newId);
    this.#replacedBy.set(oldId, newId);
    if (this.#replacedBy.size > MAX_OVER) for (const oldest of this.#replacedBy.keys()) return void this.#replacedBy.delete(oldest);
  }

  #latestOf(legId: LegId): LegId {
    let latest = legId;
    for (let next = this.#replacedBy.get(latest); next !== undefined; next = this.#replacedBy.get(latest)) latest = next;
    return latest;
  }

  #open(bridgeId: BridgeId, account: AccountId): Bridge {
    const before = this.#bridges.get(bridgeId);
    if (before !== undefined) return before;
    const bridge: Bridge = { id: bridgeId, account, members: new Set(), monitors: new Set(), endWhenAlone: new Set() };
    this.#bridges.set(bridgeId, bridge);
    return bridge;
  }

  #leave(leg: Leg, bridgeId: BridgeId): void {
    const bridge = this.#bridges.get(bridgeId);
    if (bridge === undefined) return;
    bridge.members.delete(leg.id);
    bridge.monitors.delete(leg.id);
    bridge.endWhenAlone.delete(leg.id);
    this.#ofLeg.delete(leg.id);
    this.#awaiting.delete(leg.id);
    this.#media.leave(bridgeId, [leg.id]);
    if (bridge.members.size + bridge.monitors.size === 0) this.#bridges.delete(bridgeId);
    this.#emit(leg.account, { type: 'leg-left', legId: leg.id, bridgeId });
    for (const listener of this.#left) listener(leg, bridgeId);
  }

  /**
   * A hang-up ends who is left alone; a lost network or a dead media worker does not: the customer then hears music while the
   * agent comes back or another is found.
   */
  #ended(leg: Leg, ending: LegEnding): void {
    const bridgeId = this.#ofLeg.get(leg.id);
    if (bridgeId !== undefined) this.#leave(leg, bridgeId);
    if (bridgeId !== undefined && !isLoss(ending)) this.#endLonely(bridgeId);
    if (!isForGood(ending)) return;
    if (bridgeId !== undefined && this.members(bridgeId).length === 0) this.#rememberOver(bridgeId);
    for (const [waitingId, awaitedId] of [...this.#awaiting]) {
      const waiting = awaitedId === leg.id ? this.#legs.get(waitingId) : undefined;
      if (waiting !== undefined) this.#legs.end(waiting, 'hung-up');
    }
  }

  #nobodyComes(bridgeId: BridgeId, awaited: LegId | undefined): boolean {
    if (awaited === undefined) return this.#over.has(bridgeId);
    const ending = this.#legs.endingOf(awaited);
    return ending !== undefined && isForGood(ending);
  }

  #rememberOver(bridgeId: BridgeId): void {
    this.#over.add(bridgeId);
    if (this.#over.size > MAX_OVER) for (const oldest of this.#over) return void this.#over.delete(oldest);
  }

  #endLonely(bridgeId: BridgeId): void {
    const bridge = this.#bridges.get(bridgeId);
    if (bridge === undefined || bridge.members.size !== 1) return;
    const [last] = bridge.members;
    if (last === undefined || !bridge.endWhenAlone.has(last)) return;
    const leg = this.#legs.get(last);
    if (leg !== undefined) this.#legs.end(leg, 'hung-up');
  }
}

/** Not by anybody's will: they may come back. */
const isLoss = ({ by, cause }: LegEnding): boolean => by === 'network' || cause === 'media-lost';

/** By a hang-up or a command, and no other leg has taken its place. */
const isForGood = (ending: LegEnding): boolean => !isLoss(ending) && ending.cause !== 'replaced';
