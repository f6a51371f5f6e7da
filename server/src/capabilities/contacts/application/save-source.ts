import type { AccountId, Clock, ContactSourceId, Result } from '@centralita/kernel';
import { ok, refuse } from '@centralita/kernel';
import { type AccountKeys, type ChangeConfiguration, type ConfigurationRefusal, type ContactSource, type ContactSourceTable, drawSigningSecret, type Editor, openSigningKey, type ReadConfiguration } from './ports.ts';

export interface ContactSourceDeps {
  readonly change: ChangeConfiguration;
  readonly read: ReadConfiguration;
  readonly contactSources: ContactSourceTable;
  readonly accountKeys: AccountKeys;
  readonly clock: Clock;
  readonly drawSourceId: () => ContactSourceId;
}

/** A source with the secret that was drawn for it: shown this once, in the form of Standard Webhooks. */
export interface SourceWithSecret {
  readonly source: ContactSource;
  readonly secret: string;
}

const TAKEN: ConfigurationRefusal = { code: 'name-taken', errors: [{ pointer: '/name', code: 'name-taken', detail: 'another source has this name' }] };

export async function createSource(deps: ContactSourceDeps, editor: Editor, name: string): Promise<Result<SourceWithSecret, ConfigurationRefusal>> {
  const sourceId = deps.drawSourceId();
  const { sealed, secret } = await drawSigningSecret(deps.accountKeys, editor.account, sourceId);
  return deps.change(editor, async (sql) => {
    if (await deps.contactSources.nameTaken(sql, name, sourceId)) return refuse(TAKEN);
    const source: ContactSource = { sourceId, name, secret: sealed, createdAt: deps.clock.now(), version: 1 };
    await deps.contactSources.write(sql, source);
    return ok({ value: { source, secret }, audit: [{ action: 'contact-source-created', entity: 'contact-source', entityId: sourceId, after: { name } }], floor: [] });
  });
}

export function renameSource(deps: ContactSourceDeps, editor: Editor, sourceId: ContactSourceId, expectedVersion: number | undefined, name: string): Promise<Result<ContactSource, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const before = await deps.contactSources.findToChange(sql, sourceId);
    if (!before) return refuse({ code: 'not-found' });
    if (expectedVersion !== undefined && before.version !== expectedVersion) return refuse({ code: 'version-conflict' });
    if (await deps.contactSources.nameTaken(sql, name, sourceId)) return refuse(TAKEN);
    const after: ContactSource = { ...before, name, version: before.version + 1 };
    await deps.contactSources.write(sql, after);
    return ok({ value: after, audit: [{ action: 'contact-source-changed', entity: 'contact-source', entityId: sourceId, before: { name: before.name }, after: { name } }], floor: [] });
  });
}

/** What was signed with the secret before is refused from now on. A sender that signs with both meanwhile loses nothing. */
export async function drawNewSecret(deps: ContactSourceDeps, editor: Editor, sourceId: ContactSourceId, expectedVersion: number | undefined): Promise<Result<SourceWithSecret, ConfigurationRefusal>> {
  const { sealed, secret } = await drawSigningSecret(deps.accountKeys, editor.account, sourceId);
  return deps.change(editor, async (sql) => {
    const before = await deps.contactSources.findToChange(sql, sourceId);
    if (!before) return refuse({ code: 'not-found' });
    if (expectedVersion !== undefined && before.version !== expectedVersion) return refuse({ code: 'version-conflict' });
    const source: ContactSource = { ...before, secret: sealed, version: before.version + 1 };
    await deps.contactSources.write(sql, source);
    return ok({ value: { source, secret }, audit: [{ action: 'contact-source-secret-drawn', entity: 'contact-source', entityId: sourceId }], floor: [] });
  });
}

/** With the contacts that it made: nobody else could tell when a customer is to be forgotten. */
export function removeSource(deps: ContactSourceDeps, editor: Editor, sourceId: ContactSourceId): Promise<Result<undefined, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const before = await deps.contactSources.findToChange(sql, sourceId);
    if (!before) return refuse({ code: 'not-found' });
    const contacts = await deps.contactSources.remove(sql, sourceId);
    return ok({ value: undefined, audit: [{ action: 'contact-source-removed', entity: 'contact-source', entityId: sourceId, before: { name: before.name, contacts } }], floor: [] });
  });
}

/** Whose messages come here, and the key of their signatures; undefined: nobody's. */
export async function signerOf(deps: ContactSourceDeps, sourceId: ContactSourceId): Promise<{ readonly account: AccountId; readonly signerId: string; readonly key: Buffer } | undefined> {
  const account = await deps.contactSources.accountOf(sourceId);
  const source = account && (await deps.read(account, (sql) => deps.contactSources.find(sql, sourceId)));
  return account && source && { account, signerId: sourceId, key: await openSigningKey(deps.accountKeys, account, source.secret, sourceId) };
}
