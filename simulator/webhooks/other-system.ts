import { type Instant, MINUTE_MS, SECOND_MS } from '@centralita/kernel';
import type { Receiver, Reply } from '@centralita/server/capabilities/integrations/index.ts';
import { Webhook as Signer } from 'standardwebhooks';
import type { Chance } from '../chance/chance.ts';
import type { VirtualTime } from '../clock/virtual-time.ts';

/** How badly things go between the center and the other system, each a share of messages. */
export interface WayHabits {
  /** Taken, but the answer is lost: the sender's time runs out and it sends again. */
  readonly answerLost: number;
  /** On the way for up to half a minute, longer than the sender waits. */
  readonly late: number;
  /** Answered 500 before anything was done. */
  readonly stumbles: number;
}

/** The sender gives up then (`wiring/webhook-receiver.ts`). */
const SENDER_WAITS_MS = 15 * SECOND_MS;
const LATE_MS = 30 * SECOND_MS;
/** Standard Webhooks: an older signature is a replay. */
const SIGNATURE_AGE_MS = 5 * MINUTE_MS;

interface Known {
  readonly revision: number;
  readonly ending: string | null;
}

/**
 * A system that follows the rules of Standard Webhooks, behind a network that does not: what is signed wrongly or long ago is refused, an id counts
 * once, and of two messages about one conversation the one with the higher revision holds.
 */
export class OtherSystem implements Pick<Receiver, 'post'> {
  up = true;
  /** What it answers 500 to, for ever. */
  indigestible: (conversationId: string) => boolean = () => false;
  readonly known = new Map<string, Known>();
  readonly counts = { posts: 0, refused: 0, duplicates: 0, overtaken: 0, forged: 0, tooOld: 0 };
  readonly #ids = new Set<string>();
  readonly #signer: Signer;
  readonly #habits: WayHabits;
  readonly #chance: Chance;
  readonly #time: VirtualTime;

  constructor(time: VirtualTime, chance: Chance, secret: string, habits: WayHabits) {
    this.#time = time;
    this.#chance = chance;
    this.#signer = new Signer(secret);
    this.#habits = habits;
  }

  post(_url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Reply> {
    this.counts.posts += 1;
    if (!this.up) {
      this.counts.refused += 1;
      return Promise.resolve({ failure: 'refused' });
    }
    const onItsWayMs = this.#chance.happens(this.#habits.late) ? this.#chance.between(0, LATE_MS) : this.#chance.exponential(40);
    const answerLost = this.#chance.happens(this.#habits.answerLost);
    return new Promise((resolve) => {
      const giveUp = this.#time.plan(SENDER_WAITS_MS, () => resolve({ failure: 'time-out' }));
      this.#time.plan(onItsWayMs, () => {
        const status = this.#take(headers, body);
        if (answerLost || onItsWayMs >= SENDER_WAITS_MS) return;
        giveUp();
        resolve({ status });
      });
    });
  }

  #take(headers: Readonly<Record<string, string>>, body: string): number {
    const id = headers['webhook-id']!;
    const signedAt: Instant = Number(headers['webhook-timestamp']) * SECOND_MS;
    if (!headers['webhook-signature']!.split(' ').includes(this.#signer.sign(id, new Date(signedAt), body))) return this.#refuse('forged', 401);
    if (Math.abs(this.#time.now() - signedAt) > SIGNATURE_AGE_MS) return this.#refuse('tooOld', 401);
    const { data } = JSON.parse(body) as { data: { conversationId: string; revision: number; ending: string | null } };
    if (this.indigestible(data.conversationId) || this.#chance.happens(this.#habits.stumbles)) return 500;
    if (this.#ids.has(id)) {
      this.counts.duplicates += 1;
      return 204;
    }
    this.#ids.add(id);
    const known = this.known.get(data.conversationId);
    if (known && known.revision > data.revision) this.counts.overtaken += 1;
    else this.known.set(data.conversationId, { revision: data.revision, ending: data.ending });
    return 204;
  }

  #refuse(why: 'forged' | 'tooOld', status: number): number {
    this.counts[why] += 1;
    return status;
  }
}
