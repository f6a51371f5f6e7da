import type { AccountId, TrunkId } from '@centralita/kernel';
import { isSecure, parseUri, protocolOf } from '@centralita/sip';
import { addressRanges, isRange, plainAddress, type AddressRanges } from '../addresses.ts';
import type { Emit } from '../legs/legs.ts';
import type { Trunk, TrunkProfile } from '../../port/index.ts';

export interface TrunkLine {
  readonly account: AccountId;
  readonly trunk: Trunk;
  /** `server` → whether its last OPTIONS was answered; missing until the first result. */
  readonly servers: Map<string, boolean>;
  registered: boolean | undefined;
  readonly ranges: AddressRanges;
  /** Where the registrar was found: carriers that are registered at call from there. */
  readonly learnt: Set<string>;
  up: boolean | undefined;
}

export interface TrunkWatcher {
  added(line: TrunkLine): void;
  removed(line: TrunkLine): void;
}

/** The trunks of all accounts and whether each is up. Keep-alive and registration report here; calls ask here. */
export class Trunks {
  readonly #lines = new Map<TrunkId, TrunkLine>();
  readonly #emit: Emit;
  readonly #watchers: TrunkWatcher[] = [];

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  watch(watcher: TrunkWatcher): void {
    this.#watchers.push(watcher);
  }

  /** The account's whole list. Trunks that did not change keep their state; others start anew. */
  provision(account: AccountId, trunks: readonly Trunk[]): void {
    const wanted = new Map(trunks.map((trunk) => [trunk.trunkId, trunk]));
    for (const line of [...this.#lines.values()]) {
      if (line.account !== account) continue;
      const next = wanted.get(line.trunk.trunkId);
      if (next !== undefined && JSON.stringify(next) === JSON.stringify(line.trunk)) wanted.delete(line.trunk.trunkId);
      else this.#remove(line);
    }
    for (const trunk of wanted.values()) this.#add(account, trunk);
  }

  get(trunkId: TrunkId): TrunkLine | undefined {
    return this.#lines.get(trunkId);
  }

  /** Every trunk whose requests come from this address; several accounts may share a carrier. */
  from(address: string): readonly TrunkLine[] {
    const plain = plainAddress(address);
    return [...this.#lines.values()].filter((line) => line.ranges.includes(plain) || line.learnt.has(plain));
  }

  isTrunkAddress(address: string): boolean {
    const plain = plainAddress(address);
    for (const line of this.#lines.values()) if (line.ranges.includes(plain) || line.learnt.has(plain)) return true;
    return false;
  }

  /** Servers to try, those that answer before those that do not, otherwise in the order of the profile. */
  serversInOrder(line: TrunkLine): readonly string[] {
    const { servers, registration } = line.trunk.profile;
    const all = (servers.length > 0 ? servers : registration === undefined ? [] : [registration.registrar]).filter((server) => isUsable(server, line.trunk.profile));
    return [...all.filter((server) => line.servers.get(server) !== false), ...all.filter((server) => line.servers.get(server) === false)];
  }

  serverAnswered(line: TrunkLine, server: string, answered: boolean): void {
    if (this.#lines.get(line.trunk.trunkId) !== line) return;
    line.servers.set(server, answered);
    this.#judge(line, 'no server answers');
  }

  registration(line: TrunkLine, registered: boolean, detail: string): void {
    if (this.#lines.get(line.trunk.trunkId) !== line) return;
    line.registered = registered;
    this.#judge(line, detail);
  }

  snapshot(): readonly { readonly trunkId: TrunkId; readonly account: AccountId; readonly up: boolean }[] {
    return [...this.#lines.values()].map((line) => ({ trunkId: line.trunk.trunkId, account: line.account, up: line.up === true }));
  }

  all(): IterableIterator<TrunkLine> {
    return this.#lines.values();
  }

  #add(account: AccountId, trunk: Trunk): void {
    const line: TrunkLine = {
      account,
      trunk,
      servers: new Map(),
      registered: undefined,
      ranges: addressRanges(trunk.profile.addressRanges.filter(isRange)),
      learnt: new Set(),
      up: undefined,
    };
    const broken = trunk.profile.addressRanges.filter((range) => !isRange(range)).length + trunk.profile.servers.filter((server) => !isUsable(server, trunk.profile)).length;
    if (broken > 0) this.#emit(account, { type: 'alarm', name: 'trunk-misconfigured', detail: `${trunk.trunkId}: ${broken} address ranges or servers that are unreadable or not over TLS` });
    this.#lines.set(trunk.trunkId, line);
    for (const watcher of this.#watchers) watcher.added(line);
    this.#judge(line, '');
  }

  #remove(line: TrunkLine): void {
    this.#lines.delete(line.trunk.trunkId);
    for (const watcher of this.#watchers) watcher.removed(line);
  }

  /** Up: registered where it registers, and some server answers where servers are asked. Nothing is said before it is known. */
  #judge(line: TrunkLine, reason: string): void {
    const { registration, servers, keepAliveSeconds } = line.trunk.profile;
    const facts: (boolean | undefined)[] = [];
    if (registration !== undefined) facts.push(line.registered);
    if (keepAliveSeconds > 0 && servers.length > 0) {
      const known = [...line.servers.values()];
      facts.push(known.includes(true) ? true : known.length < servers.length ? undefined : false);
    }
    const up = facts.includes(false) ? false : facts.includes(undefined) ? undefined : true;
    if (up === undefined || up === line.up) return;
    line.up = up;
    const trunkId = line.trunk.trunkId;
    this.#emit(line.account, up ? { type: 'trunk-up', trunkId } : { type: 'trunk-down', trunkId, reason });
  }
}

/** Keys of SRTP stand in the descriptions: without TLS whoever sees them hears the calls. */
function isUsable(server: string, profile: TrunkProfile): boolean {
  const uri = parseUri(server);
  return uri !== undefined && (profile.srtp !== 'sdes' || isSecure(protocolOf(uri)));
}
