import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres, SUPERUSER } from '../embedded-postgres.ts';
import { migrate } from '../migrate.ts';
import { provisionEmbedded, ROLES } from '../roles.ts';

/** The migrated database that every test database is a copy of. */
export const TEMPLATE = 'centralita_template';

/** Debian's programs, for the run that proves the SQL on the oldest supported server. */
const DEBIAN_15 = '/usr/lib/postgresql/15/bin';

/** What a test process needs to reach the server; plain data, so that it can be handed to test workers. */
export interface TestCluster {
  readonly socketDir: string;
  readonly majorVersion: number;
}

/**
 * A server of its own for a run of tests, the simulator or a benchmark, in a folder under the system's temporary one: on the
 * bundled PostgreSQL, or on Debian's 15 with CENTRALITA_TEST_POSTGRES=15. Syncing is off unless `durable`: nobody keeps it.
 */
export async function startTestCluster({ durable = false } = {}): Promise<{ readonly cluster: TestCluster; readonly server: EmbeddedPostgres; stop(): Promise<void> }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cen-'));
  const server = await startEmbeddedPostgres({
    dataDir: path.join(folder, 'pg'),
    socketDir: path.join(folder, 'run'),
    binDir: process.env['CENTRALITA_TEST_POSTGRES'] === '15' ? DEBIAN_15 : undefined,
    settings: durable ? { max_connections: '200' } : { max_connections: '200', fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  const stop = async () => {
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    await provisionEmbedded(server.url(SUPERUSER, 'postgres'), TEMPLATE);
    await migrate(server.url(ROLES.owner, TEMPLATE));
  } catch (error) {
    await stop();
    throw error;
  }
  return { cluster: { socketDir: server.socketDir, majorVersion: server.majorVersion }, server, stop };
}
