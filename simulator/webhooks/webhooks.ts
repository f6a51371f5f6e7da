import { type AccountId, type ConversationEnding, WEBHOOK_EVENTS } from '@centralita/kernel';
import { derivedKey, seal } from '@centralita/server/capabilities/accounts/index.ts';
import { WebhookLines } from '@centralita/server/capabilities/integrations/index.ts';
import type { StoredTurn } from '@centralita/server/floor/journal-store.ts';
import type { Chance } from '../chance/chance.ts';
import type { Center } from '../world/center.ts';
import type { Control } from '../world/control.ts';
import { Messages } from './messages.ts';
import { OtherSystem, type WayHabits } from './other-system.ts';

const KEY = Buffer.alloc(32, 7);
const SIGNING_KEY = Buffer.alloc(32, 9);
const SECRET = `whsec_${SIGNING_KEY.toString('base64')}`;
const WEBHOOK = 'whk_simulated';
/** History is that much behind the floor. */
const HISTORY_MS = 400;

/** Another system that a simulated center tells everything, with the product's own lines between them. */
export class SimulatedWebhooks {
  readonly messages: Messages;
  readonly other: OtherSystem;
  /** How each conversation ended, as the journal has it; null: it goes on. */
  readonly endings = new Map<string, ConversationEnding | null>();
  gaveUp = 0;
  /** PostgreSQL was away when it was asked. */
  failures = 0;
  readonly #center: Center;
  readonly #chance: Chance;
  readonly #turns: StoredTurn[] = [];
  /** Of the control that lives; `of` undefined: after its days. */
  #lines: { readonly of: Control | undefined; readonly lines: WebhookLines } | undefined;

  constructor(center: Center, habits: WayHabits, waitingLimit: number) {
    this.#center = center;
    const { time, journal, account } = center;
    this.#chance = center.chance.fork('webhooks');
    this.other = new OtherSystem(time, center.chance.fork('other system'), SECRET, habits);
    const line = { failures: 0, failingSince: null, backoffUntil: null };
    const secret = seal(derivedKey(KEY, 'secrets'), SIGNING_KEY, WEBHOOK);
    this.messages = new Messages({
      webhook: { webhookId: WEBHOOK, url: 'https://crm.example/hook', events: WEBHOOK_EVENTS, active: true, version: 1, stopped: null, line, secret, oldSecret: null, oldSecretUntil: null },
      waitingLimit,
      drawId: () => this.#chance.id('webhookDelivery', time.now()),
      away: () => journal.mode !== 'up',
      endingOf: (conversationId) => this.endings.get(conversationId) ?? null,
    });
    const written = journal.onWritten;
    journal.onWritten = (turn) => {
      written(turn);
      this.#remember(turn);
      time.plan(HISTORY_MS, () => this.#lines?.lines.moved(account.account));
    };
  }

  /** Follows whichever control lives. Call it after each step. */
  follow(): void {
    const { control } = this.#center;
    if (this.#lines && this.#lines.of === control && control?.alive) return;
    this.#lines = undefined;
    if (control?.alive) this.#open(control);
  }

  /** Sends until nothing waits, for `withinMs` at most. */
  async drain(withinMs: number): Promise<void> {
    const { time, rounds } = this.#center;
    const until = time.now() + withinMs;
    this.#open(undefined);
    await rounds.settled();
    while (this.messages.waiting > 0 && time.step(until)) await rounds.settled();
  }

  #open(of: Control | undefined): void {
    const { account, time } = this.#center;
    const lines: WebhookLines = new WebhookLines({
      deliveries: this.messages.connect(() => this.#lines?.lines !== lines || of?.alive === false),
      receiver: this.other,
      accountKeys: { keyOf: () => Promise.resolve(KEY) },
      clock: time,
      draw: this.#chance.draw,
      readTurns: (_account: AccountId, after) => this.#turnsAfter(after),
      historyReaches: () => Promise.resolve(this.#turns.at(-1)?.seq ?? 0),
      onGaveUp: () => (this.gaveUp += 1),
      onFailure: () => (this.failures += 1),
    });
    this.#lines = { of, lines };
    lines.look(account.account);
  }

  #remember(turn: StoredTurn): void {
    this.#turns.push(turn);
    for (const event of turn.events as readonly { readonly type: string; readonly conversationId?: string; readonly ending?: ConversationEnding }[]) {
      if (event.type === 'conversation-started') this.endings.set(event.conversationId!, null);
      if (event.type === 'conversation-ended') this.endings.set(event.conversationId!, event.ending!);
    }
  }

  async *#turnsAfter(seq: number): AsyncIterable<StoredTurn> {
    await Promise.resolve();
    const first = this.#turns[0]?.seq ?? 0;
    yield* this.#turns.slice(Math.max(0, seq + 1 - first));
  }
}
