import type { AccountId, DeviceId, Language, Role, UserId } from '@centralita/kernel';
import { inAccount, type Pool } from '../../../storage/pool.ts';
import type { ExpiredSessions } from '../application/end-expired-sessions.ts';
import type { EndedSessions } from '../application/remove-ended-sessions.ts';
import type { SessionTable } from '../application/ports.ts';

/** The two look-ups without an account are functions of the database that give back one row by something only its holder knows. */
export function sessionTableIn(pool: Pool): SessionTable {
  return {
    candidate: async (email) => {
      const { rows } = await pool.query<{ user_id: UserId; account: AccountId; password_hash: string }>(`select * from sign_in_candidate($1)`, [email]);
      const row = rows[0];
      return row && { userId: row.user_id, account: row.account, passwordHash: row.password_hash };
    },
    holder: async (tokenHash) => {
      const { rows } = await pool.query<{ session_id: string; account: AccountId; user_id: UserId; role: Role; language: Language }>({
        name: 'session-holder',
        text: `select * from session_holder($1)`,
        values: [tokenHash],
      });
      const row = rows[0];
      return row && { sessionId: row.session_id, account: row.account, userId: row.user_id, role: row.role, language: row.language };
    },
    start: (account, session, address) =>
      inAccount(pool, account, async (connection) => {
        await connection.query(`insert into sessions (session_id, account, user_id, token_hash, expires_at) values ($1, $2, $3, $4, $5)`, [
          session.sessionId,
          account,
          session.userId,
          session.tokenHash,
          new Date(session.expiresAt),
        ]);
        await connection.query(`insert into audit (account, actor, action, entity, entity_id, address) values ($1, $2, 'signed-in', 'session', $3, $4)`, [
          account,
          session.userId,
          session.sessionId,
          address,
        ]);
      }),
    end: (account, sessionId, actor) =>
      inAccount(pool, account, async (connection) => {
        await connection.query(`update sessions set ended_at = now() where session_id = $1 and ended_at is null`, [sessionId]);
        const { rows } = await connection.query<{ device_id: DeviceId }>(`select device_id from devices where session_id = $1`, [sessionId]);
        await connection.query(`insert into audit (account, actor, action, entity, entity_id) values ($1, $2, 'signed-out', 'session', $3)`, [account, actor, sessionId]);
        return rows.map((row) => row.device_id);
      }),
    othersOf: (account, userId, except) =>
      inAccount(pool, account, async (connection) => {
        const { rows } = await connection.query<{ count: number }>(
          `select count(*) as count from sessions where user_id = $1 and session_id <> $2 and ended_at is null and expires_at > now()`,
          [userId, except],
        );
        return rows[0]!.count;
      }),
  };
}

export function expiredSessionsIn(pool: Pool): ExpiredSessions {
  return {
    list: (account) =>
      inAccount(pool, account, async (connection) => {
        const { rows } = await connection.query<{ session_id: string; user_id: UserId }>(
          `select s.session_id, s.user_id from sessions s join users u using (user_id)
             where s.ended_at is null and (s.expires_at <= now() or u.blocked_at is not null) limit 500`,
        );
        return rows.map((row) => ({ sessionId: row.session_id, userId: row.user_id }));
      }),
  };
}

const REMOVED_AT_ONCE = 5_000;

export function endedSessionsIn(pool: Pool): EndedSessions {
  return {
    remove: (account, before) =>
      inAccount(pool, account, async (connection) => {
        // A telephone that is still to be taken from the switch keeps its session.
        const { rowCount } = await connection.query(
          `delete from sessions where session_id in (
             select s.session_id from sessions s
             where s.ended_at < $1 and not exists (select from devices d where d.session_id = s.session_id)
             order by s.ended_at limit ${REMOVED_AT_ONCE})`,
          [new Date(before)],
        );
        const sessions = rowCount ?? 0;
        if (sessions > 0) await connection.query(`insert into audit (account, actor, action, entity, after) values ($1, 'retention', 'sessions-removed', 'session', $2)`, [account, JSON.stringify({ sessions })]);
        return sessions;
      }),
  };
}
