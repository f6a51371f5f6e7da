import fs from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { randomId } from '@centralita/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, openCenter, type TestCenter } from '../../../http/testing/center.ts';
import { derivedKey } from '../../accounts/index.ts';
import { accountKeysIn } from '../../accounts/storage/account-keys.postgres.ts';
import { beginRecording, deleteOldRecordings, keepRecording, keepWaiting, keepWhatIsLeft, orphans, type RecordingDeps } from '../index.ts';
import type { SoundAtRest } from './ports.ts';
import { LOCK_HOLDS } from '../storage/legal-holds.postgres.ts';
import { recordingFolderAt } from '../storage/recording-folder.ts';

let center: TestCenter;
let diego: Browser;
let deps: RecordingDeps;
const account = () => center.made.account;
const folder = (...parts: string[]) => path.join(center.folder, 'recordings', ...parts);

beforeAll(async () => {
  center = await openCenter();
  diego = await center.as('Diego');
  deps = { table: center.http.stores.recordings, folder: recordingFolderAt(folder()), accountKeys: accountKeysIn(center.database.app, path.join(center.folder, 'secrets')) };
});
afterAll(() => center.close());

/** Two seconds and a bit of 8 kHz, two channels, 16 bit: more than one chunk. */
function wav(): Buffer {
  const sound = randomBytes(2.5 * 32_000);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + sound.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(32_000, 28);
  return Buffer.concat([header, sound]);
}

async function recorded(): Promise<{ recordingId: string; conversationId: string; sound: Buffer }> {
  const recordingId = randomId('recording');
  const conversationId = randomId('conversation');
  await beginRecording(deps, account(), { recordingId, conversationId, startedAt: center.clock.at });
  const sound = wav();
  fs.writeFileSync(folder('incoming', recordingId), sound);
  return { recordingId, conversationId, sound };
}

async function played(sound: SoundAtRest): Promise<number> {
  let bytes = 0;
  for await (const piece of sound.read(0, sound.bytes)) bytes += piece.length;
  return bytes;
}

/** History knows a conversation of Carla's, so that Diego reaches it. */
async function inHistory(conversationId: string): Promise<void> {
  const carla = center.made.people.find((person) => person.name === 'Carla')!.userId;
  await center.database.owner.query(
    `insert into conversations (conversation_id, account, call_id, direction, started_at, hold_ms, menu_path, agent_id, first_seq) values ($1, $2, 'cal_x', 'inbound', now(), 0, '{}', $3, 1)`,
    [conversationId, account(), carla],
  );
  await center.database.owner.query(
    `insert into participations (participation_id, account, conversation_id, agent_id, started_at, from_at, first_seq) values ($1, $2, $1, $3, now(), now(), 1)`,
    [conversationId, account(), carla],
  );
}

describe('a finished recording', () => {
  it('is claimed, encrypted, and gone in clear', async () => {
    const { recordingId, sound } = await recorded();
    expect(await keepRecording(deps, account(), recordingId)).toBe('ready');
    const file = fs.readFileSync(folder('kept', account(), `${recordingId}.sealed`));
    expect(file.includes(sound.subarray(44, 108))).toBe(false);
    expect(fs.readdirSync(folder('incoming'))).toEqual([]);
    expect(fs.readdirSync(folder('claimed'))).toEqual([]);
    expect(await deps.table.find(account(), recordingId)).toMatchObject({ state: 'ready', durationMs: 2_500 });
    expect(await keepRecording(deps, account(), recordingId)).toBe('ready');
  });

  it('of another account cannot be opened with this one’s key', async () => {
    const { recordingId } = await recorded();
    await keepRecording(deps, account(), recordingId);
    const sound = await deps.folder.open(account(), recordingId, randomBytes(32));
    await expect(played(sound)).rejects.toThrow();
    await sound.close();
  });

  it('that was changed on disk does not play', async () => {
    const { recordingId } = await recorded();
    await keepRecording(deps, account(), recordingId);
    const file = folder('kept', account(), `${recordingId}.sealed`);
    const bytes = fs.readFileSync(file);
    fs.writeFileSync(file, bytes.subarray(0, bytes.length - 20_000));
    const sound = await deps.folder.open(account(), recordingId, derivedKey(await deps.accountKeys.keyOf(account()), 'recordings'));
    await expect(played(sound)).rejects.toThrow();
    await sound.close();
  });
});

describe('after a kill', () => {
  it('a claimed file is encrypted at the next start, an abandoned one is adopted, a running one is left alone', async () => {
    const [claimed, abandoned, running] = [await recorded(), await recorded(), await recorded()];
    await deps.folder.claim(claimed.recordingId);
    await deps.table.move(account(), claimed.recordingId, ['running'], { state: 'claimed' });
    const left = await orphans(deps, account(), (recordingId) => recordingId === running.recordingId);
    expect(left.toSorted()).toEqual([claimed.recordingId, abandoned.recordingId].toSorted());
    for (const recordingId of left) expect(await keepRecording(deps, account(), recordingId)).toBe('ready');
    expect((await deps.table.find(account(), abandoned.recordingId))?.state).toBe('ready');
    expect((await deps.table.find(account(), running.recordingId))?.state).toBe('running');
    expect(fs.existsSync(folder('incoming', running.recordingId))).toBe(true);
  });

  it('a recording without a file is marked failed, never complete', async () => {
    const { recordingId } = await recorded();
    fs.rmSync(folder('incoming', recordingId));
    expect(await keepRecording(deps, account(), recordingId)).toBe('failed');
    expect(await deps.table.find(account(), recordingId)).toMatchObject({ state: 'failed', failure: 'file-missing' });
  });

  it('a recording the switch lost keeps what was written, and says that it is not whole', async () => {
    const { recordingId } = await recorded();
    await keepWhatIsLeft(deps, account(), recordingId, 'disk-full');
    expect(await deps.table.find(account(), recordingId)).toMatchObject({ state: 'failed', failure: 'disk-full' });
    expect(fs.existsSync(folder('kept', account(), `${recordingId}.sealed`))).toBe(true);
  });
});

describe('on a full disk', () => {
  const full = (): RecordingDeps => ({ ...deps, folder: { ...deps.folder, store: () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })) } });

  it('[issue 2, faults] a whole recording is not called ready before it is encrypted, and is once there is space', async () => {
    const { recordingId } = await recorded();
    await expect(keepRecording(full(), account(), recordingId)).rejects.toThrow('no space');
    expect((await deps.table.find(account(), recordingId))?.state).toBe('claimed');
    expect(await deps.folder.waiting()).toEqual([recordingId]);
    await keepWaiting(deps, account(), recordingId);
    expect(await deps.table.find(account(), recordingId)).toMatchObject({ state: 'ready', durationMs: 2_500 });
    expect(await deps.folder.waiting()).toEqual([]);
  });

  it('[issue 2, faults] a broken-off one stays failed when what there is of it is encrypted later', async () => {
    const { recordingId } = await recorded();
    await expect(keepWhatIsLeft(full(), account(), recordingId, 'disk-full')).rejects.toThrow('no space');
    await keepWaiting(deps, account(), recordingId);
    expect(await deps.table.find(account(), recordingId)).toMatchObject({ state: 'failed', failure: 'disk-full' });
    expect(await deps.folder.waiting()).toEqual([]);
    expect(fs.existsSync(folder('kept', account(), `${recordingId}.sealed`))).toBe(true);
  });

  it('one that broke off before its first sound leaves no file', async () => {
    const { recordingId } = await recorded();
    fs.writeFileSync(folder('incoming', recordingId), '');
    await keepWhatIsLeft(deps, account(), recordingId, 'disk-full');
    expect((await deps.table.find(account(), recordingId))?.state).toBe('failed');
    expect(await deps.folder.waiting()).toEqual([]);
  });
});

describe('playing', () => {
  it('[S0.17] needs the permission, the scope and a link that expires; each link is audited', async () => {
    const { recordingId, conversationId, sound } = await recorded();
    await keepRecording(deps, account(), recordingId);
    const url = `/api/conversations/${conversationId}/recordings/${recordingId}/link`;
    expect((await center.stranger().post(url)).status).toBe(401);
    expect((await (await center.as('Carla')).post(url)).status).toBe(403);
    expect((await diego.post(url)).status).toBe(404);
    await inHistory(conversationId);
    const link = await diego.post(url);
    expect(link).toMatchObject({ status: 201, body: { expiresAt: center.clock.at + 300_000 } });
    const { rows } = await center.database.owner.query(`select actor, action from audit where entity_id = $1`, [recordingId]);
    expect(rows).toEqual([{ actor: center.made.people.find((person) => person.name === 'Diego')!.userId, action: 'recording-link-made' }]);

    const whole = await diego.get(link.text('url'));
    expect(whole.status).toBe(200);
    expect(whole.headers).toMatchObject({ 'content-type': 'audio/wav', 'accept-ranges': 'bytes', 'content-length': String(sound.length) });
    expect(whole.raw.equals(sound)).toBe(true);
    expect((await (await center.as('Elena')).get(link.text('url'))).status).toBe(404);
    center.clock.at += 300_001;
    expect(await diego.get(link.text('url'))).toMatchObject({ status: 410, body: { code: 'link-expired' } });
  });

  it('jumps: any range is what the file has there', async () => {
    const { recordingId, conversationId, sound } = await recorded();
    await keepRecording(deps, account(), recordingId);
    await inHistory(conversationId);
    const link = (await diego.post(`/api/recordings/${recordingId}/link`)).text('url');
    for (const [range, from, to] of [['bytes=0-43', 0, 44], ['bytes=65530-65545', 65_530, 65_546], ['bytes=70000-', 70_000, sound.length], ['bytes=-16', sound.length - 16, sound.length]] as const) {
      const part = await diego.get(link, { range });
      expect(part.status, range).toBe(206);
      expect(part.headers['content-range']).toBe(`bytes ${from}-${to - 1}/${sound.length}`);
      expect(part.raw.equals(sound.subarray(from, to)), range).toBe(true);
    }
    expect(await diego.get(link, { range: `bytes=${sound.length}-` })).toMatchObject({ status: 416, headers: { 'content-range': `bytes */${sound.length}` } });
  });

  it('a link that was tampered with opens nothing', async () => {
    expect((await diego.get('/api/recordings/eyJ4IjoxfQ.AAAA')).status).toBe(404);
  });
});

describe('retention', () => {
  const DAY = 86_400_000;
  const cutoff = () => center.clock.at - 30 * DAY;
  const sealed = (recordingId: string) => fs.existsSync(folder('kept', account(), `${recordingId}.sealed`));
  const stateOf = async (recordingId: string) => (await deps.table.find(account(), recordingId))?.state;
  const deletions = async (recordingId: string) => (await center.database.owner.query(`select from audit where action = 'recording-deleted' and entity_id = $1`, [recordingId])).rowCount;

  async function kept(daysAgo: number) {
    const one = await recorded();
    await keepRecording(deps, account(), one.recordingId);
    await aged(one.recordingId, daysAgo);
    return one;
  }
  const aged = (recordingId: string, daysAgo: number) => center.database.owner.query('update recording_files set started_at = $2 where recording_id = $1', [recordingId, new Date(center.clock.at - daysAgo * DAY)]);

  it('deletes file and content together, says so once, and leaves what is young or still on its way', async () => {
    const [old, young, running] = [await kept(31), await kept(29), await recorded()];
    await aged(running.recordingId, 31);
    expect(await deleteOldRecordings(deps, account(), cutoff())).toEqual({ marked: 1, files: 1 });
    expect([sealed(old.recordingId), await stateOf(old.recordingId), await deletions(old.recordingId)]).toEqual([false, 'deleted', 1]);
    expect([sealed(young.recordingId), await stateOf(young.recordingId)]).toEqual([true, 'ready']);
    expect([fs.existsSync(folder('incoming', running.recordingId)), await stateOf(running.recordingId)]).toEqual([true, 'running']);
    expect(await deleteOldRecordings(deps, account(), cutoff())).toEqual({ marked: 0, files: 0 });
    expect(await deletions(old.recordingId)).toBe(1);
    expect(await keepRecording(deps, account(), old.recordingId)).toBe('not-there');
  });

  it('killed between row and file: nobody plays it, and the next round removes the file', async () => {
    const { recordingId } = await kept(31);
    const killed = { ...deps, folder: { ...deps.folder, remove: () => Promise.reject(new Error('killed here')) } };
    await expect(deleteOldRecordings(killed, account(), cutoff())).rejects.toThrow('1 recordings');
    expect([sealed(recordingId), await stateOf(recordingId)]).toEqual([true, 'deleted']);
    await inHistory((await deps.table.find(account(), recordingId))!.conversationId!);
    expect((await diego.post(`/api/recordings/${recordingId}/link`)).status).toBe(404);
    expect(await deleteOldRecordings(deps, account(), cutoff())).toEqual({ marked: 0, files: 1 });
    expect([sealed(recordingId), await deletions(recordingId)]).toEqual([false, 1]);
  });

  it('rolled back while it marked: row, file and audit are as they were', async () => {
    const { recordingId } = await kept(31);
    await center.database.owner.query(`create function break_audit() returns trigger language plpgsql as $$ begin raise exception 'killed here'; end $$`);
    await center.database.owner.query(`create trigger break_audit before insert on audit for each row when (new.action = 'recording-deleted') execute function break_audit()`);
    await expect(deleteOldRecordings(deps, account(), cutoff())).rejects.toThrow('killed here');
    await center.database.owner.query('drop trigger break_audit on audit');
    expect([sealed(recordingId), await stateOf(recordingId), await deletions(recordingId)]).toEqual([true, 'ready', 0]);
    expect(await deleteOldRecordings(deps, account(), cutoff())).toEqual({ marked: 1, files: 1 });
  });

  it('one file that cannot be removed stops no other', async () => {
    const [stuck, other] = [await kept(32), await kept(31)];
    const folderWithOneStuck = { ...deps.folder, remove: (of: string, recordingId: string) => (recordingId === stuck.recordingId ? Promise.reject(new Error('not permitted')) : deps.folder.remove(of, recordingId)) };
    await expect(deleteOldRecordings({ ...deps, folder: folderWithOneStuck }, account(), cutoff())).rejects.toThrow(AggregateError);
    expect([sealed(stuck.recordingId), sealed(other.recordingId)]).toEqual([true, false]);
    await deleteOldRecordings(deps, account(), cutoff());
    expect(sealed(stuck.recordingId)).toBe(false);
  });

  it('told to stop, leaves whole recordings for the next round', async () => {
    const { recordingId } = await kept(31);
    expect(await deleteOldRecordings(deps, account(), cutoff(), () => true)).toEqual({ marked: 0, files: 0 });
    expect(await stateOf(recordingId)).toBe('ready');
    await deleteOldRecordings(deps, account(), cutoff());
  });

  it('leaves a held conversation alone until the hold is lifted; each step is audited', async () => {
    const fabian = await center.as('Fabián');
    const { recordingId, conversationId } = await kept(31);
    const url = `/api/conversations/${conversationId}/legal-hold`;
    expect((await fabian.put(url, { reason: 'demanda' })).status).toBe(404);
    await inHistory(conversationId);
    expect((await diego.put(url, { reason: 'demanda' })).status).toBe(403);
    expect(await fabian.put(url, { reason: ' ' })).toMatchObject({ status: 400 });
    expect(await fabian.put(url, { reason: 'demanda' })).toMatchObject({ status: 200, body: { conversationId, reason: 'demanda', placedBy: { name: 'Fabián' }, recordings: { kept: 1, deleted: 0 } } });
    expect(await fabian.put(url, { reason: 'demanda 17' })).toMatchObject({ status: 200 });
    expect((await fabian.get('/api/legal-holds')).list('items')).toEqual([expect.objectContaining({ conversationId, reason: 'demanda 17' })]);
    await deleteOldRecordings(deps, account(), cutoff());
    expect([sealed(recordingId), await stateOf(recordingId)]).toEqual([true, 'ready']);

    expect((await fabian.delete(url)).status).toBe(204);
    expect((await fabian.delete(url)).status).toBe(404);
    await deleteOldRecordings(deps, account(), cutoff());
    expect(sealed(recordingId)).toBe(false);
    const { rows } = await center.database.owner.query(`select action, before, after from audit where entity_id = $1 order by id`, [conversationId]);
    expect(rows).toEqual([
      { action: 'legal-hold-placed', before: null, after: 'demanda' },
      { action: 'legal-hold-changed', before: 'demanda', after: 'demanda 17' },
      { action: 'legal-hold-lifted', before: 'demanda 17', after: null },
    ]);
  });

  it('sees a hold that is being placed at that moment', async () => {
    const { recordingId, conversationId } = await kept(31);
    await inHistory(conversationId);
    const holder = await center.database.app.connect();
    await holder.query(`begin; select set_config('centralita.account', '${account()}', true)`);
    await holder.query(LOCK_HOLDS);
    const deleting = deleteOldRecordings(deps, account(), cutoff());
    await expect.poll(async () => (await center.database.app.query(`select from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`)).rowCount, { timeout: 20_000 }).toBe(1);
    await holder.query(`insert into legal_holds (conversation_id, account, reason, placed_by) values ($1, $2, 'demanda', $3)`, [conversationId, account(), center.made.people[0]!.userId]);
    await holder.query('commit');
    holder.release();
    expect(await deleting).toEqual({ marked: 0, files: 0 });
    expect(sealed(recordingId)).toBe(true);
  });
});
