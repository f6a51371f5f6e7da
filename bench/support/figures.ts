import { cpus, loadavg } from 'node:os';

/** @param share between 0 and 1. @returns NaN of nothing */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const ms = (value: number): string => (Number.isNaN(value) ? '-' : value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US'));

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Load over one minute, as `uptime` says it: what else the machine did. */
export const load = (): string => loadavg()[0]!.toFixed(1);

export const machine = (): string => `${cpus().length} × ${cpus()[0]!.model.trim()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`;
