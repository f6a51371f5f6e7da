import type { AccountId, UserId } from '@centralita/kernel';
import type { AccountCard, PeopleTable, Person, Read, WordLists } from './ports.ts';

export interface SessionCard {
  readonly person: Person;
  readonly account: AccountCard;
  readonly words: WordLists;
}

/** Who I am and what I choose from; undefined when the person is gone. */
export function showSession(deps: { readonly read: Read; readonly people: PeopleTable }, account: AccountId, userId: UserId): Promise<SessionCard | undefined> {
  return deps.read(account, async (sql) => {
    const person = await deps.people.person(sql, userId);
    const card = await deps.people.account(sql);
    return person && card && { person, account: card, words: await deps.people.words(sql) };
  });
}
