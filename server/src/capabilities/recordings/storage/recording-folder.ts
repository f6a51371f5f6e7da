import fs from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { RecordingFolder } from '../application/ports.ts';
import { openSealedFile, sealFile } from './sealed-file.ts';

/** `incoming/` is the switch's, `claimed/` holds clear files for the moment between claiming and encrypting, `kept/<account>/` the rest. */
export function recordingFolderAt(folder: string): RecordingFolder {
  const incoming = path.join(folder, 'incoming');
  const claimed = path.join(folder, 'claimed');
  for (const one of [incoming, claimed, path.join(folder, 'kept')]) fs.mkdirSync(one, { recursive: true, mode: 0o700 });
  const clearFile = (recordingId: string) => path.join(claimed, nameOf(recordingId));
  const keptFile = (account: string, recordingId: string) => path.join(folder, 'kept', nameOf(account), `${nameOf(recordingId)}.sealed`);
  return {
    claim: async (recordingId) => {
      for (const name of [nameOf(recordingId), `${nameOf(recordingId)}.wav`]) {
        if (await moved(path.join(incoming, name), clearFile(recordingId))) return true;
      }
      return exists(clearFile(recordingId));
    },
    store: async (account, recordingId, key) => {
      const target = keptFile(account, recordingId);
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      if ((await stat(clearFile(recordingId))).size < WAV_HEADER_BYTES) {
        await rm(clearFile(recordingId));
        return undefined;
      }
      const durationMs = await wavDurationMs(clearFile(recordingId));
      const bytes = await sealFile(clearFile(recordingId), `${target}.part`, key, recordingId).catch(async (error: unknown) => {
        // On a full disk the half that was written is space that others need.
        await rm(`${target}.part`, { force: true });
        throw error;
      });
      await rename(`${target}.part`, target);
      await rm(clearFile(recordingId), { force: true });
      return { durationMs, bytes };
    },
    waiting: async () => (await readdir(claimed)).filter((name) => ID.test(name)),
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
    open: (account, recordingId, key) => openSealedFile(keptFile(account, recordingId), key, recordingId),
    remove: async (account, recordingId) => {
      await rm(keptFile(account, recordingId), { force: true });
      await rm(`${keptFile(account, recordingId)}.part`, { force: true });
      await rm(clearFile(recordingId), { force: true });
    },
  };
}

const WAV_HEADER_BYTES = 44;
const ID = /^[a-z]{3}_[0-9a-z]{1,40}$/;

/** Ids only: whatever else came would be a path of somebody else's choosing. */
function nameOf(id: string): string {
  if (!ID.test(id)) throw new Error('not an id');
  return id;
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** From the WAV's own header (byte rate at 28) and the file's size, which a killed writer leaves a little ahead of the header. */
async function wavDurationMs(file: string): Promise<number> {
  const handle = await open(file, 'r');
  try {
    const header = Buffer.alloc(WAV_HEADER_BYTES);
    const { bytesRead } = await handle.read(header, 0, WAV_HEADER_BYTES, 0);
    if (bytesRead < WAV_HEADER_BYTES || header.toString('latin1', 0, 4) !== 'RIFF' || header.toString('latin1', 8, 12) !== 'WAVE') throw new Error('not a WAV file');
    const bytesPerSecond = header.readUInt32LE(28);
    return bytesPerSecond === 0 ? 0 : Math.round((((await handle.stat()).size - WAV_HEADER_BYTES) * 1_000) / bytesPerSecond);
  } finally {
    await handle.close();
  }
}
