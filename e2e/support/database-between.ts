import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { TcpFaultProxy } from './fault-proxy.ts';
import { metric } from './metrics.ts';
import type { Product } from './product.ts';

/**
 * Puts a fault proxy between the program and its own PostgreSQL, whose socket makes room; a new control then comes this way.
 * @returns how to open the way, the first time and again after it was closed
 */
export async function databaseBetween(product: Product, metricsPort: number, isServed: () => Promise<unknown>): Promise<{ readonly proxy: TcpFaultProxy; open(): Promise<TcpFaultProxy> }> {
  const socket = join(product.folder, 'data/pg-run/.s.PGSQL.5432');
  renameSync(socket, `${socket}.behind`);
  const open = (): Promise<TcpFaultProxy> => TcpFaultProxy.open({ path: `${socket}.behind` }, socket);
  const proxy = await open();
  const killed = product.pidOf('control');
  process.kill(killed, 'SIGKILL');
  await eventually(async () => {
    assert.notEqual(product.pidOf('control'), killed);
    assert.equal(await metric(metricsPort, 'switch_connected'), 1);
    await isServed();
  });
  return { proxy, open };
}
