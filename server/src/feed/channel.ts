import type { FeedTopic } from '@centralita/contract';
import type { FeedScope, TopicSource } from './topic.ts';

export interface ChannelReader {
  send(message: string): void;
}

/** One topic for one scope: the state as last sent, its position, and who follows it. */
export class Channel<Scope extends FeedScope = FeedScope> {
  readonly scope: Scope;
  readonly #source: TopicSource<Scope>;
  readonly #readers = new Set<ChannelReader>();
  readonly #now: () => number;
  #entries: ReadonlyMap<string, string>;
  #position = 1;

  constructor(source: TopicSource<Scope>, scope: Scope, now: () => number) {
    this.#source = source;
    this.scope = scope;
    this.#now = now;
    this.#entries = source.entries(scope);
  }

  get topic(): FeedTopic {
    return this.#source.topic;
  }

  get isLeft(): boolean {
    return this.#readers.size === 0;
  }

  has(reader: ChannelReader): boolean {
    return this.#readers.has(reader);
  }

  /** The reader gets the state as all readers last knew it, and from then on what all get. */
  join(reader: ChannelReader): void {
    this.#readers.add(reader);
    reader.send(`{"type":"snapshot","topic":"${this.topic}","position":${this.#position},"now":${this.#now()},"state":${objectOf(this.#entries)}}`);
  }

  leave(reader: ChannelReader): void {
    this.#readers.delete(reader);
  }

  /** Compares with what was last sent; the difference goes out as one numbered change, as the same text to everybody. */
  refresh(): void {
    const entries = this.#source.entries(this.scope);
    const changed = new Map<string, string>();
    for (const [key, text] of entries) if (this.#entries.get(key) !== text) changed.set(key, text);
    const removed: string[] = [];
    for (const key of this.#entries.keys()) if (!entries.has(key)) removed.push(key);
    this.#entries = entries;
    if (changed.size === 0 && removed.length === 0) return;
    this.#position += 1;
    const message = `{"type":"change","topic":"${this.topic}","position":${this.#position},"now":${this.#now()},"changed":${objectOf(changed)},"removed":${JSON.stringify(removed)}}`;
    for (const reader of this.#readers) reader.send(message);
  }
}

function objectOf(entries: ReadonlyMap<string, string>): string {
  const parts: string[] = [];
  for (const [key, text] of entries) parts.push(`${JSON.stringify(key)}:${text}`);
  return `{${parts.join(',')}}`;
}
