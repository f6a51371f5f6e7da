import type { TrunkId } from '@centralita/kernel';
import type { Trunk, TrunkSettings, TrunkTable } from '../application/ports.ts';

interface Row {
  readonly trunk_id: TrunkId;
  readonly name: string;
  readonly settings: Omit<TrunkSettings, 'name'>;
  readonly secret: Buffer | null;
  readonly version: number;
}
const SELECT = `select trunk_id, name, settings, secret, version from trunks`;
const trunkOf = (row: Row): Trunk => ({ trunkId: row.trunk_id, settings: { ...row.settings, name: row.name }, secret: row.secret, version: row.version });

export const trunkTable: TrunkTable = {
  list: async (sql) => (await sql.query<Row>(`${SELECT} order by lower(name)`)).rows.map(trunkOf),
  findToChange: async (sql, trunkId) => {
    const { rows } = await sql.query<Row>(`${SELECT} where trunk_id = $1 for update`, [trunkId]);
    return rows[0] && trunkOf(rows[0]);
  },
  nameTaken: async (sql, name, except) => (await sql.query(`select from trunks where lower(name) = lower($1) and trunk_id <> $2`, [name, except])).rowCount > 0,
  write: async (sql, { trunkId, settings: { name, ...settings }, secret, version }) => {
    await sql.query(
      `insert into trunks (trunk_id, account, name, settings, secret, version) values ($1, current_account(), $2, $3, $4, $5)
         on conflict (trunk_id) do update set name = excluded.name, settings = excluded.settings, secret = excluded.secret, version = excluded.version`,
      [trunkId, name, JSON.stringify(settings), secret, version],
    );
  },
  remove: async (sql, trunkId) => {
    await sql.query(`delete from trunks where trunk_id = $1`, [trunkId]);
  },
  usedBy: async (sql, trunkId) => (await sql.query<{ number: string }>(`select number from numbers where trunk_id = $1 order by 1`, [trunkId])).rows.map((row) => row.number),
};
