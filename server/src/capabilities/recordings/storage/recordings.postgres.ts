import type { ConversationId, RecordingId } from '@centralita/kernel';
import { inAccount, type Pool } from '../../../storage/pool.ts';
import type { RecordingFile, RecordingState, RecordingTable } from '../application/ports.ts';

interface Row {
  readonly recording_id: RecordingId;
  readonly conversation_id: ConversationId | null;
  readonly state: RecordingState;
  readonly started_at: Date;
  readonly duration_ms: number | null;
  readonly failure: string | null;
}
const SELECT = `select recording_id, conversation_id, state, started_at, duration_ms, failure from recording_files`;
const fileOf = (row: Row): RecordingFile => ({
  recordingId: row.recording_id,
  conversationId: row.conversation_id,
  state: row.state,
  startedAt: row.started_at.getTime(),
  durationMs: row.duration_ms,
  failure: row.failure,
});

export function recordingTableIn(pool: Pool): RecordingTable {
  const list = (account: string, where: string, values: readonly unknown[]) =>
    inAccount(pool, account, async (connection) => (await connection.query<Row>(`${SELECT} ${where}`, [...values])).rows.map(fileOf));
  return {
    begin: (account, { recordingId, conversationId, startedAt }) =>
      inAccount(pool, account, async (connection) => {
        await connection.query(
          `insert into recording_files (recording_id, account, conversation_id, state, started_at) values ($1, $2, $3, 'running', $4) on conflict do nothing`,
          [recordingId, account, conversationId, new Date(startedAt)],
        );
      }),
    move: (account, recordingId, from, to) =>
      inAccount(pool, account, async (connection) => {
        const { rowCount } = await connection.query(
          `update recording_files set state = $3::text, duration_ms = coalesce($4, duration_ms), bytes = coalesce($5, bytes), failure = coalesce($6, failure),
             claimed_at = case when $3 = 'claimed' then now() else claimed_at end, deleted_at = case when $3 = 'deleted' then now() else deleted_at end
           where recording_id = $1 and state = any ($2::text[])`,
          [recordingId, from, to.state, to.state === 'ready' ? to.durationMs : null, to.state === 'ready' ? to.bytes : null, to.state === 'failed' ? to.failure : null],
        );
        return rowCount === 1;
      }),
    find: async (account, recordingId) => (await list(account, 'where recording_id = $1', [recordingId]))[0],
    inStates: (account, states) => list(account, 'where state = any ($1::text[]) order by started_at', [states]),
    olderThan: (account, before, limit) => list(account, `where started_at < $1 and state <> 'deleted' order by started_at limit $2`, [new Date(before), limit]),
    audit: (account, actor, action, recordingId, requestId) =>
      inAccount(pool, account, async (connection) => {
        await connection.query(`insert into audit (account, actor, action, entity, entity_id, request_id) values ($1, $2, $3, 'recording', $4, $5)`, [account, actor, action, recordingId, requestId]);
      }),
  };
}
