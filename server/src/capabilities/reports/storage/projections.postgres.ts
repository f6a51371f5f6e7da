import { binaryArray, type ColumnKind, POSTGRES_TYPES } from '../../../storage/binary-arrays.ts';
import { inTransaction, type Connection, type Pool } from '../../../storage/pool.ts';
import type { ProjectionStore } from '../application/ports.ts';
import { TABLE_NAMES, type Draft, type WrittenRows } from '../domain/projection/draft.ts';
import type { ProjectedTables, TableName } from '../domain/projection/rows.ts';

/** In the tables fields are snake_case and instants are timestamptz; in the rows they are camelCase and ms. Nothing else differs. */
const TABLES: { readonly [Name in TableName]: { readonly table: string; readonly key: string; readonly columns: readonly (keyof ProjectedTables[Name] & string)[] } } = {
  conversations: {
    table: 'conversations',
    key: 'conversation_id',
    columns: ['conversationId', 'callId', 'direction', 'startedAt', 'endedAt', 'customerKind', 'customerNumberRef', 'customerNameRef', 'dialledRef', 'numberId', 'queueId', 'segmentId', 'agentId', 'colleagueId', 'answeredAt', 'waitMs', 'connectedMs', 'holdMs', 'afterServiceMs', 'customerMos', 'menuPath', 'ending', 'endedBy', 'firstSeq'],
  },
  segments: {
    table: 'segments',
    key: 'segment_id',
    columns: ['segmentId', 'conversationId', 'queueId', 'reason', 'priority', 'agentId', 'offerId', 'queuedAt', 'thresholdMs', 'waitMs', 'answeredAt', 'leftAt', 'connectedMs', 'holdMs', 'afterServiceMs', 'afterServiceId', 'afterServiceReason', 'ending', 'overflowReason', 'overflowQueueId', 'firstSeq'],
  },
  participations: {
    table: 'participations',
    key: 'participation_id',
    columns: ['participationId', 'conversationId', 'agentId', 'startedAt', 'fromAt', 'toAt', 'mos', 'firstSeq'],
  },
  offers: {
    table: 'offers',
    key: 'offer_id',
    columns: ['offerId', 'conversationId', 'segmentId', 'queueId', 'agentId', 'offeredAt', 'waitedMs', 'selection', 'skillLevel', 'idleMs', 'queuePriority', 'passedOver', 'runnersUp', 'endedAt', 'ending', 'endedBy', 'ringMs', 'withdrawal', 'firstSeq'],
  },
  recordings: {
    table: 'recordings',
    key: 'recording_id',
    columns: ['recordingId', 'conversationId', 'callId', 'agentId', 'queueId', 'state', 'startedAt', 'stoppedAt', 'durationMs', 'bytes', 'file', 'failure', 'firstSeq'],
  },
  intervals: {
    table: 'agent_intervals',
    key: 'agent_id, from_at',
    columns: ['agentId', 'activity', 'statusId', 'takesQueueWork', 'queueId', 'conversationId', 'fromAt', 'toAt', 'firstSeq'],
  },
  timeline: { table: 'timeline_entries', key: 'conversation_id, first_seq, place', columns: ['conversationId', 'place', 'at', 'kind', 'facts', 'firstSeq'] },
  rules: { table: 'projection_rules', key: 'account, rule_id', columns: ['ruleId', 'entity', 'value', 'firstSeq'] },
};

const snake = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

interface Column {
  readonly field: string;
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Everything else is text. A list of words is made out of its JSON: an array inside an array would be taken apart with it. */
const KINDS: Readonly<Record<string, ColumnKind>> = {
  ...kinds('bigint', ['priority', 'skillLevel', 'queuePriority', 'place', 'bytes', 'firstSeq']),
  ...kinds('double', ['mos', 'customerMos']),
  ...kinds('boolean', ['takesQueueWork']),
  ...kinds('jsonb', ['passedOver', 'runnersUp', 'facts', 'value', 'menuPath']),
};
const WORDS = 'menu_path';

function kinds(kind: ColumnKind, fields: readonly string[]): Record<string, ColumnKind> {
  return Object.fromEntries(fields.map((field) => [field, kind]));
}
const kindOf = (field: string): ColumnKind => KINDS[field] ?? (field === 'at' || field.endsWith('At') ? 'timestamptz' : field.endsWith('Ms') ? 'bigint' : 'text');

const COLUMNS = Object.fromEntries(
  TABLE_NAMES.map((name) => [name, TABLES[name].columns.map((field: string): Column => ({ field, name: snake(field), kind: kindOf(field) }))]),
) as unknown as Readonly<Record<TableName, readonly Column[]>>;

/** Rows of one statement: what its columns take to make, some 3 ms, is the longest that nothing else runs. */
const ROWS_AT_ONCE = 500;

/** PostgreSQL gets the columns of many rows: it reads them in half the time that it takes to read the rows out of a JSON text. */
const WRITES = Object.fromEntries(
  TABLE_NAMES.map((name) => {
    const { table, key } = TABLES[name];
    const columns = COLUMNS[name];
    const names = columns.map((column) => column.name).join(', ');
    const values = columns.map((column) => (column.name === WORDS ? `array(select jsonb_array_elements_text(${WORDS}))` : column.name)).join(', ');
    const arrays = columns.map(({ kind }, index) => `$${index + 2}::${POSTGRES_TYPES[kind]}[]`).join(', ');
    const insert = `insert into ${table} (account, ${names}) select $1, ${values} from unnest(${arrays}) as rows (${names})`;
    // Entries are added and never changed: not looking for an earlier one saves a quarter of their insert (1.5 of 6.4 s for 457,000).
    if (name === 'timeline') return [name, insert];
    const changes = columns.filter((column) => !key.split(', ').includes(column.name)).map((column) => `${column.name} = excluded.${column.name}`);
    return [name, `${insert} on conflict (${key}) do update set ${changes.join(', ')}`];
  }),
) as Readonly<Record<TableName, string>>;

/** @param pool the role `floor`'s */
export function projectionsIn(pool: Pool): ProjectionStore {
  return {
    async open(account, draft) {
      const position = await readPosition(pool, account);
      await lookUpRules(pool, account, draft);
      return position;
    },
    transaction: (account, work) =>
      inTransaction(pool, async (connection) => {
        // The rows can be made again and carry their position: losing the last moments in a power cut loses nothing.
        await connection.query('set local synchronous_commit = off');
        await work({
          async lookUp({ conversations, agents }, draft, frozenBefore) {
            await lookUpConversations(connection, account, [...conversations], draft, frozenBefore);
            await lookUpOpenIntervals(connection, account, [...agents], draft);
          },
          lookUpRules: (draft) => lookUpRules(connection, account, draft),
          save: (written, seq) => save(connection, account, written, seq),
          clear: () => clearProjection(connection, account),
        });
      }),
  };
}

async function save(connection: Connection, account: string, written: WrittenRows, seq: number): Promise<void> {
  let sent: Promise<unknown> = Promise.resolve();
  for (const name of TABLE_NAMES) {
    const rows: readonly object[] = written[name];
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const some = rows.slice(from, from + ROWS_AT_ONCE) as readonly Readonly<Record<string, unknown>>[];
      const columns = COLUMNS[name].map(({ field, kind }) => binaryArray(kind, some.map((row) => row[field])));
      // The next columns are made while PostgreSQL writes the last.
      await sent;
      sent = connection.query({ name: `project-${name}`, text: WRITES[name], values: [account, ...columns] });
    }
  }
  await sent;
  await connection.query({
    name: 'project-position',
    text: `insert into projection_positions (name, account, seq) values ('interactions', $1, $2) on conflict (name, account) do update set seq = excluded.seq`,
    values: [account, seq],
  });
}

function recordOf<Name extends TableName>(name: Name, row: Readonly<Record<string, unknown>>): ProjectedTables[Name] {
  const record: Record<string, unknown> = {};
  for (const { field, name: column } of COLUMNS[name]) {
    const value = row[column];
    record[field] = value instanceof Date ? value.getTime() : value;
  }
  return record as unknown as ProjectedTables[Name];
}

async function select<Name extends TableName>(connection: Connection, name: Name, where: string, values: readonly unknown[]): Promise<ProjectedTables[Name][]> {
  const { rows } = await connection.query<Record<string, unknown>>({ name: `look-up-${name} ${where}`.slice(0, 60), text: `select * from ${TABLES[name].table} where ${where}`, values: [...values] });
  return rows.map((row) => recordOf(name, row));
}

export async function readPosition(connection: Connection, account: string): Promise<number> {
  const { rows } = await connection.query<{ seq: number }>(`select seq from projection_positions where name = 'interactions' and account = $1`, [account]);
  return rows[0]?.seq ?? 0;
}

/** The turn up to which an account's history is written. */
export const historyReachesIn = (pool: Pool) => (account: string): Promise<number> => readPosition(pool, account);

async function lookUpRules(connection: Connection, account: string, draft: Draft): Promise<void> {
  for (const rule of await select(connection, 'rules', 'account = $1', [account])) draft.rules.know(rule.ruleId, rule);
}

async function lookUpConversations(connection: Connection, account: string, ids: readonly string[], draft: Draft, frozenBefore: number): Promise<void> {
  if (ids.length === 0) return;
  const values = [account, ids, frozenBefore];
  const ofThem = 'account = $1 and conversation_id = any($2) and first_seq >= $3';
  for (const row of await select(connection, 'conversations', ofThem, values)) draft.conversations.know(row.conversationId, row);
  for (const row of await select(connection, 'segments', ofThem, values)) draft.knowIn('segments', row.segmentId, row);
  for (const row of await select(connection, 'participations', `${ofThem} order by first_seq, participation_id`, values)) draft.knowIn('participations', row.participationId, row);
  for (const row of await select(connection, 'offers', ofThem, values)) draft.knowIn('offers', row.offerId, row);
  for (const row of await select(connection, 'recordings', ofThem, values)) draft.knowIn('recordings', row.recordingId, row);
}

async function lookUpOpenIntervals(connection: Connection, account: string, agentIds: readonly string[], draft: Draft): Promise<void> {
  if (agentIds.length === 0) return;
  for (const row of await select(connection, 'intervals', 'account = $1 and agent_id = any($2) and to_at is null', [account, agentIds])) {
    draft.knowOpenInterval(row);
  }
}

/** Rows of turns that retention has removed stay, and an interval of theirs that outlasted them is opened again. */
async function clearProjection(connection: Connection, account: string): Promise<number | undefined> {
  // Retention waits for this, or this for it: no turn goes between the look at the first one and the rows made again from it.
  await connection.query(`select from projection_positions where name = 'interactions' and account = $1 for update`, [account]);
  const { rows } = await connection.query<{ seq: number; at: Date }>('select seq, at from journal where account = $1 order by seq limit 1', [account]);
  const first = rows[0];
  if (first === undefined) return undefined;
  for (const name of TABLE_NAMES) {
    if (name === 'rules' && first.seq > 1) continue;
    await connection.query(`delete from ${TABLES[name].table} where account = $1 and first_seq >= $2`, [account, first.seq]);
  }
  await connection.query(
    `update agent_intervals i set to_at = null
     where account = $1 and to_at >= $2 and not exists (select from agent_intervals l where l.account = i.account and l.agent_id = i.agent_id and l.from_at > i.from_at)`,
    [account, first.at],
  );
  await connection.query(`delete from projection_positions where name = 'interactions' and account = $1`, [account]);
  return first.seq;
}
