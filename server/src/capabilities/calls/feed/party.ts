import type { PartyView } from '@centralita/contract';
import type { AccountId } from '@centralita/kernel';
import type { FloorView } from '../../../http/floor-port.ts';
import type { LiveNames } from '../../../http/names.ts';

export const WITHHELD: PartyView = { number: '', name: null, contactId: null };

/** A conversation's customer as a person would name them: the contact's name, else the one the network gave. */
export function customerOf(world: FloorView, names: LiveNames, account: AccountId, conversationId: string): PartyView {
  const customer = world.conversations.get(conversationId)?.customer;
  if (!customer) return WITHHELD;
  const number = customer.number === null ? '' : (world.personal.get(customer.number) ?? '');
  const given = customer.name === null ? null : (world.personal.get(customer.name) ?? null);
  const { known } = names.caller(account, number);
  return { number, name: known?.name ?? given, contactId: known?.contactId ?? null };
}
