import type { AccountId, Result } from '@centralita/kernel';
import { type Connection, inAccount, type Pool } from '../../../storage/pool.ts';
import type { AuditNote, ChangeConfiguration, ConfigurationRefusal, Edit, Editor, FloorChange, ReadConfiguration, Sql } from '../application/change-configuration.ts';

/** Carries a refusal out of a transaction, so that it rolls back. */
class Refused extends Error {
  readonly refusal: ConfigurationRefusal;
  constructor(refusal: ConfigurationRefusal) {
    super('the change was refused');
    this.refusal = refusal;
  }
}

export function changeConfigurationIn(pool: Pool): ChangeConfiguration {
  return async <Value>(editor: Editor, work: (sql: Sql) => Promise<Result<Edit<Value>, ConfigurationRefusal>>): Promise<Result<Value, ConfigurationRefusal>> => {
    try {
      return await inAccount(pool, editor.account, async (connection) => {
        const sql = sqlOf(connection);
        const outcome = await work(sql);
        if (!outcome.ok) throw new Refused(outcome.refusal);
        await writeAudit(sql, editor, outcome.value.audit);
        await writeOutbox(sql, editor.account, outcome.value.floor);
        return { ok: true, value: outcome.value.value };
      });
    } catch (error) {
      if (error instanceof Refused) return { ok: false, refusal: error.refusal };
      throw error;
    }
  };
}

export function readConfigurationIn(pool: Pool): ReadConfiguration {
  return (account, work) => inAccount(pool, account, (connection) => work(sqlOf(connection)));
}

export function sqlOf(connection: Connection): Sql {
  return {
    query: async <Row>(text: string, values: readonly unknown[] = []) => {
      const result = await connection.query(text, [...values]);
      return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0 };
    },
  };
}

export async function writeAudit(sql: Sql, editor: Editor, notes: readonly AuditNote[]): Promise<void> {
  for (const note of notes) {
    await sql.query(
      `insert into audit (account, actor, action, entity, entity_id, before, after, request_id) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [editor.account, editor.actor, note.action, note.entity, note.entityId, jsonOf(note.before), jsonOf(note.after), editor.requestId],
    );
  }
}

async function writeOutbox(sql: Sql, account: AccountId, changes: readonly FloorChange[]): Promise<void> {
  for (const change of changes) {
    await sql.query(`insert into outbox (account, entity, entity_id, value) values ($1, $2, $3, $4)`, [account, change.entity, change.id, jsonOf(change.value)]);
  }
}

const jsonOf = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));
