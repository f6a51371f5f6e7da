import fs from 'node:fs';
import path from 'node:path';
import { MIGRATIONS_FOLDER } from '@centralita/server/storage/migrate.ts';
import { openConnection } from '@centralita/server/storage/pool.ts';
import { ROLES } from '@centralita/server/storage/roles.ts';
import { dumpSchema } from '@centralita/server/storage/schema-dump.ts';
import { startTestCluster, TEMPLATE } from '@centralita/server/storage/testing/cluster.ts';

// Migrates an empty database and writes what came out to server/migrations/schema.sql.
const { server, stop } = await startTestCluster();
try {
  const connection = openConnection(server.url(ROLES.owner, TEMPLATE));
  await connection.connect();
  const text = await dumpSchema(connection).finally(() => connection.end());
  fs.writeFileSync(path.join(MIGRATIONS_FOLDER, 'schema.sql'), text);
} finally {
  await stop();
}
