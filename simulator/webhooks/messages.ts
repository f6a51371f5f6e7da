import type { AccountId, ConversationEnding, Instant, WebhookDeliveryState, WebhookId } from '@centralita/kernel';
import type { Attempt, Delivery, DeliveryTable, Happened, Webhook } from '@centralita/server/capabilities/integrations/index.ts';

export interface Message extends Happened {
  readonly deliveryId: string;
  readonly state: WebhookDeliveryState;
  readonly attempts: number;
  readonly dueAt: Instant | null;
}

export interface MessagesOptions {
  readonly webhook: Webhook;
  readonly waitingLimit: number;
  readonly drawId: () => string;
  /** PostgreSQL does not answer. */
  readonly away: () => boolean;
  /** As history has it. */
  readonly endingOf: (conversationId: string) => ConversationEnding | null;
}

/** One webhook and its messages as PostgreSQL keeps them, in memory. They outlive control; each control has a connection of its own. */
export class Messages {
  webhook: Webhook;
  readUpTo = 0;
  mostWaiting = 0;
  readonly all = new Map<string, Message>();
  readonly #options: MessagesOptions;
  readonly #waiting = new Map<string, Message & { readonly dueAt: Instant }>();
  readonly #told = new Set<number>();

  constructor(options: MessagesOptions) {
    this.#options = options;
    this.webhook = options.webhook;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  in(state: WebhookDeliveryState): Message[] {
    return [...this.all.values()].filter((message) => message.state === state);
  }

  /** A person has those sent again that were given up. */
  sendDeadAgain(now: Instant): void {
    for (const message of this.in('dead')) this.#keep({ ...message, state: 'waiting', attempts: 0, dueAt: now });
  }

  /** @param isCut the process at this end is dead: nothing comes of what it asks any more */
  connect(isCut: () => boolean): DeliveryTable {
    const asked = <Value>(work: () => Value): Promise<Value> => {
      if (isCut()) return new Promise(() => {});
      return this.#options.away() ? Promise.reject(new Error('connection refused')) : Promise.resolve(work());
    };
    return {
      readers: () => asked(() => (this.webhook.active ? [{ webhookId: this.webhook.webhookId, readUpTo: this.readUpTo, full: this.waiting >= this.#options.waitingLimit }] : [])),
      add: (_account: AccountId, _webhookId: WebhookId, happened, readUpTo, seq) => asked(() => this.#add(happened, readUpTo, seq)),
      line: () => asked(() => (this.webhook.active ? this.webhook : undefined)),
      take: (_account, _webhookId, limit, now, heldUntil) => asked(() => this.#take(limit, now, heldUntil)),
      record: (_account, _webhook, attempts, line, stopped) => asked(() => this.#record(attempts, line, stopped)),
      nextDue: () => asked(() => this.#due()[0]?.dueAt ?? undefined),
    };
  }

  #add(happened: readonly Happened[], readUpTo: number, seq: number): number {
    if (readUpTo !== this.readUpTo) return 0;
    const asked = happened.filter(({ type }) => this.webhook.events.includes(type));
    for (const one of asked) {
      if (this.#told.has(one.revision)) throw new Error(`revision ${one.revision} is told twice`);
      this.#told.add(one.revision);
      const deliveryId = this.#options.drawId();
      this.#keep({ ...one, deliveryId, state: 'waiting', attempts: 0, dueAt: one.at });
    }
    this.readUpTo = seq;
    this.mostWaiting = Math.max(this.mostWaiting, this.waiting);
    return asked.length;
  }

  #take(limit: number, now: Instant, heldUntil: Instant): Delivery[] {
    const some = this.#due().filter(({ dueAt }) => dueAt <= now).slice(0, limit);
    for (const message of some) this.#keep({ ...message, dueAt: heldUntil });
    return some.map(({ deliveryId, type, at, revision, attempts, conversationId }) => ({ deliveryId, type, occurredAt: at, revision, attempts, conversation: this.#telling(conversationId, at) }));
  }

  #due() {
    return [...this.#waiting.values()].sort((a, b) => a.dueAt - b.dueAt || a.revision - b.revision);
  }

  #keep(message: Message): void {
    const { deliveryId, dueAt } = message;
    this.all.set(deliveryId, message);
    if (dueAt === null) this.#waiting.delete(deliveryId);
    else this.#waiting.set(deliveryId, { ...message, dueAt });
  }

  #record(attempts: readonly Attempt[], line: Webhook['line'], stopped: Webhook['stopped']): void {
    for (const { deliveryId, next } of attempts) {
      const message = this.all.get(deliveryId)!;
      if (message.state === 'waiting') this.#keep({ ...message, state: next.state, attempts: next.attempts, dueAt: next.state === 'waiting' ? next.dueAt : null });
    }
    this.webhook = { ...this.webhook, line, ...(stopped && { stopped, active: false }) };
  }

  #telling(conversationId: string, startedAt: Instant): Delivery['conversation'] {
    const ending = this.#options.endingOf(conversationId);
    return {
      conversationId, direction: 'inbound', startedAt, customer: { number: null, name: null }, numberId: null, menuPath: [], queueId: null, agentId: null, answeredAt: null, waitMs: null, endedAt: null, ending, endedBy: null,
    };
  }
}
