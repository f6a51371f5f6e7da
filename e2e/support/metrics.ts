import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Product } from './product.ts';

/** One of the product's own figures, from its page for Prometheus. */
export async function metric(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const found = new RegExp(`^centralita_${name} (\\S+)$`, 'm').exec(text);
  if (!found) throw new Error(`no metric ${name}`);
  return Number(found[1]);
}

/** The switch's children. */
export function mediaWorkerPids(product: Product): readonly number[] {
  const pid = product.pidOf('switch');
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

/** Sockets that the switch's media workers hold: what nobody can be wrong about is what the system says. */
export function mediaSockets(product: Product): number {
  return mediaWorkerPids(product).reduce((sum, worker) => sum + readdirSync(`/proc/${worker}/fd`).filter((fd) => isSocket(`/proc/${worker}/fd/${fd}`)).length, 0);
}

function isSocket(file: string): boolean {
  try {
    return readlinkSync(file).startsWith('socket:');
  } catch (error) {
    // Closed since the folder was listed.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
