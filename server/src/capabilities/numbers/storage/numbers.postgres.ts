import type { FlowId, NumberId, TrunkId } from '@centralita/kernel';
import type { DialledNumber, NumberTable } from '../application/ports.ts';

interface Row {
  readonly number_id: NumberId;
  readonly number: string;
  readonly flow_id: FlowId;
  readonly trunk_id: TrunkId | null;
  readonly public: boolean;
  readonly version: number;
}
const SELECT = `select number_id, number, flow_id, trunk_id, public, version from numbers`;
const numberOf = (row: Row): DialledNumber => ({
  numberId: row.number_id,
  number: row.number,
  flowId: row.flow_id,
  trunkId: row.trunk_id,
  public: row.public,
  version: row.version,
});

export const numberTable: NumberTable = {
  list: async (sql) => (await sql.query<Row>(`${SELECT} order by number, number_id`)).rows.map(numberOf),
  findToChange: async (sql, numberId) => {
    const { rows } = await sql.query<Row>(`${SELECT} where number_id = $1 for update`, [numberId]);
    return rows[0] && numberOf(rows[0]);
  },
  taken: async (sql, { number, trunkId }, except) =>
    (await sql.query(`select from numbers where number = $1 and trunk_id is not distinct from $2 and number_id <> $3`, [number, trunkId, except])).rowCount > 0,
  write: async (sql, { numberId, number, flowId, trunkId, public: open, version }) => {
    // Another account's public number cannot be seen here; the unique index knows it, and `on conflict` keeps the transaction whole.
    const { rowCount: inserted } = await sql.query(
      `insert into numbers (number_id, account, number, flow_id, trunk_id, public, version)
         select $1, current_account(), $2, $3, $4, $5, $6 where $6 = 1
         on conflict do nothing`,
      [numberId, number, flowId, trunkId, open, version],
    );
    if (version === 1) return inserted === 1 ? 'written' : 'taken-elsewhere';
    const { rows } = await sql.query<{ free: boolean }>(`select not public_number_elsewhere($1) as free`, [number]);
    if (open && !rows[0]!.free) return 'taken-elsewhere';
    await sql.query(`update numbers set number = $2, flow_id = $3, trunk_id = $4, public = $5, version = $6 where number_id = $1`, [numberId, number, flowId, trunkId, open, version]);
    return 'written';
  },
  remove: async (sql, numberId) => {
    await sql.query(`delete from numbers where number_id = $1`, [numberId]);
  },
  usedBy: async (sql, numberId) => (await sql.query<{ slug: string }>(`select slug from call_pages where number_id = $1 order by 1`, [numberId])).rows.map((row) => row.slug),
  flowExists: async (sql, flowId) =>
    (await sql.query(`select from flows f where f.flow_id = $1 and f.published and not exists (select from retired_flows r where r.flow_id = f.flow_id) limit 1`, [flowId])).rowCount > 0,
};
