import type { ConversationId, RecordingId } from '@centralita/kernel';
import { inAccount, type Pool } from '../../../storage/pool.ts';
import type { RecordingFile, RecordingState, RecordingTable } from '../application/ports.ts';
import { LOCK_HOLDS } from './legal-holds.postgres.ts';

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
             claimed_at = case when $3 = 'claimed' then now() else claimed_at end
           where recording_id = $1 and state = any ($2::text[])`,
          [recordingId, from, to.state, to.state === 'ready' ? to.durationMs : null, to.state === 'ready' ? to.bytes : null, to.state === 'failed' ? to.failure : null],
        );
        return rowCount === 1;
      }),
    find: async (account, recordingId) => (await list(account, 'where recording_id = $1', [recordingId]))[0],
    inStates: (account, states) => list(account, 'where state = any ($1::text[]) order by started_at', [states]),
    markOldDeleted: (account, before, limit) =>
      inAccount(pool, account, async (connection) => {
        await connection.query(LOCK_HOLDS);
        const { rowCount } = await connection.query(
          `with marked as (
             update recording_files set state = 'deleted', file = null where recording_id in (
               select f.recording_id from recording_files f
               where f.started_at < $1 and f.state in ('ready', 'failed') and not exists (select from legal_holds h where h.conversation_id = f.conversation_id)
               order by f.started_at limit $2)
             returning recording_id
           )
           insert into audit (account, actor, action, entity, entity_id) select current_account(), 'retention', 'recording-deleted', 'recording', recording_id from marked`,
          [new Date(before), limit],
        );
        return rowCount ?? 0;
      }),
    filesToRemove: (account, afterId, limit) =>
      inAccount(pool, account, async (connection) => {
        const { rows } = await connection.query<{ recording_id: RecordingId }>(
          `select recording_id from recording_files where state = 'deleted' and deleted_at is null and recording_id > $1 order by recording_id limit $2`,
          [afterId, limit],
        );
        return rows.map((row) => row.recording_id);
      }),
    fileRemoved: (account, recordingId) =>
      inAccount(pool, account, async (connection) => {
        await connection.query(`update recording_files set deleted_at = now() where recording_id = $1 and state = 'deleted'`, [recordingId]);
      }),
    auditLink: (account, actor, recordingId, requestId) =>
      inAccount(pool, account, async (connection) => {
        await connection.query(`insert into audit (account, actor, action, entity, entity_id, request_id) values ($1, $2, 'recording-link-made', 'recording', $3, $4)`, [account, actor, recordingId, requestId]);
      }),
  };
}
