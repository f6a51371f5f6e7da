import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConversationView, SessionView } from '@centralita/contract';
import { mulberry32 } from '@centralita/kernel';
import { AgentAtWire, type WireCall } from './agent-at-wire.ts';
import { Api } from './api.ts';
import { CallerAtWire } from './caller-at-wire.ts';
import { eventually } from './eventually.ts';
import { allConversations } from './history.ts';
import type { Product } from './product.ts';

/** More callers than agents, so that somebody always waits and order can be seen. */
const CALLERS_AT_ONCE = 5;
/** Alive for so long after its ACK, a call was no answer that crossed the caller's hang-up. */
const SURELY_TALKING_MS = 300;
/** On the way between the switch and an agent's phone, on a machine that is busy with other things. */
const CROSSING_MS = 500;
/** A call between two of the test's own clock readings and the same two moments as the switch saw them. */
const CLOCKS_APART_MS = 1_000;

/** A kill while control starts makes it away for longer than the two seconds of one. */
const LONGEST_AWAY_MS = 8_000;

/** Of those who wait until they are served, however often control is killed meanwhile. */
const FOR_EVER_MS = 3_600_000;
/** Once nobody kills control any more. */
const SERVED_WITHIN_MS = 60_000;
/** Control may be killed between the two orders, and be away for a moment. */
const TAKEN_BACK_WITHIN_MS = 10_000;

/** What one customer did and saw. */
interface MadeCall {
  readonly number: string;
  /** Of the INVITE: 200, or a refusal. */
  status?: number;
  /** Twice by the same agent where the sound's library gave a connection up and the agent was rung again. */
  readonly answeredBy: string[];
  /** When the agent's answer was acknowledged, and how long it then took until one of them hung up. */
  talkingSince?: number;
  talkMs?: number | undefined;
  /** Who hung up; both, when they crossed. */
  readonly hungUp: ('customer' | 'agent')[];
  /** The talk is over and it is the customer who shall end it. */
  readonly hangUpNow: AbortController;
}

interface Plan {
  readonly ringMs: number;
  readonly talkMs: number;
  readonly agentEnds: boolean;
  readonly givesUpAfterMs: number | undefined;
}

/** Customers who call without a pause, and agents who answer and hang up, each by a plan that the seed draws; and what became of it. */
export class CallsWhileKilling {
  readonly calls = new Map<string, MadeCall>();
  /** What nobody may see, in the words of a failure. */
  readonly broken: string[] = [];
  readonly #product: Product;
  readonly #seed: number;
  readonly #agents: AgentAtWire[] = [];
  readonly #busyWith = new Map<string, { readonly number: string; readonly over: AbortSignal }>();
  #lanes: Promise<void>[] = [];
  /** Customers whose call is not over. */
  readonly #under = new Set<string>();
  #over = false;

  constructor(product: Product, seed: number) {
    this.#product = product;
    this.#seed = seed;
  }

  async start(roles: readonly string[]): Promise<void> {
    for (const role of roles) {
      const agent = await AgentAtWire.start(this.#product, role);
      this.#agents.push(agent);
      const { name } = await agent.api.get<SessionView>('/api/session');
      agent.onRing((call) => this.#serve(name, call));
      await agent.takeWork();
    }
    this.#lanes = Array.from({ length: CALLERS_AT_ONCE }, (_, lane) => this.#callAgainAndAgain(lane));
  }

  /** Nobody calls any more, and those who did are done. @throws when somebody still waits a minute later */
  async finish(): Promise<void> {
    this.#over = true;
    const late = delay(SERVED_WITHIN_MS, 'late', { ref: false });
    if ((await Promise.race([Promise.all(this.#lanes), late])) !== 'late') return;
    const left = [...this.calls.values()].filter((one) => this.#under.has(one.number));
    const agents = await Promise.all(this.#agents.map(({ api }) => api.get<SessionView>('/api/session').then(({ name }) => `${name} busy with ${this.#busyWith.get(name)?.number ?? 'nobody'}`)));
    throw new Error(`customers wait whom nobody serves: ${JSON.stringify({ left, agents, broken: this.broken, board: await this.#board() })}\n${this.messagesAbout(left.map(({ number }) => number).join(' '))}`);
  }

  /** What each agent's phone sent and received about the calls that a failure names. */
  messagesAbout(failure: string): string {
    const numbers = new Set(failure.match(/\b519\d{7}\b/g));
    return [...numbers].flatMap((number) => this.#agents.map((agent, at) => `${number} at phone ${at + 1}:\n  ${agent.messagesAbout(number).join('\n  ')}`)).join('\n');
  }

  /** Who does what, as the center sees it. */
  async #board(): Promise<unknown> {
    const manager = await Api.signIn(this.#product, 'manager');
    return manager.get(`/api/board?topic=board&at=${Date.now() - 1_000}`);
  }

  async stop(): Promise<void> {
    this.#over = true;
    for (const agent of this.#agents) await agent.stop();
  }

  #planOf(number: string): Plan {
    const random = mulberry32(this.#seed + Number(number.slice(-6)));
    const between = (from: number, to: number): number => from + random() * (to - from);
    return { ringMs: between(0, 800), talkMs: between(500, 2_500), agentEnds: random() < 0.5, givesUpAfterMs: random() < 0.25 ? between(0, 4_000) : undefined };
  }

  async #callAgainAndAgain(lane: number): Promise<void> {
    for (let turn = 0; !this.#over; turn++) {
      const number = `519${lane}0${String(turn).padStart(5, '0')}`;
      try {
        this.#under.add(number);
        await this.#call(number);
        this.#under.delete(number);
      } catch (error) {
        this.broken.push(`${number}: ${String(error)}`);
      }
    }
  }

  async #call(number: string): Promise<void> {
    const made: MadeCall = { number, answeredBy: [], hungUp: [], hangUpNow: new AbortController() };
    this.calls.set(number, made);
    const caller = await CallerAtWire.start(this.#product, number);
    try {
      made.status = await caller.tryToDial();
      if (made.status !== 200) return;
      const over = new AbortController();
      caller.call.dialog.on('ended', () => over.abort());
      const patience = AbortSignal.any([over.signal, made.hangUpNow.signal]);
      const { givesUpAfterMs } = this.#planOf(number);
      const nothing = (): void => {};
      await delay(givesUpAfterMs ?? FOR_EVER_MS, undefined, { signal: patience, ref: false }).then(nothing, nothing);
      if (over.signal.aborted) return;
      made.hungUp.push('customer');
      // Not when the agent's phone is told: that is a little later.
      talkIsOver(made);
      await caller.sayGoodbye();
    } finally {
      await caller.stop();
    }
  }

  /**
   * The customer left while the order to ring was on its way to disk: their number is let go by then, and the order that follows
   * takes the ring back.
   */
  #mustBeTakenBack(what: string, call: WireCall): void {
    const over = new AbortController();
    call.sip.incoming!.on('cancelled', () => {
      over.abort();
      call.stop();
    });
    this.#stillRings(over.signal).then(
      () => this.broken.push(`${what}, and it went on ringing`),
      (error: unknown) => over.signal.aborted || this.broken.push(`${what}: ${String(error)}`),
    );
  }

  /** The order that takes it back is sent when control is there again, before anybody else is answered. */
  async #stillRings(over: AbortSignal): Promise<void> {
    await delay(TAKEN_BACK_WITHIN_MS, undefined, { signal: over });
    await eventually(async () => assert.equal((await fetch(new URL('/api/health', this.#product.address))).status, 200), SERVED_WITHIN_MS);
    await delay(CROSSING_MS, undefined, { signal: over });
  }

  /** An answer that crossed the CANCEL of its ring: the next call may ring before the BYE that follows is there. */
  #mustBeOver(over: AbortSignal, what: string): void {
    const limit = setTimeout(() => this.broken.push(`${what}, which went on`), CROSSING_MS);
    if (over.aborted) clearTimeout(limit);
    else over.addEventListener('abort', () => clearTimeout(limit));
  }

  #serve(name: string, call: WireCall): void {
    const number = /^sips?:([^@]+)@/.exec(call.sip.incoming!.from.uri)![1]!;
    const made = this.calls.get(number);
    if (!made) return this.#mustBeTakenBack(`${name} was rung by ${number}`, call);
    const other = this.#busyWith.get(name);
    if (other) this.#mustBeOver(other.over, `${name} was rung by ${number} while busy with ${other.number}`);
    const plan = this.#planOf(number);
    const over = new AbortController();
    this.#busyWith.set(name, { number, over: over.signal });
    const end = (): void => {
      if (over.signal.aborted) return;
      over.abort();
      talkIsOver(made);
      if (this.#busyWith.get(name)?.number === number) this.#busyWith.delete(name);
      call.stop();
    };
    call.sip.incoming!.on('cancelled', end);
    call.sip.incoming!.dialog.on('ended', end);
    call.sip.incoming!.on('acked', () => {
      made.talkingSince ??= performance.now();
      // Whoever answers when the customer has gone talks with nobody: the switch ends their leg at once.
      made.talkMs = made.hungUp.includes('customer') ? 0 : undefined;
      made.answeredBy.push(name);
      if (new Set(made.answeredBy).size > 1) this.broken.push(`${number} was answered by ${made.answeredBy.join(' and ')}`);
      after(plan.talkMs, () => {
        if (!plan.agentEnds) return made.hangUpNow.abort();
        made.hungUp.push('agent');
        call.hangUp();
        end();
      });
    });
    const after = (ms: number, act: () => void): void => void delay(ms, undefined, { signal: over.signal }).then(act, () => undefined);
    after(plan.ringMs, () => call.answer());
  }
}

function talkIsOver(made: MadeCall): void {
  if (made.talkingSince !== undefined) made.talkMs ??= performance.now() - made.talkingSince;
}

/** Everything that the history holds of the customers' calls, once it says that all have ended. */
export async function historyOf(owner: Api): Promise<readonly ConversationView[]> {
  const rows = await eventually(async () => {
    const found = await allConversations(owner);
    const open = found.filter(({ endedAt }) => endedAt === null).map(({ customer }) => customer.number);
    assert.deepEqual(open, [], 'these have not ended in the history');
    return found;
  }, 60_000);
  const views: ConversationView[] = [];
  for (const { conversationId } of rows) views.push(await owner.get<ConversationView>(`/api/conversations/${conversationId}`));
  return views;
}

const times = ({ timeline }: ConversationView, kind: string): number => timeline.filter((entry) => entry.kind === kind).length;
const firstly = ({ timeline }: ConversationView, kind: string): number | undefined => timeline.find((entry) => entry.kind === kind)?.at;

/** Says what of a call's history is not what its customer and its agent saw. */
export function wrongIn(made: MadeCall, views: readonly ConversationView[]): readonly string[] {
  const wrong: string[] = [];
  const expect = (what: string, seen: unknown, ...right: readonly unknown[]): void => {
    if (!right.includes(seen)) wrong.push(`${made.number}: ${what} is ${String(seen)}, not ${right.join(' or ')}`);
  };
  if (made.status !== 200) {
    // Refused while control was away: perhaps it was heard of, but nobody talked.
    expect('rows', views.length, 0, 1);
    for (const view of views) expect('answers', times(view, 'answered'), 0);
    return wrong;
  }
  expect('rows', views.length, 1);
  const view = views[0];
  if (!view) return wrong;
  expect('ends', times(view, 'ended'), 1);
  const lost = view.timeline.filter(({ kind }) => kind === 'agent-lost');
  expect('agents lost', lost.length, Math.max(0, made.answeredBy.length - 1));
  expect('agents returned', times(view, 'agent-returned'), lost.length);
  for (const { facts } of lost) expect('the loss', facts['cause'], 'media-lost');
  if (made.hungUp.length === 1) expect('ended by', view.endedBy, made.hungUp[0]);
  if ((made.talkMs ?? 0) > SURELY_TALKING_MS) {
    expect('ending', view.ending, 'answered');
    expect('answers', times(view, 'answered'), 1);
    expect('agent', view.agentName, made.answeredBy[0]);
    if (Math.abs((view.talkMs ?? 0) - made.talkMs!) > CLOCKS_APART_MS) wrong.push(`${made.number}: ${view.talkMs} ms of talk, the agent's phone saw ${made.talkMs}`);
    expect('recordings', view.recordings.length, 1);
    // A call that was over before control was back has none: who would talk was never put together. It says so, and does not wait.
    expect('recording', view.recordings[0]?.state ?? 'none', 'ready', ...(made.talkMs! < LONGEST_AWAY_MS ? ['failed'] : []));
  } else if (made.answeredBy.length === 0) {
    expect('ending', view.ending, 'abandoned', 'short-abandon');
    expect('answers', times(view, 'answered'), 0);
    expect('recordings', view.recordings.length, 0);
  }
  return wrong;
}

/** Pairs of which the later was offered to an agent while the earlier waited. Priority is the same for all of them. */
export function overtaken(views: readonly ConversationView[]): readonly string[] {
  const waits = views.flatMap((view) => {
    const queuedAt = firstly(view, 'queued');
    return queuedAt === undefined ? [] : [{ number: view.customer.number, queuedAt, until: firstly(view, 'offered') ?? view.endedAt!, offeredAt: firstly(view, 'offered') }];
  });
  return waits.flatMap((late) => waits.filter((early) => late.offeredAt !== undefined && early.queuedAt < late.queuedAt && early.until > late.offeredAt).map((early) => `${late.number} before ${early.number}`));
}
