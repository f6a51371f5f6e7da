import { type Clock, ignoreFailure, type Instant, MINUTE_MS } from '@centralita/kernel';
import type { SessionHolder, SessionTable } from './ports.ts';

/** A look-up takes a millisecond; whoever holds a call does not wait for a database that is away. */
const PATIENCE_MS = 500;
/** While the database is away nobody is blocked or signed out. Whoever it knew this recently is believed. */
const BELIEVED_MS = 60 * MINUTE_MS;
const KEPT_LIMIT = 20_000;

/**
 * Whose session a token is: the database is always asked, and while it does not answer, whoever it knew a while ago goes on. Calls
 * are routed without it, and people have to hold and end them.
 */
export class KeptHolders {
  readonly #look: SessionTable['holder'];
  readonly #clock: Clock;
  readonly #isAway: (error: unknown) => boolean;
  /** Least recently seen first. */
  readonly #kept = new Map<string, { readonly holder: SessionHolder; readonly seenAt: Instant }>();

  /** @param isAway whether a failure means that the database is not there; any other is nobody's sign-in */
  constructor(look: SessionTable['holder'], clock: Clock, isAway: (error: unknown) => boolean) {
    this.#look = look;
    this.#clock = clock;
    this.#isAway = isAway;
  }

  /** @throws when the database is away and did not know the token lately */
  async of(tokenHash: Buffer): Promise<SessionHolder | undefined> {
    const key = tokenHash.toString('base64');
    const looked = this.#look(tokenHash).then((holder) => this.#keep(key, holder));
    const kept = this.#kept.get(key);
    if (!kept || this.#clock.now() - kept.seenAt > BELIEVED_MS) return looked;
    const late = Promise.withResolvers<SessionHolder>();
    const timer = setTimeout(() => late.resolve(kept.holder), PATIENCE_MS);
    ignoreFailure('looking up a session of somebody who is known', looked);
    try {
      const orKept = looked.catch((error: unknown) => {
        if (this.#isAway(error)) return kept.holder;
        throw error;
      });
      return await Promise.race([orKept, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The session has ended. */
  forget(sessionId: string): void {
    for (const [key, { holder }] of this.#kept) if (holder.sessionId === sessionId) this.#kept.delete(key);
  }

  #keep(key: string, holder: SessionHolder | undefined): SessionHolder | undefined {
    this.#kept.delete(key);
    if (!holder) return undefined;
    this.#kept.set(key, { holder, seenAt: this.#clock.now() });
    if (this.#kept.size > KEPT_LIMIT) this.#kept.delete(this.#kept.keys().next().value!);
    return holder;
  }
}
