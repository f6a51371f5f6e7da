import type { Pool } from '../../../storage/pool.ts';
import type { SignInFailureTable } from '../application/sign-in-throttle.ts';

/** Of the installation, not of an account: before somebody has signed in there is none. */
export function signInFailuresIn(pool: Pool): SignInFailureTable {
  return {
    load: async (after, limit) => {
      await pool.query(`delete from sign_in_failures where last_at <= $1`, [new Date(after)]);
      const { rows } = await pool.query<{ who: Buffer; count: number; last_at: Date }>(`select who, count, last_at from sign_in_failures order by last_at desc limit $1`, [limit]);
      return rows.reverse().map((row) => ({ who: row.who.toString('base64url'), count: row.count, lastAt: row.last_at.getTime() }));
    },
    save: async (failures) => {
      const kept = failures.filter(({ count }) => count > 0);
      const whoOf = (some: typeof failures) => some.map(({ who }) => Buffer.from(who, 'base64url'));
      await pool.query(
        `with forgiven as (delete from sign_in_failures where who = any ($4::bytea[]))
         insert into sign_in_failures (who, count, last_at) select * from unnest($1::bytea[], $2::integer[], $3::timestamptz[])
         on conflict (who) do update set count = excluded.count, last_at = excluded.last_at`,
        [whoOf(kept), kept.map(({ count }) => count), kept.map(({ lastAt }) => new Date(lastAt)), whoOf(failures.filter(({ count }) => count === 0))],
      );
    },
  };
}
