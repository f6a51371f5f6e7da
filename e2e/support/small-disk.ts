import { spawnSync } from 'node:child_process';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** Root mounts in a mount namespace of its own; everybody else needs a user namespace for it, which some systems forbid. */
const NAMESPACES = [['unshare', '-m'], ['unshare', '-Urm']] as const;
const MOUNT = 'mkdir -p "$0" && mount -t tmpfs -o size=24m,mode=700 tmpfs "$0"';

/** The words that run a program with a small disk of its own for its recordings; undefined where this system lets nobody mount. */
export function recordingsOnSmallDisk(): ((dataFolder: string) => readonly string[]) | undefined {
  const namespace = NAMESPACES.find(([command, ...words]) => spawnSync(command, [...words, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0);
  return namespace && ((dataFolder) => [...namespace, 'sh', '-c', `${MOUNT} && exec "$@"`, join(dataFolder, 'recordings')]);
}

/** Fills the disk of a folder but for so many bytes. @returns what empties it again */
export async function fillDisk(folder: string, leaveBytes: number): Promise<() => Promise<void>> {
  const filler = join(folder, 'filler');
  const file = await open(filler, 'w');
  for (;;) {
    const { bavail, bsize } = await statfs(folder);
    const tooMuch = bavail * bsize - leaveBytes;
    if (tooMuch <= 0) break;
    await file.write(Buffer.alloc(Math.min(tooMuch, 1_000_000)));
  }
  await file.close();
  return () => rm(filler);
}
