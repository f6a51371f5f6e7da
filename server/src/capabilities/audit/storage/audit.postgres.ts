import { inAccount, type Pool } from '../../../storage/pool.ts';
import type { AuditEntry, AuditTrail } from '../application/list-audit.ts';

interface Row {
  readonly id: number;
  readonly at: Date;
  readonly actor: string;
  readonly actor_name: string | null;
  readonly action: string;
  readonly entity: string | null;
  readonly entity_id: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly request_id: string | null;
  readonly address: string | null;
}
const entryOf = (row: Row): AuditEntry => ({
  id: row.id,
  at: row.at.getTime(),
  actor: { id: row.actor, name: row.actor_name },
  action: row.action,
  entity: row.entity,
  entityId: row.entity_id,
  before: row.before,
  after: row.after,
  requestId: row.request_id,
  address: row.address,
});

/** @param pool the role `app`'s, which adds and reads rows and can do nothing else with them */
export function auditTrailIn(pool: Pool): AuditTrail {
  return {
    list: (account, filter, beforeId) =>
      inAccount(pool, account, async (connection) => {
        const values: unknown[] = [account];
        const place = (value: unknown): string => `$${values.push(value)}`;
        const conditions = ['a.account = $1'];
        if (beforeId !== undefined) conditions.push(`a.id < ${place(beforeId)}`);
        if (filter.from !== undefined) conditions.push(`a.at >= ${place(new Date(filter.from))}`);
        if (filter.to !== undefined) conditions.push(`a.at < ${place(new Date(filter.to))}`);
        for (const [column, wanted] of [['actor', filter.actor], ['action', filter.action], ['entity', filter.entity], ['entity_id', filter.entityId]] as const) {
          if (wanted !== undefined) conditions.push(`a.${column} = ${place(wanted)}`);
        }
        const { rows } = await connection.query<Row>(
          `select a.id, a.at, a.actor, u.name as actor_name, a.action, a.entity, a.entity_id, a.before, a.after, a.request_id, a.address
             from audit a left join users u on u.user_id = a.actor
             where ${conditions.join(' and ')} order by a.id desc limit ${place(filter.limit + 1)}`,
          values,
        );
        return rows.map(entryOf);
      }),
  };
}
