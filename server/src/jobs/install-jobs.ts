import { PgBoss } from 'pg-boss';
import { openConnection } from '../storage/pool.ts';
import { ROLES } from '../storage/roles.ts';

export const JOBS_SCHEMA = 'pgboss';

/** Makes or updates pg-boss' own schema as the owner, and lets `app` use it. Beside our migrations, since its version moves on its own. */
export async function installJobs(ownerUrl: string): Promise<void> {
  const boss = new PgBoss({ connectionString: ownerUrl, schema: JOBS_SCHEMA, max: 2, supervise: false, schedule: false, application_name: 'centralita-jobs-install' });
  const failures: Error[] = [];
  boss.on('error', (error) => failures.push(error));
  await boss.start();
  await boss.stop({ graceful: false });
  if (failures[0]) throw failures[0];
  const client = openConnection(ownerUrl);
  await client.connect();
  try {
    await client.query(`
      grant usage on schema ${JOBS_SCHEMA} to ${ROLES.app};
      grant select, insert, update, delete on all tables in schema ${JOBS_SCHEMA} to ${ROLES.app};
      grant usage on all sequences in schema ${JOBS_SCHEMA} to ${ROLES.app};
      grant execute on all functions in schema ${JOBS_SCHEMA} to ${ROLES.app}`);
  } finally {
    await client.end();
  }
}
