import type { FlowId } from '@centralita/kernel';
import type { Sql } from '../application/change-configuration.ts';
import type { Flow, FlowDefinition, FlowTable } from '../application/ports.ts';

interface Row {
  readonly flow_id: FlowId;
  readonly version: number;
  readonly definition: FlowDefinition;
}
const SELECT = `
  select distinct on (f.flow_id) f.flow_id, f.version, f.definition from flows f
  where f.published and not exists (select from retired_flows r where r.flow_id = f.flow_id)`;
const flowOf = (row: Row): Flow => ({ flowId: row.flow_id, version: row.version, definition: row.definition });

async function find(sql: Sql, flowId: FlowId): Promise<Flow | undefined> {
  const { rows } = await sql.query<Row>(`${SELECT} and f.flow_id = $1 order by f.flow_id, f.version desc`, [flowId]);
  return rows[0] && flowOf(rows[0]);
}

export const flowTable: FlowTable = {
  list: async (sql) => (await sql.query<Row>(`${SELECT} order by f.flow_id, f.version desc`)).rows.map(flowOf),
  find,
  findToChange: async (sql, flowId) => {
    // Versions are never updated, so there is no row to lock.
    await sql.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [flowId]);
    return find(sql, flowId);
  },
  insertVersion: async (sql, flow, createdBy) => {
    await sql.query(`insert into flows (flow_id, version, account, name, definition, created_by) values ($1, $2, current_account(), $3, $4, $5)`, [
      flow.flowId,
      flow.version,
      flow.definition.name,
      JSON.stringify(flow.definition),
      createdBy,
    ]);
  },
  retire: async (sql, flowId) => {
    await sql.query(`insert into retired_flows (flow_id, account) values ($1, current_account())`, [flowId]);
  },
  usedBy: async (sql, flowId) => (await sql.query<{ number: string }>(`select number from numbers where flow_id = $1 order by 1`, [flowId])).rows.map((row) => row.number),
};
