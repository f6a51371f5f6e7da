import type { PartyKind, PersonalRef } from '@centralita/kernel';

/** A person outside the center, by references into the account's personal values. Null: withheld or unknown. */
export interface PartyRef {
  readonly number: PersonalRef | null;
  readonly name: PersonalRef | null;
  /** Left out by those who telephone, and in turns from before there was a difference. */
  readonly kind?: PartyKind;
}
