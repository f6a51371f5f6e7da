import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second whatever the kernel's own tick (`getconf CLK_TCK`). */
const MS_PER_TICK = 10;

interface Stat {
  readonly parent: number;
  /** Its own, all threads. */
  readonly ownMs: number;
  /** Of children that have ended and were waited for. */
  readonly goneMs: number;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
    return { parent: fields[1]!, ownMs: (fields[11]! + fields[12]!) * MS_PER_TICK, goneMs: (fields[13]! + fields[14]!) * MS_PER_TICK };
  } catch {
    return undefined;
  }
}

export function childrenOf(pid: number): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((child) => statOf(child)?.parent === pid);
}

/** Milliseconds of processor time used so far by one process. */
export const cpuOf = (pid: number): number => statOf(pid)?.ownMs ?? 0;

/** The same with all its descendants, ended ones included. */
export function cpuOfTree(pid: number): number {
  const stat = statOf(pid);
  return stat ? stat.ownMs + stat.goneMs + childrenOf(pid).reduce((sum, child) => sum + cpuOfTree(child), 0) : 0;
}

export const memoryMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
