import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { AccountId } from '@centralita/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresJournal } from '../journal.postgres.ts';
import { readOutbox, writeOutbox } from '../outbox.postgres.ts';
import { inAccount, type Pool } from '../pool.ts';
import { blankDatabase, freshDatabase, givenAccount, type TestDatabase } from '../testing/database.ts';
import { writeBackup } from './backup.ts';
import { readBackup } from './restore.ts';
import { tablesInOrder } from './tables.ts';

let source: TestDatabase;
let account: AccountId;
let scratch: string;
let backup: string;

beforeAll(async () => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'bak-'));
  backup = path.join(scratch, 'center.backup');
  source = await freshDatabase();
  account = await givenAccount(source);
  await fill(source);
  for (const [file, content] of [
    ['recordings/kept/a/rec_1.wav', Buffer.alloc(700_000, 7)],
    ['secrets/installation.key', Buffer.from('key')],
    ['secrets/database.json', Buffer.from('belongs to the other server')],
  ] as const) {
    fs.mkdirSync(path.dirname(path.join(scratch, file)), { recursive: true });
    fs.writeFileSync(path.join(scratch, file), content);
  }
  expect(await writeBackup(source.urls.owner, foldersIn(scratch), backup)).toMatchObject({ files: 2 });
});
afterAll(async () => {
  await source.drop();
  fs.rmSync(scratch, { recursive: true });
});

const foldersIn = (folder: string) => ({ recordings: path.join(folder, 'recordings'), secrets: path.join(folder, 'secrets') });

async function fill({ floor, app }: TestDatabase): Promise<void> {
  const journal = new PostgresJournal(floor);
  for (const seqs of [[1, 2], [3]]) {
    const epoch = await journal.takeLease(account, 'a');
    await journal.appendTurns(
      seqs.map((seq) => ({
        account,
        seq,
        epoch,
        at: 1_795_000_000_000,
        deciderVersion: 1,
        input: { text: 'tab\t newline\n back\\slash "quote" ñ 📞' },
        seed: 'x',
        events: [],
        effects: [],
        timers: [],
        closedEffects: [],
        personal: { [`per_${seq}`]: 'Ana\t\\N\n' },
      })),
    );
  }
  await journal.saveSnapshot({ account, seq: 3, schemaVersion: 1, takenAt: 1_795_000_000_000, state: new Uint8Array([0, 255, 10, 92]) });
  for (const entityId of ['one', 'two', 'three']) {
    await inAccount(app, account, (connection) => writeOutbox(connection, account, { entity: 'queue', entityId, value: { entityId } }));
  }
}

/** Row count and a hash of all rows, by table. The outbox's transaction numbers belong to a server. */
async function contents(owner: Pool): Promise<Record<string, unknown>> {
  const tables = await tablesInOrder(owner);
  const result: Record<string, unknown> = {};
  for (const { name, columns } of tables) {
    const compared = columns.filter((column) => !(name === 'outbox' && column === 'tx')).map((column) => `"${column}"`);
    const { rows } = await owner.query(`select count(*) as count, md5(string_agg(row::text, '|' order by row::text)) as hash from (select ${compared.join(', ')} from "${name}") row`);
    result[name] = rows[0];
  }
  return result;
}

describe('backup and restore', () => {
  it('bring every row and file to another database, and the program goes on there', async () => {
    const target = await blankDatabase();
    const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), 'bak-'));
    try {
      const result = await readBackup(target.urls.owner, foldersIn(elsewhere), backup);
      expect(result.files).toBe(2);
      expect(await contents(target.owner)).toEqual(await contents(source.owner));
      expect(fs.readFileSync(path.join(elsewhere, 'recordings/kept/a/rec_1.wav')).equals(Buffer.alloc(700_000, 7))).toBe(true);
      expect(fs.readFileSync(path.join(elsewhere, 'secrets/installation.key'), 'utf8')).toBe('key');
      expect(fs.existsSync(path.join(elsewhere, 'secrets/database.json'))).toBe(false);

      // The outbox is read on from where the floor was, and the journal is fenced as before.
      const { rows } = await readOutbox(target.floor, account, 1);
      expect(rows.map((row) => row.entityId)).toEqual(['two', 'three']);
      await inAccount(target.app, account, (connection) => writeOutbox(connection, account, { entity: 'queue', entityId: 'four', value: null }));
      await expect.poll(async () => (await readOutbox(target.floor, account, 3)).rows.map((row) => row.entityId)).toEqual(['four']);
      const journal = new PostgresJournal(target.floor);
      expect(await journal.takeLease(account, 'b')).toBe(3);
    } finally {
      await target.drop();
      fs.rmSync(elsewhere, { recursive: true });
    }
  });

  it('keep the order of an outbox in which ids and transactions disagree', async () => {
    const target = await blankDatabase();
    const tangled = await freshDatabase();
    try {
      const of = await givenAccount(tangled);
      const order = [2, 3, 1, 5, 4];
      for (const [index, id] of order.entries()) {
        await tangled.owner.query('insert into outbox (account, tx, id, entity, entity_id) overriding system value values ($1, $2::xid8, $3, $4, $5)', [of, String(1_000 + index), id, 'queue', `${id}`]);
      }
      const file = path.join(scratch, 'tangled.backup');
      await writeBackup(tangled.urls.owner, foldersIn(path.join(scratch, 'none')), file);
      await readBackup(target.urls.owner, foldersIn(path.join(scratch, 'none')), file);
      expect((await readOutbox(target.floor, of, 0)).rows.map((row) => row.position)).toEqual(order);
      expect((await readOutbox(target.floor, of, 3)).rows.map((row) => row.position)).toEqual([1, 5, 4]);
    } finally {
      await Promise.all([target.drop(), tangled.drop()]);
    }
  });

  it('refuse a database that is in use, a file that is there, and one that was cut short', async () => {
    await expect(readBackup(source.urls.owner, foldersIn(scratch), backup)).rejects.toThrow('The database is not empty');
    await expect(writeBackup(source.urls.owner, foldersIn(scratch), backup)).rejects.toThrow('there already');
    const target = await blankDatabase();
    try {
      const cut = path.join(scratch, 'cut');
      fs.writeFileSync(cut, fs.readFileSync(backup).subarray(0, -40));
      await expect(readBackup(target.urls.owner, foldersIn(path.join(scratch, 'cut-files')), cut)).rejects.toThrow(/cut short|damaged/);
      expect((await target.owner.query('select from accounts')).rowCount).toBe(0);
      fs.writeFileSync(cut, 'something else');
      await expect(readBackup(target.urls.owner, foldersIn(scratch), cut)).rejects.toThrow('not a backup of Centralita');
    } finally {
      await target.drop();
    }
  });
});
