import { type IdKind, type PersonalRef, randomId } from '@centralita/kernel';
import type { Party, SwitchSnapshot, TelephonyEvent, TelephonyFact } from '../telephony/port/index.ts';
import type { Input, TelephonyInput } from './account-program/index.ts';

/** Ids of what comes from outside; the simulator's are seeded. */
export type DrawId = (of: IdKind, at: number) => string;

export interface Intake<Kind extends Input = Input> {
  readonly input: Kind;
  readonly personal: Readonly<Record<string, string>>;
}

/** A telephony input that also says how far all accounts had come when it was taken: a restart asks the switch from there. */
export type PositionedTelephonyInput = TelephonyInput & { readonly committedSeq: number };

/**
 * Puts a reference in the place of every number, name and digit of an event before it reaches the floor, so that the journal
 * never holds one (design 3: erasing a person does not rewrite it). An empty (withheld) number stays empty.
 */
export function takeIn(event: TelephonyEvent, committedSeq: number, draw: DrawId = randomId): Intake<PositionedTelephonyInput> {
  const personal = noValues();
  const fact = withReferences(event.fact, referTo(personal, event.at, draw));
  return { input: { type: 'telephony', seq: event.seq, at: event.at, fact, committedSeq }, personal };
}

function withReferences(fact: TelephonyFact, refer: (value: string) => string): TelephonyFact {
  switch (fact.type) {
    case 'leg-offered':
      return { ...fact, caller: partyReferences(fact.caller, refer), dialled: refer(fact.dialled) };
    case 'digit':
      return { ...fact, digit: refer(fact.digit) };
    case 'transfer-requested':
      return { ...fact, target: refer(fact.target) };
    default:
      return fact;
  }
}

function partyReferences(party: Party, refer: (value: string) => string): Party {
  return { number: refer(party.number), ...(party.name === undefined ? {} : { name: refer(party.name) }) };
}

/** A snapshot with references like those of events. Callers in it that the floor knows already keep the reference they came with. */
export function takeInSnapshot(snapshot: SwitchSnapshot, draw: DrawId = randomId): { readonly snapshot: SwitchSnapshot; readonly personal: Readonly<Record<string, string>> } {
  const personal = noValues();
  const legs = snapshot.legs.map((leg) => {
    if (leg.state !== 'offered') return { ...leg, caller: { number: '' }, dialled: '' };
    const refer = referTo(personal, snapshot.at, draw);
    return { ...leg, caller: partyReferences(leg.caller, refer), dialled: refer(leg.dialled) };
  });
  return { snapshot: { ...snapshot, legs }, personal };
}

const referTo =
  (personal: Record<string, string>, at: number, draw: DrawId) =>
  (value: string): string => {
    if (value === '') return '';
    const reference: PersonalRef = draw('personal', at);
    personal[reference] = value;
    return reference;
  };

/** A map from the beginning: an object that has ever other keys costs a shape of its own for each of them. */
const noValues = (): Record<string, string> => Object.create(null) as Record<string, string>;
