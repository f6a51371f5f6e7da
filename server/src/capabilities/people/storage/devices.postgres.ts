import type { DeviceId, UserId } from '@centralita/kernel';
import type { DeviceRow, DeviceTable } from '../application/ports.ts';

interface Row {
  readonly device_id: DeviceId;
  readonly user_id: UserId | null;
  readonly session_id: string | null;
  readonly kind: DeviceRow['kind'];
  readonly username: string;
  readonly secret: Buffer;
  readonly only_number: string | null;
  readonly contact: string | null;
  readonly expires_at: Date | null;
}

const deviceOf = (row: Row): DeviceRow => ({
  deviceId: row.device_id,
  userId: row.user_id,
  sessionId: row.session_id,
  kind: row.kind,
  username: row.username,
  secret: row.secret,
  onlyNumber: row.only_number,
  contact: row.contact,
  expiresAt: row.expires_at?.getTime() ?? null,
});

export const deviceTable: DeviceTable = {
  insert: async (sql, device) => {
    await sql.query(
      `insert into devices (device_id, account, user_id, session_id, kind, username, secret, only_number, contact, expires_at)
         values ($1, current_account(), $2, $3, $4, $5, $6, $7, $8, $9)`,
      [device.deviceId, device.userId, device.sessionId, device.kind, device.username, device.secret, device.onlyNumber, device.contact, device.expiresAt === null ? null : new Date(device.expiresAt)],
    );
  },
  remove: async (sql, deviceIds) => {
    await sql.query(`delete from devices where device_id = any ($1::text[])`, [deviceIds]);
  },
  ofSession: async (sql, sessionId) =>
    (await sql.query<{ device_id: DeviceId }>(`select device_id from devices where session_id = $1 order by created_at`, [sessionId])).rows.map((row) => row.device_id),
  expired: async (sql, now) =>
    (await sql.query<{ device_id: DeviceId }>(`select device_id from devices where expires_at < $1 order by device_id limit 1000`, [new Date(now)])).rows.map((row) => row.device_id),
  all: async (sql) => (await sql.query<Row>(`select * from devices order by device_id`)).rows.map(deviceOf),
};
