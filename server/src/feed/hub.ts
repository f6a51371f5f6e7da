import type { ErrorCode, FeedBanner, FeedTopic } from '@centralita/contract';
import { type AccountId, ignoreFailure } from '@centralita/kernel';
import { Channel, type ChannelReader } from './channel.ts';
import type { FeedReader, FeedScope, FloorEventSeen, TopicSource } from './topic.ts';

export interface HubOptions {
  readonly sources: readonly TopicSource[];
  readonly now: () => number;
  /** Calls `run` once, after so many ms. */
  readonly later: (run: () => void, afterMs: number) => () => void;
  readonly tickMs: number;
  /** Boards show shares of time, which move without events. */
  readonly idleRefreshMs: number;
}

/** A connection, as the hub knows it. */
export interface HubReader extends ChannelReader {
  readonly reader: FeedReader;
}

/**
 * Who follows what, and when it is sent: changes of a tick go out together; what cannot wait (a ringing offer) goes out at
 * once. Channels exist while somebody follows them.
 */
export class FeedHub {
  readonly #options: HubOptions;
  readonly #sources: ReadonlyMap<FeedTopic, TopicSource>;
  readonly #channels = new Map<string, Channel>();
  readonly #channelsOf = new Map<HubReader, Map<FeedTopic, Channel>>();
  readonly #dirty = new Set<Channel>();
  readonly #banners = new Map<FeedBanner['banner'], FeedBanner>();
  #stopTick: (() => void) | undefined;
  #stopIdle: (() => void) | undefined;
  #closed = false;
  #showsDashboards = true;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#sources = new Map(options.sources.map((source) => [source.topic, source]));
    this.#idle();
  }

  /** How many channels are computed; for metrics and tests. */
  get channelCount(): number {
    return this.#channels.size;
  }

  enter(reader: HubReader): void {
    this.#channelsOf.set(reader, new Map());
    for (const banner of this.#banners.values()) reader.send(JSON.stringify(banner));
  }

  exit(reader: HubReader): void {
    for (const channel of this.#channelsOf.get(reader)?.values() ?? []) this.#leave(channel, reader);
    this.#channelsOf.delete(reader);
  }

  /** Subscribing again is how a reader heals a gap: it gets a fresh snapshot. */
  async subscribe(reader: HubReader, topic: FeedTopic): Promise<void> {
    const source = this.#sources.get(topic);
    const scope = source ? await source.scopeOf(reader.reader) : { refused: 'not-found' as const };
    const followed = this.#channelsOf.get(reader);
    if (!followed) return;
    this.unsubscribe(reader, topic);
    if (source?.isDashboard && !this.#showsDashboards) {
      reader.send(refusal(topic, 'overloaded'));
      return;
    }
    if (!source || scope.refused !== undefined) {
      reader.send(refusal(topic, scope.refused ?? 'not-found'));
      return;
    }
    const channel = this.#channelFor(source, scope);
    // What is on its way to the others is in the state already: it must not reach the new reader a second time.
    if (this.#dirty.delete(channel)) channel.refresh();
    followed.set(topic, channel);
    channel.join(reader);
  }

  unsubscribe(reader: HubReader, topic: FeedTopic): void {
    const followed = this.#channelsOf.get(reader);
    const channel = followed?.get(topic);
    if (!followed || !channel) return;
    followed.delete(topic);
    this.#leave(channel, reader);
  }

  /** Committed turns of an account. */
  touched(account: AccountId, events: readonly FloorEventSeen[]): void {
    if (this.#channels.size === 0) return;
    for (const source of this.#sources.values()) {
      for (const event of events) {
        const touched = source.touchedBy(event);
        if (touched) this.#mark(source.topic, account, touched.keys, touched.atOnce);
      }
    }
  }

  /** Something outside the floor changed what screens show: names, a contact, figures. */
  changed(account: AccountId, topics?: readonly FeedTopic[]): void {
    for (const topic of topics ?? this.#sources.keys()) this.#mark(topic, account, 'all', false);
  }

  /** Configuration changed: readers whose reach is another one now move to its channel, with a fresh snapshot. */
  async reachChanged(account: AccountId): Promise<void> {
    for (const [reader, followed] of [...this.#channelsOf]) {
      for (const [topic, channel] of [...followed]) {
        const source = this.#sources.get(topic)!;
        if (channel.scope.account !== account) continue;
        const scope = await source.scopeOf(reader.reader);
        if (scope.refused !== undefined || scope.key !== channel.scope.key) await this.subscribe(reader, topic);
      }
    }
    this.changed(account);
  }

  banner(banner: FeedBanner): void {
    if (banner.active) this.#banners.set(banner.banner, banner);
    else this.#banners.delete(banner.banner);
    const message = JSON.stringify(banner);
    for (const reader of this.#channelsOf.keys()) reader.send(message);
  }

  /** Memory is short, or is not any more. Whoever is refused asks again by themselves. */
  showDashboards(shown: boolean): void {
    this.#showsDashboards = shown;
    if (shown) return;
    for (const [reader, followed] of this.#channelsOf) {
      for (const [topic] of [...followed].filter(([topic]) => this.#sources.get(topic)!.isDashboard)) {
        this.unsubscribe(reader, topic);
        reader.send(refusal(topic, 'overloaded'));
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#stopTick?.();
    this.#stopIdle?.();
  }

  #mark(topic: FeedTopic, account: AccountId, keys: 'all' | readonly string[], atOnce: boolean): void {
    if (keys === 'all') {
      for (const channel of this.#channels.values()) if (channel.topic === topic && channel.scope.account === account) this.#markOne(channel, atOnce);
      return;
    }
    for (const key of keys) {
      const channel = this.#channels.get(nameOf(topic, account, key));
      if (channel) this.#markOne(channel, atOnce);
    }
  }

  #markOne(channel: Channel, atOnce: boolean): void {
    if (atOnce) {
      this.#dirty.delete(channel);
      channel.refresh();
      return;
    }
    this.#dirty.add(channel);
    if (this.#closed) return;
    this.#stopTick ??= this.#options.later(() => this.#tick(), this.#options.tickMs);
  }

  #tick(): void {
    this.#stopTick = undefined;
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    // One that fails must not keep the others from their news.
    for (const channel of dirty) ignoreFailure('refreshing a feed', () => channel.refresh());
  }

  #idle(): void {
    this.#stopIdle = this.#options.later(() => {
      for (const channel of this.#channels.values()) this.#dirty.add(channel);
      this.#tick();
      if (!this.#closed) this.#idle();
    }, this.#options.idleRefreshMs);
  }

  #channelFor(source: TopicSource, scope: FeedScope): Channel {
    const name = nameOf(source.topic, scope.account, scope.key);
    const known = this.#channels.get(name);
    if (known) return known;
    const channel = new Channel(source, scope, this.#options.now);
    this.#channels.set(name, channel);
    return channel;
  }

  #leave(channel: Channel, reader: HubReader): void {
    channel.leave(reader);
    if (!channel.isLeft) return;
    this.#channels.delete(nameOf(channel.topic, channel.scope.account, channel.scope.key));
    this.#dirty.delete(channel);
  }
}

const nameOf = (topic: FeedTopic, account: AccountId, key: string): string => `${topic} ${account} ${key}`;

const refusal = (topic: FeedTopic, code: ErrorCode): string => JSON.stringify({ type: 'refused', topic, code });
