import fs from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { randomId } from '@centralita/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, openCenter, type TestCenter } from '../../../http/testing/center.ts';
import { derivedKey } from '../../accounts/index.ts';
import { accountKeysIn } from '../../accounts/storage/account-keys.postgres.ts';
import { adoptOrphans, beginRecording, deleteOldRecordings, keepRecording, keepWhatIsLeft, type RecordingDeps } from '../index.ts';
import type { SoundAtRest } from './ports.ts';
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
    expect(await adoptOrphans(deps, account(), (recordingId) => recordingId === running.recordingId)).toBe(2);
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
  it('deletes file and content together, and says so', async () => {
    const { recordingId } = await recorded();
    await keepRecording(deps, account(), recordingId);
    while ((await deleteOldRecordings(deps, account(), center.clock.at + 1)) > 0);
    expect(fs.existsSync(folder('kept', account(), `${recordingId}.sealed`))).toBe(false);
    expect((await deps.table.find(account(), recordingId))?.state).toBe('deleted');
  });
});
