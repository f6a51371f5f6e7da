import type { AccountId, ContactSourceId } from '@centralita/kernel';
import type { Pool } from '../../../storage/pool.ts';
import type { ContactSource, ContactSourceTable } from '../application/ports.ts';

interface Row {
  readonly source_id: ContactSourceId;
  readonly name: string;
  readonly secret: Buffer;
  readonly created_at: Date;
  readonly version: number;
}
const SELECT = `select source_id, name, secret, created_at, version from contact_sources`;
const sourceOf = (row: Row): ContactSource => ({ sourceId: row.source_id, name: row.name, secret: row.secret, createdAt: row.created_at.getTime(), version: row.version });

export function contactSourceTableIn(pool: Pool): ContactSourceTable {
  return {
    accountOf: async (sourceId) => {
      const { rows } = await pool.query<{ account: AccountId }>({ name: 'contact-source-account', text: `select account from contact_source_account($1)`, values: [sourceId] });
      return rows[0]?.account;
    },
    list: async (sql) => (await sql.query<Row>(`${SELECT} order by lower(name)`)).rows.map(sourceOf),
    find: async (sql, sourceId) => {
      const { rows } = await sql.query<Row>(`${SELECT} where source_id = $1`, [sourceId]);
      return rows[0] && sourceOf(rows[0]);
    },
    findToChange: async (sql, sourceId) => {
      const { rows } = await sql.query<Row>(`${SELECT} where source_id = $1 for update`, [sourceId]);
      return rows[0] && sourceOf(rows[0]);
    },
    nameTaken: async (sql, name, except) => {
      // Two who name one at once are asked one after the other.
      await sql.query(`select pg_advisory_xact_lock(hashtext('contact-source-names'), hashtext(current_account()))`);
      return (await sql.query(`select from contact_sources where lower(name) = lower($1) and source_id <> $2`, [name, except])).rowCount > 0;
    },
    write: async (sql, { sourceId, name, secret, createdAt, version }) => {
      await sql.query(
        `insert into contact_sources (source_id, account, name, secret, created_at, version) values ($1, current_account(), $2, $3, $4, $5)
           on conflict (source_id) do update set name = excluded.name, secret = excluded.secret, version = excluded.version`,
        [sourceId, name, secret, new Date(createdAt), version],
      );
    },
    remove: async (sql, sourceId) => {
      const { rowCount } = await sql.query(`delete from contacts where contact_id in (select contact_id from source_contacts where source_id = $1)`, [sourceId]);
      await sql.query(`delete from contact_sources where source_id = $1`, [sourceId]);
      return rowCount;
    },
  };
}
