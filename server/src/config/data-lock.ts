import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { OperatorError } from './operator-error.ts';

export interface DataLock {
  release(): void;
}

/**
 * One Centralita per data folder. It is flock(2), taken by the system's `flock` on a file that this process keeps open: a lock
 * belongs to the open file, not to the program that took it, so it lasts as long as we do, also across containers that share the
 * folder, and a killed process leaves none. Systems without `flock` go by the process number in the file.
 *
 * @throws {OperatorError} when the folder is in use
 */
export function lockDataFolder(dataDir: string): DataLock {
  const file = path.join(dataDir, 'lock');
  const descriptor = fs.openSync(file, 'a+', 0o600);
  const holder = Number(fs.readFileSync(file, 'utf8').trim());
  if (!takeLock(descriptor, holder)) {
    fs.closeSync(descriptor);
    throw new OperatorError(`The data folder ${dataDir} is in use by another Centralita${holder ? ` (process ${holder})` : ''}. Stop it, or choose another folder with --data.`);
  }
  fs.ftruncateSync(descriptor);
  fs.writeSync(descriptor, `${process.pid}\n`);
  return {
    release: () => {
      fs.ftruncateSync(descriptor);
      fs.closeSync(descriptor);
    },
  };
}

function takeLock(descriptor: number, holder: number): boolean {
  const answer = spawnSync('flock', ['--exclusive', '--nonblock', '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
  if (!answer.error) return answer.status === 0;
  return !(holder > 1 && holder !== process.pid && isAlive(holder));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
