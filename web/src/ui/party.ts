import type { PartyView } from '@centralita/contract';
import type { TFunction } from 'i18next';
import { formatPhoneNumber } from './phone-number.ts';

/** How a caller is called on screen: name, else number, else where they call from or that it is withheld. */
export function nameOfParty(party: PartyView, t: TFunction): string {
  return party.name ?? numberOfParty(party, t);
}

export const numberOfParty = (party: PartyView, t: TFunction): string => (party.number === '' ? t(party.kind === 'web' ? 'common.webVisitor' : 'common.withheldNumber') : formatPhoneNumber(party.number));
