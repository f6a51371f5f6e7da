import type { Connection } from '../pool.ts';

export interface TableShape {
  readonly name: string;
  /** Without generated ones, which are computed again. */
  readonly columns: readonly string[];
}

/** What the runner writes itself. */
const NOT_CARRIED = ['schema_migrations'];

/** Every table of ours, the referred-to before the referring. */
export async function tablesInOrder(connection: Connection): Promise<TableShape[]> {
  const { rows } = await connection.query<{ name: string; columns: string[]; refers: string[] }>({
    text: `
      select c.relname as name,
        (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
        (select coalesce(array_agg(distinct r.relname::text), '{}') from pg_constraint k join pg_class r on r.oid = k.confrelid
          where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as refers
      from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all ($1)
      order by c.relname`,
    values: [NOT_CARRIED],
  });
  const ordered: TableShape[] = [];
  const placed = new Set<string>();
  while (ordered.length < rows.length) {
    const next = rows.filter(({ name, refers }) => !placed.has(name) && refers.every((other) => placed.has(other)));
    if (next.length === 0) throw new Error(`tables refer to each other in a circle: ${rows.filter(({ name }) => !placed.has(name)).map(({ name }) => name).join(', ')}`);
    for (const { name, columns } of next) {
      placed.add(name);
      ordered.push({ name, columns });
    }
  }
  return ordered;
}
