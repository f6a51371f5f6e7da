import { type Decider, type Facts, type IdKind, invariant, type Instant, type PersonalRef } from '@centralita/kernel';
import { afterService, type AfterServiceCommand, type AgentCommand, availability, device, type DeviceCommand } from '../../capabilities/availability/index.ts';
import { call, type CallCommand, leg, type LegCommand, recording, type RecordingCommand } from '../../capabilities/calls/index.ts';
import { conversation, type ConversationCommand, type PartyRef } from '../../capabilities/conversations/index.ts';
import { type FlowCommand, flowRun } from '../../capabilities/flows/index.ts';
import { offer, type OfferCommand, waiting, type WaitingCommand } from '../../capabilities/routing/index.ts';
import type { Effect, TimerChange } from '../../floor/program.ts';
import type { Table } from '../../floor/table.ts';
import type { Command } from '../../telephony/port/index.ts';
import type { FloorEvent } from './events.ts';
import { evolveWorld } from './evolve.ts';
import type { TimerInput } from './input.ts';
import { orderFor } from './orders/index.ts';
import { wakeFor } from './timers.ts';
import type { World } from './world.ts';

/** A turn's refusal by a machine; undefined: it was done. */
export type Told = string | undefined;

/** A call that touches everything makes some forty events; past this, machines answer each other in a circle. */
const MAX_EVENTS_PER_STIMULUS = 2_000;

/**
 * One turn while it is being decided: machines are told things, their events change the world at once, give orders to the
 * switch and set timers, and wait in line for the reactions.
 */
export class Turn {
  readonly world: World;
  readonly events: FloorEvent[] = [];
  readonly effects: Effect[] = [];
  readonly timers: TimerChange[] = [];
  readonly #facts: Facts;
  /** Customers whose conversation or after-service ended in this turn: their rows are gone before the turn is. */
  readonly parted = new Map<string, PartyRef>();
  /** Digits that no machine holds any more. */
  readonly letGo: PersonalRef[] = [];
  #dated: Facts;
  #at: Instant;
  #reacted = 0;

  constructor(world: World, facts: Facts) {
    this.world = world;
    this.#facts = facts;
    this.#dated = facts;
    this.#at = facts.now;
  }

  /** The moment everything in this turn is dated by: when the switch saw the fact, else now. */
  get at(): Instant {
    return this.#at;
  }

  /** Facts are dated by whoever saw them, but never in the future. */
  dateBy(seenAt: Instant): void {
    this.#at = Math.min(seenAt, this.#facts.now);
  }

  /** For what the center does itself because of a fact: a phone begins to ring now, however late the fact came to us. */
  asOfNow(doing: () => void): void {
    const seenAt = this.#at;
    this.#at = this.#facts.now;
    doing();
    this.#at = seenAt;
  }

  draw(kind: IdKind): string {
    return this.#facts.draw(kind);
  }

  /** Runs the reactions until nothing is left to react to. */
  settle(react: (turn: Turn, event: FloorEvent) => void): void {
    const limit = this.events.length + MAX_EVENTS_PER_STIMULUS;
    while (this.#reacted < this.events.length) {
      invariant(this.events.length < limit, 'the machines answer each other without end');
      react(this, this.events[this.#reacted++]!);
    }
  }

  /** Orders and timers are read from the event and the state it finds; then it becomes state. */
  emit(event: FloorEvent): void {
    if (event.type === 'conversation-ended') this.#part(event.conversationId, this.world.conversations.get(event.conversationId)?.customer);
    if (event.type === 'after-service-ended') this.#part(event.conversationId, this.world.afterServices.get(event.afterServiceId)?.customer);
    orderFor(this, event);
    wakeFor(this, event);
    evolveWorld(this.world, event);
    this.events.push(event);
  }

  customerOf(conversationId: string): PartyRef {
    return this.world.conversations.get(conversationId)?.customer ?? this.parted.get(conversationId) ?? { number: null, name: null };
  }

  order(command: Command): void {
    this.effects.push({ id: this.draw('effect'), command });
  }

  wake(id: string, at: Instant, input: TimerInput): void {
    this.timers.push({ change: 'set', id, at, input });
  }

  cancelWake(id: string): void {
    this.timers.push({ change: 'cancel', id });
  }

  leg(id: string, command: LegCommand): Told {
    return this.#tell(leg, this.world.legs, id, command);
  }

  call(id: string, command: CallCommand): Told {
    return this.#tell(call, this.world.calls, id, command);
  }

  recording(id: string, command: RecordingCommand): Told {
    return this.#tell(recording, this.world.recordings, id, command);
  }

  conversation(id: string, command: ConversationCommand): Told {
    return this.#tell(conversation, this.world.conversations, id, command);
  }

  flowRun(id: string, command: FlowCommand): Told {
    const typed = this.typedAhead(id);
    const refusal = this.#tell(flowRun, this.world.flowRuns, id, command);
    if (typed !== null && this.typedAhead(id) !== typed) this.letGo.push(typed);
    return refusal;
  }

  /** The key pressed before a menu was reached, by reference. */
  typedAhead(flowRunId: string): PersonalRef | null {
    const run = this.world.flowRuns.get(flowRunId);
    return run?.state === 'playing' ? run.typedAhead : null;
  }

  waiting(id: string, command: WaitingCommand): Told {
    return this.#tell(waiting, this.world.waiting, id, command);
  }

  offer(id: string, command: OfferCommand): Told {
    return this.#tell(offer, this.world.offers, id, command);
  }

  agent(id: string, command: AgentCommand): Told {
    return this.#tell(availability, this.world.agents, id, command);
  }

  afterService(id: string, command: AfterServiceCommand): Told {
    return this.#tell(afterService, this.world.afterServices, id, command);
  }

  device(id: string, command: DeviceCommand): Told {
    return this.#tell(device, this.world.devices, id, command);
  }

  #part(conversationId: string, customer: PartyRef | undefined): void {
    if (customer) this.parted.set(conversationId, customer);
  }

  /** The turn's facts, dated by what it is about. */
  #factsAt(): Facts {
    if (this.#dated.now !== this.#at) this.#dated = { ...this.#facts, now: this.#at };
    return this.#dated;
  }

  #tell<State, Order, Event extends FloorEvent>(machine: Decider<State, Order, Event, string>, table: Table<State>, id: string, command: Order): Told {
    const decision = machine.decide(table.get(id), command, this.#factsAt());
    if (decision.events === undefined) return decision.refusal;
    for (const event of decision.events) this.emit(event);
    return undefined;
  }
}
