import type { AccountId, Language, NumberId } from '@centralita/kernel';
import type { Pool } from '../../../storage/pool.ts';
import type { CallPageTable, GuestDevices } from '../application/call-page.ts';

interface Row {
  readonly slug: string;
  readonly account_name: string;
  readonly open: boolean;
  readonly recording_notice: boolean;
  readonly language: Language;
  readonly number_id: NumberId;
  readonly number: string;
  readonly calls_per_address_per_minute: number;
  readonly calls_at_once: number;
}

export function callPageTableIn(pool: Pool): CallPageTable {
  return {
    accountOf: async (slug) => {
      const { rows } = await pool.query<{ account: AccountId }>(`select account from call_page_account($1)`, [slug]);
      return rows[0]?.account;
    },
    find: async (sql, slug) => {
      const { rows } = await sql.query<Row>(
        `select p.slug, a.name as account_name, p.open, p.recording_notice, p.language, p.number_id, n.number, p.calls_per_address_per_minute, p.calls_at_once
           from call_pages p join accounts a using (account) join numbers n using (number_id) where p.slug = $1`,
        [slug],
      );
      const row = rows[0];
      return (
        row && {
          slug: row.slug,
          accountName: row.account_name,
          open: row.open,
          recordingNotice: row.recording_notice,
          language: row.language,
          numberId: row.number_id,
          number: row.number,
          callsPerAddressPerMinute: row.calls_per_address_per_minute,
          callsAtOnce: row.calls_at_once,
        }
      );
    },
  };
}

export const guestDevices: GuestDevices = {
  insert: async (sql, { deviceId, username, secret, onlyNumber, address, expiresAt }) => {
    await sql.query(
      `insert into devices (device_id, account, kind, username, secret, only_number, guest_address, expires_at) values ($1, current_account(), 'guest', $2, $3, $4, $5, $6)`,
      [deviceId, username, secret, onlyNumber, address, new Date(expiresAt)],
    );
  },
  countToAdmit: async (sql, address, now) => {
    await sql.query(`select pg_advisory_xact_lock(hashtext('guest-calls'), hashtext(current_account()))`);
    const { rows } = await sql.query<{ count: number; from_address: number; next_expiry: Date | null }>(
      `select count(*) as count, count(*) filter (where guest_address = $2) as from_address, min(expires_at) filter (where guest_address = $2) as next_expiry
         from devices where kind = 'guest' and expires_at > $1`,
      [new Date(now), address],
    );
    const { count, from_address: fromAddress, next_expiry: nextExpiry } = rows[0]!;
    return { all: count, fromAddress, nextExpiryFromAddress: nextExpiry?.getTime() ?? null };
  },
};
