import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PostgresUnavailable } from './postgres-binaries.ts';

const ORPHAN_STOP_LIMIT_MS = 30_000;

/**
 * PostgreSQL refuses to start while `postmaster.pid` names a living process, and counts a zombie as living: after a kill -9
 * in a container whose process 1 reaps nobody, it would never start again (met and measured). Call this only while holding
 * the lock on our own data folder: then a postmaster still running in it lost its parent, and is stopped in good order.
 */
export async function clearStaleLock(dataDir: string, log: (line: string) => void): Promise<void> {
  const file = path.join(dataDir, 'postmaster.pid');
  const pid = readPid(file);
  if (pid === undefined) return;
  const state = processState(pid, dataDir);
  if (state === 'postmaster') {
    log(`a PostgreSQL left over from an earlier run (process ${pid}) is being stopped`);
    process.kill(pid, 'SIGINT');
    const giveUpAt = performance.now() + ORPHAN_STOP_LIMIT_MS;
    while (processState(pid, dataDir) === 'postmaster') {
      if (performance.now() > giveUpAt) throw new PostgresUnavailable(`A PostgreSQL from an earlier run (process ${pid}) does not stop; end it and start again.`);
      await delay(25);
    }
  }
  fs.rmSync(file, { force: true });
}

function readPid(file: string): number | undefined {
  if (!fs.existsSync(file)) return undefined;
  const pid = Number(fs.readFileSync(file, 'utf8').split('\n')[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** A number that was given to some other program since, or that only a zombie still carries, holds no lock. */
function processState(pid: number, dataDir: string): 'gone' | 'postmaster' | 'other' {
  if (process.platform === 'linux') return linuxProcessState(pid, dataDir);
  try {
    process.kill(pid, 0);
  } catch {
    return 'gone';
  }
  const name = spawnSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' }).stdout ?? '';
  return name.includes('postgres') ? 'postmaster' : 'other';
}

function linuxProcessState(pid: number, dataDir: string): 'gone' | 'postmaster' | 'other' {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // "pid (name) state …": the name may hold anything, also parentheses.
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    if (state === 'Z' || state === 'X') return 'gone';
    if (name !== 'postgres') return 'other';
    // The postmaster works inside its data folder.
    return fs.realpathSync(`/proc/${pid}/cwd`) === fs.realpathSync(dataDir) ? 'postmaster' : 'other';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return 'gone';
    throw error;
  }
}
