import type { QueueId } from '@centralita/kernel';
import type { Sql } from '../application/change-configuration.ts';

/** For live screens: a queue's name and target, which the floor has no use for. */
export async function queueNames(sql: Sql): Promise<ReadonlyMap<QueueId, { readonly name: string; readonly serviceLevelTarget: number }>> {
  const { rows } = await sql.query<{ queue_id: QueueId; name: string; target: number }>(
    `select queue_id, name, coalesce((settings ->> 'serviceLevelTarget')::float8, 0.8) as target from queues where deleted_at is null order by lower(name)`,
  );
  return new Map(rows.map((row) => [row.queue_id, { name: row.name, serviceLevelTarget: row.target }]));
}
