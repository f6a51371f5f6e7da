import type { AccountId, Result } from '@centralita/kernel';
import type { ChangeConfiguration, ConfigurationRefusal, Editor, ReadConfiguration, Sql } from './change-configuration.ts';

/** Days that things are kept before a round of retention removes them. */
export interface RetentionSettings {
  readonly journalKeptDays: number;
  readonly recordingsKeptDays: number;
}
export type Retention = RetentionSettings & { readonly version: number };

export interface RetentionTable {
  find(sql: Sql): Promise<Retention>;
  /** Locks the row for the transaction. */
  findToChange(sql: Sql): Promise<Retention>;
  /** Grows the version by one. */
  update(sql: Sql, settings: RetentionSettings): Promise<void>;
}

export interface RetentionDeps {
  readonly change: ChangeConfiguration;
  readonly read: ReadConfiguration;
  readonly retention: RetentionTable;
}

export const showRetention = (deps: Pick<RetentionDeps, 'read' | 'retention'>, account: AccountId): Promise<Retention> => deps.read(account, (sql) => deps.retention.find(sql));

/** The next round goes by it. A shorter time deletes for good, so who chose it is in the audit with what it was before. */
export function changeRetention(deps: RetentionDeps, editor: Editor, expectedVersion: number | undefined, settings: RetentionSettings): Promise<Result<Retention, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const { version, ...before } = await deps.retention.findToChange(sql);
    if (expectedVersion !== undefined && version !== expectedVersion) return { ok: false, refusal: { code: 'version-conflict' } };
    await deps.retention.update(sql, settings);
    const audit = [{ action: 'retention-changed', entity: 'account', entityId: editor.account, before, after: settings }];
    return { ok: true, value: { value: { ...settings, version: version + 1 }, audit, floor: [] } };
  });
}
