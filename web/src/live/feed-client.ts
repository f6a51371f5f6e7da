import { applyFeedChange, type FeedBanner, type FeedMessage, type FeedRequest, type FeedTopic } from '@centralita/contract';
import ReconnectingWebSocket from 'partysocket/ws';
import { ServerClock } from './server-clock.ts';

export interface TopicState {
  readonly state: Readonly<Record<string, unknown>>;
  readonly position: number;
  /** The server's time of the last message of this topic. */
  readonly updatedAt: number;
  readonly status: 'waiting' | 'live' | 'refused';
  readonly refusal: string | null;
}

export interface FeedOptions {
  /** A one-use ticket and the path it opens; called before every connection. */
  readonly ticket: () => Promise<{ readonly ticket: string; readonly path: string; readonly reconnectSpreadMs?: number | undefined }>;
  /** ws(s)://host[:port] of the page, without a path. */
  readonly origin: string;
  /** Checks one entity; undefined leaves it out, so that one that is wrong never takes the screen down. */
  readonly parse: (topic: FeedTopic, key: string, value: unknown) => unknown;
  readonly webSocket?: unknown;
  readonly chance?: () => number;
}

const EMPTY: TopicState = { state: {}, position: -1, updatedAt: 0, status: 'waiting', refusal: null };

/** One connection to the live feed (design 5): per topic a snapshot, then numbered changes; a gap means subscribing again. */
export class FeedClient {
  readonly clock = new ServerClock();
  readonly #options: FeedOptions;
  readonly #topics = new Map<FeedTopic, TopicState>();
  readonly #followed = new Map<FeedTopic, number>();
  readonly #listeners = new Set<() => void>();
  #banners: ReadonlySet<FeedBanner['banner']> = new Set();
  #socket: ReconnectingWebSocket | undefined;
  #connected = false;
  #opened = false;
  #spreadMs = 1_500;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#socket) return;
    const chance = this.#options.chance ?? Math.random;
    const socket = new ReconnectingWebSocket(() => this.#address(), [], {
      minReconnectionDelay: 200,
      maxReconnectionDelay: 5_000 + chance() * 3_000,
      reconnectionDelayGrowFactor: 1.6,
      connectionTimeout: 8_000,
      maxEnqueuedMessages: 0,
      ...(this.#options.webSocket ? { WebSocket: this.#options.webSocket } : {}),
    });
    this.#socket = socket;
    socket.addEventListener('open', () => this.#open());
    socket.addEventListener('close', () => this.#close());
    socket.addEventListener('message', (event) => this.#received(String(event.data)));
  }

  stop(): void {
    this.#socket?.close();
    this.#socket = undefined;
    this.#connected = false;
    this.#opened = false;
    this.#topics.clear();
    this.#banners = new Set();
    this.#tell();
  }

  /** For "back online": do not sit out the rest of a delay. */
  reconnect(): void {
    if (this.#socket && !this.#connected) this.#socket.reconnect();
  }

  /** Subscribes to a topic for as long as somebody follows it. */
  follow(topic: FeedTopic): () => void {
    const followers = this.#followed.get(topic) ?? 0;
    this.#followed.set(topic, followers + 1);
    if (followers === 0 && this.#connected) this.#subscribe(topic);
    return () => this.#unfollow(topic);
  }

  #unfollow(topic: FeedTopic): void {
    const followers = (this.#followed.get(topic) ?? 1) - 1;
    if (followers > 0) {
      this.#followed.set(topic, followers);
      return;
    }
    this.#followed.delete(topic);
    this.#topics.delete(topic);
    if (this.#connected) this.#send({ type: 'unsubscribe', topic });
  }

  topic(topic: FeedTopic): TopicState {
    return this.#topics.get(topic) ?? EMPTY;
  }

  get connected(): boolean {
    return this.#connected;
  }

  get banners(): ReadonlySet<FeedBanner['banner']> {
    return this.#banners;
  }

  listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async #address(): Promise<string> {
    // After a restart of the server all browsers come back: each waits its own part of what the server asked for.
    if (this.#opened) await wait((this.#options.chance ?? Math.random)() * this.#spreadMs);
    const { ticket, path, reconnectSpreadMs } = await this.#options.ticket();
    this.#spreadMs = reconnectSpreadMs ?? this.#spreadMs;
    return `${this.#options.origin}${path}${path.includes('?') ? '&' : '?'}ticket=${encodeURIComponent(ticket)}`;
  }

  #open(): void {
    this.#connected = true;
    this.#opened = true;
    this.clock.reset();
    // What still holds is told again.
    this.#banners = new Set();
    for (const topic of this.#followed.keys()) this.#subscribe(topic);
    this.#tell();
  }

  #close(): void {
    if (!this.#connected) return;
    this.#connected = false;
    this.#tell();
  }

  #subscribe(topic: FeedTopic): void {
    // The last state stays on the screen; changes are ignored until the new snapshot.
    this.#topics.set(topic, { ...this.topic(topic), position: -1 });
    this.#send({ type: 'subscribe', topic });
  }

  /** For what was let go while memory was short. */
  #askAgain(): void {
    for (const topic of this.#followed.keys()) if (this.topic(topic).refusal === 'overloaded') this.#subscribe(topic);
  }

  #send(message: FeedRequest): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #received(text: string): void {
    const message = JSON.parse(text) as FeedMessage;
    switch (message.type) {
      case 'snapshot':
        this.clock.observe(message.now);
        this.#topics.set(message.topic, { state: this.#checked(message.topic, message.state), position: message.position, updatedAt: message.now, status: 'live', refusal: null });
        break;
      case 'change': {
        this.clock.observe(message.now);
        const before = this.topic(message.topic);
        if (before.position === -1 || !this.#followed.has(message.topic)) return;
        if (message.position !== before.position + 1) return this.#subscribe(message.topic);
        const state = applyFeedChange(before.state, { changed: this.#checked(message.topic, message.changed), removed: message.removed });
        this.#topics.set(message.topic, { ...before, state, position: message.position, updatedAt: message.now });
        break;
      }
      case 'refused':
        this.#topics.set(message.topic, { ...this.topic(message.topic), status: 'refused', refusal: message.code });
        break;
      case 'banner': {
        const banners = new Set(this.#banners);
        if (message.active) banners.add(message.banner);
        else banners.delete(message.banner);
        this.#banners = banners;
        if (message.banner === 'memory-short' && !message.active) this.#askAgain();
        break;
      }
    }
    this.#tell();
  }

  #checked(topic: FeedTopic, entities: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const checked: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(entities)) {
      const entity = this.#options.parse(topic, key, value);
      if (entity !== undefined) checked[key] = entity;
    }
    return checked;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
