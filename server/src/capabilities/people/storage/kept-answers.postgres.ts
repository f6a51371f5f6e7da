import { createHash } from 'node:crypto';
import type { AccountId, UserId } from '@centralita/kernel';
import { inAccount, type Pool } from '../../../storage/pool.ts';

interface KeptReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}
interface Person {
  readonly account: AccountId;
  readonly userId: UserId;
}

/** A request that died with its process frees its key after this. */
const RUNNING_FOR = '1 minute';

/** Answers by Idempotency-Key, for a day. Its shape is `EarlierAnswers` of the HTTP side. */
export function keptAnswersIn(pool: Pool) {
  return {
    begin: ({ account, userId }: Person, key: string, fingerprint: string): Promise<{ readonly kept: KeptReply } | 'none' | 'different' | 'running'> =>
      inAccount(pool, account, async (connection) => {
        const print = createHash('sha256').update(fingerprint).digest();
        await connection.query(
          `delete from kept_answers where user_id = $1 and (created_at < now() - interval '1 day' or (answer is null and created_at < now() - interval '${RUNNING_FOR}'))`,
          [userId],
        );
        const { rowCount } = await connection.query(`insert into kept_answers (account, user_id, key, fingerprint) values ($1, $2, $3, $4) on conflict do nothing`, [account, userId, key, print]);
        if (rowCount === 1) return 'none';
        const { rows } = await connection.query<{ same: boolean; answer: KeptReply | null }>(`select fingerprint = $3 as same, answer from kept_answers where user_id = $1 and key = $2`, [userId, key, print]);
        const held = rows[0];
        if (!held) return 'running';
        if (!held.same) return 'different';
        return held.answer ? { kept: held.answer } : 'running';
      }),
    finish: ({ account, userId }: Person, key: string, reply: KeptReply | undefined): Promise<void> =>
      inAccount(pool, account, async (connection) => {
        if (reply) await connection.query(`update kept_answers set answer = $3 where user_id = $1 and key = $2`, [userId, key, JSON.stringify(reply)]);
        else await connection.query(`delete from kept_answers where user_id = $1 and key = $2 and answer is null`, [userId, key]);
      }),
  };
}
