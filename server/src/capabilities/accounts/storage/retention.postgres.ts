import type { Sql } from '../application/change-configuration.ts';
import type { Retention, RetentionTable } from '../application/change-retention.ts';

async function read(sql: Sql, lock: '' | 'for update'): Promise<Retention> {
  const { rows } = await sql.query<{ journal_kept_days: number; recordings_kept_days: number; retention_version: number }>(
    `select journal_kept_days, recordings_kept_days, retention_version from accounts where account = current_account() ${lock}`,
  );
  const row = rows[0]!;
  return { journalKeptDays: row.journal_kept_days, recordingsKeptDays: row.recordings_kept_days, version: row.retention_version };
}

export const retentionTable: RetentionTable = {
  find: (sql) => read(sql, ''),
  findToChange: (sql) => read(sql, 'for update'),
  update: async (sql, { journalKeptDays, recordingsKeptDays }) => {
    await sql.query(
      `update accounts set journal_kept_days = $1, recordings_kept_days = $2, retention_version = retention_version + 1 where account = current_account()`,
      [journalKeptDays, recordingsKeptDays],
    );
  },
};
