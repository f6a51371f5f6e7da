import type { PartyRef } from '../../capabilities/conversations/index.ts';
import type { Input } from './input.ts';
import type { Turn } from './turn.ts';
import type { World } from './world.ts';

/**
 * Lets go of values that nobody on the floor will look up again, so that memory does not grow with every call. The journal's
 * own table of personal values keeps them for history. What a replay does not let go again is bounded by the snapshot's age.
 */
export function forgetPersonal(turn: Turn, input: Input): void {
  const { world } = turn;
  for (const event of turn.events) {
    switch (event.type) {
      case 'conversation-started':
        // The number that was called is found by now; of a dialled call it is the customer's and stays.
        if (event.direction === 'inbound') forget(world, event.dialled);
        break;
      case 'flow-menu-chosen':
      case 'flow-menu-missed':
        forget(world, event.digit);
        break;
      case 'call-refused':
      case 'dial-refused':
        if (input.type === 'telephony' && input.fact.type === 'leg-offered') for (const value of [input.fact.dialled, input.fact.caller.number, input.fact.caller.name]) forget(world, value);
        break;
    }
  }
  for (const digit of turn.letGo) forget(world, digit);
  for (const [conversationId, party] of turn.parted) if (!isShown(world, conversationId)) forgetParty(world, party);
}

const isShown = (world: World, conversationId: string): boolean => world.conversations.has(conversationId) || world.indexes.afterServicesByConversation.has(conversationId);

function forgetParty(world: World, party: PartyRef): void {
  forget(world, party.number);
  forget(world, party.name);
}

function forget(world: World, reference: string | null | undefined): void {
  if (reference) world.personal.put(reference, undefined);
}
