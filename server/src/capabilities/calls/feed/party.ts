import type { PartyView } from '@centralita/contract';
import type { AccountId } from '@centralita/kernel';
import type { FloorView } from '../../../http/floor-port.ts';
import type { LiveNames } from '../../../http/names.ts';

type Customer = NonNullable<ReturnType<FloorView['conversations']['get']>>['customer'];

export const WITHHELD: PartyView = { kind: 'phone', number: '', name: null, contactId: null };

/** Somebody outside as a person would name them: the contact's name, else the one the network gave. */
export function partyOf(world: FloorView, names: LiveNames, account: AccountId, customer: Customer): PartyView {
  const number = customer.number === null ? '' : (world.personal.get(customer.number) ?? '');
  const given = customer.name === null ? null : (world.personal.get(customer.name) ?? null);
  const { known } = names.caller(account, number);
  return { kind: customer.kind ?? 'phone', number, name: known?.name ?? given, contactId: known?.contactId ?? null };
}

export function customerOf(world: FloorView, names: LiveNames, account: AccountId, conversationId: string): PartyView {
  const customer = world.conversations.get(conversationId)?.customer;
  return customer ? partyOf(world, names, account, customer) : WITHHELD;
}
