import { applyFeedChange, type FeedMessage, type FeedTopic } from '@centralita/contract';
import type { HubReader } from '../hub.ts';
import type { FeedReader } from '../topic.ts';

/** A browser as far as the feed is concerned: applies what it is sent, and notices gaps. */
export class TestReader implements HubReader {
  readonly reader: FeedReader;
  readonly messages: FeedMessage[] = [];
  readonly states = new Map<FeedTopic, { position: number; state: Record<string, unknown> }>();
  gaps = 0;

  constructor(reader: FeedReader) {
    this.reader = reader;
  }

  send(text: string): void {
    const message = JSON.parse(text) as FeedMessage;
    this.messages.push(message);
    if (message.type === 'snapshot') this.states.set(message.topic, { position: message.position, state: { ...message.state } });
    if (message.type !== 'change') return;
    const known = this.states.get(message.topic);
    if (!known || message.position !== known.position + 1) {
      this.gaps += 1;
      return;
    }
    this.states.set(message.topic, { position: message.position, state: applyFeedChange(known.state, message) });
  }

  state(topic: FeedTopic): Record<string, unknown> {
    return this.states.get(topic)?.state ?? {};
  }

  get last(): FeedMessage | undefined {
    return this.messages.at(-1);
  }
}
