import type { AccountId, Clock, ContactId, Result } from '@centralita/kernel';
import { ok, refuse } from '@centralita/kernel';
import type { ContactMessage } from '@centralita/contract';
import { canHaveHappened, toMicroseconds } from '../domain/contact-change.ts';
import { type CallerLookup, digitsOf } from './caller-lookup.ts';
import type { ChangeConfiguration, ConfigurationRefusal, SourceContactTable, SourceMessage, Sql } from './ports.ts';

export interface ContactMessageDeps {
  readonly change: ChangeConfiguration;
  readonly sourceContacts: SourceContactTable;
  readonly callers: Pick<CallerLookup, 'forget'>;
  readonly clock: Clock;
  readonly drawContactId: () => ContactId;
}

/** Numbers, as digits, that a contact had before or has now: whoever shows one of them is to look again. */
type Touched = readonly string[];

const NOTHING = ok({ value: [] as Touched, audit: [], floor: [] });

/**
 * Takes what a source says of a contact, once, and only if it said nothing later: by its own time, then by the message's id. One
 * transaction, so that a message is taken whole or, when it is repeated, anew.
 * Refusals: `not-found` (the source was removed meanwhile), `invalid-input` (a time that cannot be).
 */
export async function takeContactMessage(
  deps: ContactMessageDeps,
  from: { readonly account: AccountId; readonly sourceId: string; readonly messageId: string; readonly requestId: string },
  { type, timestamp, data }: ContactMessage,
): Promise<Result<undefined, ConfigurationRefusal>> {
  const now = deps.clock.now();
  if (!canHaveHappened(timestamp, now)) return refuse({ code: 'invalid-input', errors: [{ pointer: '/timestamp', code: 'not-possible', detail: 'no day, before 1970, or in the future' }] });
  const message: SourceMessage = { sourceId: from.sourceId, messageId: from.messageId, externalId: data.externalId, changedAt: toMicroseconds(timestamp) };
  const touched = await deps.change<Touched>({ account: from.account, actor: 'contact-source', requestId: from.requestId }, async (sql) => {
    if (!(await deps.sourceContacts.hold(sql, message.sourceId))) return refuse({ code: 'not-found' });
    if (!(await deps.sourceContacts.noteMessage(sql, message, now))) return NOTHING;
    const noted = await deps.sourceContacts.noteChange(sql, message, now);
    if (!noted) return NOTHING;
    return type === 'contact.changed' ? writeContact(deps, sql, message, noted.contactId, data) : removeContact(deps, sql, message, noted.contactId);
  });
  if (!touched.ok) return touched;
  deps.callers.forget(from.account, touched.value);
  return ok(undefined);
}

async function writeContact(deps: ContactMessageDeps, sql: Sql, message: SourceMessage, known: ContactId | null, { name, numbers }: { readonly name: string; readonly numbers: readonly string[] }) {
  const before = known === null ? [] : await deps.sourceContacts.numbersOf(sql, known);
  const after = [...new Set(numbers.map(digitsOf))];
  await deps.sourceContacts.write(sql, message, { contactId: known ?? deps.drawContactId(), name, numbers: after });
  // The contact itself says who changed it last; a row of the audit for each change of a customer would drown the others.
  return ok({ value: [...before, ...after], audit: [], floor: [] });
}

async function removeContact(deps: ContactMessageDeps, sql: Sql, { sourceId }: SourceMessage, known: ContactId | null) {
  if (known === null) return NOTHING;
  const before = await deps.sourceContacts.numbersOf(sql, known);
  await deps.sourceContacts.remove(sql, known);
  return ok({ value: before, audit: [{ action: 'contact-removed', entity: 'contact', entityId: known, before: { sourceId } }], floor: [] });
}
