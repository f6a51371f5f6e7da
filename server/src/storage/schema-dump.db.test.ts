import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { MIGRATIONS_FOLDER } from './migrate.ts';
import { dumpSchema } from './schema-dump.ts';
import { freshDatabase } from './testing/database.ts';

it('migrations/schema.sql is what the migrations make (else: node tools/dump-schema/main.ts)', async () => {
  const database = await freshDatabase();
  try {
    const committed = fs.readFileSync(path.join(MIGRATIONS_FOLDER, 'schema.sql'), 'utf8');
    expect(await dumpSchema(database.owner)).toBe(committed);
  } finally {
    await database.drop();
  }
});
