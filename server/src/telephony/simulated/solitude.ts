import type { BridgeId, LegCause, LegId } from '@centralita/kernel';

/** Ends that are remembered, of legs and of bridges: far more than happen while a phone rings. */
const MAX_REMEMBERED = 10_000;

/** Who waits alone in a bridge, and whether anybody can still come, by the switch's rules (`embedded/bridges/bridges.ts`). */
export class Solitude {
  readonly #gone = new Set<LegId>();
  readonly #over = new Set<BridgeId>();
  readonly #awaiting = new Map<LegId, LegId>();
  readonly #replacedBy = new Map<LegId, LegId>();

  /** @param awaited the leg for which the one that answers was placed */
  nobodyComes(bridgeId: BridgeId, awaited: LegId | undefined): boolean {
    return awaited === undefined ? this.#over.has(bridgeId) : this.#gone.has(this.#latestOf(awaited));
  }

  awaits(legId: LegId, awaited: LegId): void {
    this.#awaiting.set(legId, this.#latestOf(awaited));
  }

  /** Whoever waits for the old leg waits for the new one, also those who are yet to answer. */
  replaced(oldId: LegId, newId: LegId): void {
    for (const [waiting, awaited] of this.#awaiting) if (awaited === oldId) this.#awaiting.set(waiting, newId);
    this.#replacedBy.set(oldId, newId);
    if (this.#replacedBy.size > MAX_REMEMBERED) for (const oldest of this.#replacedBy.keys()) return void this.#replacedBy.delete(oldest);
  }

  #latestOf(legId: LegId): LegId {
    let latest = legId;
    for (let next = this.#replacedBy.get(latest); next !== undefined; next = this.#replacedBy.get(latest)) latest = next;
    return latest;
  }

  /** The leg for which this one waits alone. */
  awaitedBy(legId: LegId): LegId | undefined {
    return this.#awaiting.get(legId);
  }

  /** It has company, or is no longer there. */
  waitsNoMore(legId: LegId): void {
    this.#awaiting.delete(legId);
  }

  opened(bridgeId: BridgeId): void {
    this.#over.delete(bridgeId);
  }

  /** @param leftEmpty the bridge whose last leg it was. @returns the legs that waited for it, which are to end too */
  ended(legId: LegId, by: 'far-end' | 'center' | 'network', cause: LegCause, leftEmpty: BridgeId | undefined): LegId[] {
    this.#awaiting.delete(legId);
    // Not by anybody's will, or with another leg in its place: somebody may still come.
    if (by === 'network' || cause === 'media-lost' || cause === 'replaced') return [];
    remember(this.#gone, legId);
    if (leftEmpty !== undefined) remember(this.#over, leftEmpty);
    return [...this.#awaiting].flatMap(([waiting, awaited]) => (awaited === legId ? [waiting] : []));
  }
}

function remember<Id>(ids: Set<Id>, id: Id): void {
  ids.add(id);
  if (ids.size > MAX_REMEMBERED) for (const oldest of ids) return void ids.delete(oldest);
}
