import { assertNever, type Facts } from '@centralita/kernel';
import type { AccountProgram, Effect, TurnOutcome } from '../../floor/program.ts';
import type { FloorEvent } from './events.ts';
import { evolveWorld } from './evolve.ts';
import type { Input, SnapshotInput } from './input.ts';
import { takeRequest } from './inputs/person.ts';
import { missedFacts } from './inputs/snapshot.ts';
import { takeFact } from './inputs/telephony.ts';
import { takeTimer } from './inputs/timers.ts';
import { reactTo } from './reactions/index.ts';
import { forgetPersonal } from './personal.ts';
import { type Told, Turn } from './turn.ts';
import { createWorld, type World } from './world.ts';

/**
 * Grows when the same input would lead to other events or orders. 2: a conversation says whether its customer came from the call page.
 * 3: an offered leg is placed near its customer's. 4: a phone that rings late, since control was away, has its whole ring time.
 * 5: also one that has yet to ring as its time ends; a maximum wait is looked at again after every offer.
 */
const PROGRAM_VERSION = 5;

/** Everything an account's floor does, composed of the capabilities' machines and the ordered list of their reactions. */
export function createAccountProgram(): AccountProgram<World, Input, FloorEvent> {
  return {
    version: PROGRAM_VERSION,
    createWorld,
    decide(world, input, facts): TurnOutcome<FloorEvent> {
      const turn = new Turn(world, facts);
      const refusal = take(turn, input, facts);
      if (refusal !== undefined) return { refusal };
      turn.settle(reactTo);
      forgetPersonal(turn, input);
      return { events: turn.events, effects: turn.effects, timers: turn.timers };
    },
    evolve: evolveWorld,
    upcast(event, writtenBy) {
      if (writtenBy > PROGRAM_VERSION) throw new Error(`a journal row was written by version ${writtenBy}, newer than ${PROGRAM_VERSION}`);
      return event as FloorEvent;
    },
  };
}

function take(turn: Turn, input: Input, facts: Facts): Told {
  switch (input.type) {
    case 'telephony':
      turn.dateBy(input.at);
      return takeFact(turn, input.fact);
    case 'switch-snapshot':
      return reconcile(turn, input, facts);
    case 'configuration':
      turn.emit({ type: 'configuration-taken', change: input.change });
      return undefined;
    case 'effect-refused':
      return effectRefused(turn, input.effect);
    case 'ring-time-over':
    case 'maximum-wait-over':
    case 'relaxing-due':
    case 'announcement-due':
    case 'menu-time-over':
    case 'closing-time-over':
    case 'return-time-over':
    case 'after-service-limit-over':
    case 'device-trusted-again':
      return takeTimer(turn, input);
    case 'sign-in':
    case 'sign-out':
    case 'remove-device':
    case 'choose-status':
    case 'return-from-not-answering':
    case 'decline-offer':
    case 'hold-call':
    case 'resume-call':
    case 'send-digits':
    case 'hang-up':
    case 'pause-recording':
    case 'resume-recording':
    case 'finish-after-service':
      return takeRequest(turn, input);
    default:
      return assertNever(input);
  }
}

/** Each missed fact is taken as if it had come in its time, reactions and all; legs nobody knows are ended. */
function reconcile(turn: Turn, { snapshot }: SnapshotInput, facts: Facts): Told {
  const missed = missedFacts(turn.world, snapshot);
  for (const { at, fact } of missed.facts) {
    turn.dateBy(at);
    takeFact(turn, fact);
    turn.settle(reactTo);
  }
  turn.dateBy(facts.now);
  for (const { legId, cause } of missed.strangers) turn.order({ type: 'end-leg', legId, cause });
  return undefined;
}

/** Legs that will never be placed end here; whoever waits for them goes on. Other commands concern legs whose own facts tell. */
function effectRefused(turn: Turn, { command }: Effect): Told {
  if (command.type !== 'place-legs') return 'of-no-consequence';
  for (const { legId } of command.legs) {
    turn.leg(legId, { type: 'end', by: 'center', cause: 'failed', sipStatus: null });
    turn.settle(reactTo);
  }
  return undefined;
}
