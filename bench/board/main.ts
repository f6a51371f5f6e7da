/**
 * What a live board costs: many agents, many viewers, changes all the time.
 * `node bench/board/main.ts [--agents 2000] [--viewers 100] [--changes 100] [--seconds 15]`
 */
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import type { FeedMessage } from '@centralita/contract';
import type { Desk } from '../support/center.ts';
import { load, machine, ms, percentile } from '../support/figures.ts';
import { freePorts } from '../support/ports.ts';
import { ProductCenter } from '../support/product.ts';

const { values } = parseArgs({ options: { agents: { type: 'string', default: '2000' }, viewers: { type: 'string', default: '100' }, changes: { type: 'string', default: '100' }, seconds: { type: 'string', default: '15' } } });
const [agents, viewers, changesPerSecond, seconds] = [Number(values.agents), Number(values.viewers), Number(values.changes), Number(values.seconds)];

interface Round {
  /** Share of one core that control used. */
  readonly core: number;
  /** From a change's answer to its arrival at the viewer who looks at every message. */
  readonly staleMs: readonly number[];
  readonly failed: number;
}

const desk: Desk = { agents, viewers, number: '4001', phonesPort: await freePorts() };
const product = await ProductCenter.start([desk]);
try {
  await run();
} finally {
  await product.stop();
}

async function run(): Promise<void> {
  const { statuses } = (await product.ask('GET', '/api/session', product.seatsOf(desk)[0]!, 0)) as { statuses: { statusId: string; takesQueueWork: boolean }[] };
  const board = new Map<string, string>();
  let arrived: (userId: string, statusId: string) => void = () => undefined;
  await change(2, statuses, board, (tell) => (arrived = tell));
  const alone = await change(seconds, statuses, board, (tell) => (arrived = tell));
  const sockets = await Promise.all(product.seatsOf(desk).slice(agents).map((_, index) => look(index, index === 0 ? (userId, statusId) => arrived(userId, statusId) : undefined)));
  const watched = await change(seconds, statuses, board, (tell) => (arrived = tell));
  const bytes = sockets.reduce((sum, { received }) => sum + received(), 0);
  for (const { close } of sockets) close();
  console.log(`${machine()}; load ${load()}`);
  console.log(`${agents} agents, ${viewers} viewers, ${changesPerSecond} changes/s for ${seconds} s`);
  console.log(`control without viewers ${alone.core.toFixed(2)} of a core, with them ${watched.core.toFixed(2)}: the board costs ${(watched.core - alone.core).toFixed(2)}`);
  console.log(`a change at a viewer: p50 ${ms(percentile(watched.staleMs, 0.5))} ms, p99 ${ms(percentile(watched.staleMs, 0.99))} ms, most ${ms(Math.max(...watched.staleMs))} ms (${watched.staleMs.length} changes)`);
  console.log(`${(bytes / viewers / seconds / 1_000).toFixed(1)} kB/s to each viewer; ${alone.failed + watched.failed} requests failed; memory of control ${Math.round(product.memory()['control']!)} MB`);
}

/** So many people a second change their status, each in turn, at an even pace. */
async function change(forSeconds: number, statuses: readonly { readonly statusId: string }[], board: Map<string, string>, listen: (tell: (userId: string, statusId: string) => void) => void): Promise<Round> {
  const answered = new Map<string, number>();
  const early = new Map<string, number>();
  const staleMs: number[] = [];
  listen((userId, statusId) => {
    const key = `${userId} ${statusId}`;
    const at = answered.get(key);
    // The feed may be quicker than the answer of the request that changed it.
    if (at === undefined) early.set(key, performance.now());
    else staleMs.push(performance.now() - at);
    answered.delete(key);
  });
  let failed = 0;
  const asked: Promise<unknown>[] = [];
  const before = product.cpu()['control']!;
  const startedAt = performance.now();
  for (let n = 0; n < forSeconds * changesPerSecond; n++) {
    const due = startedAt + (n * 1_000) / changesPerSecond - performance.now();
    if (due > 0) await delay(due);
    const index = n % agents;
    const seat = product.seatsOf(desk)[index]!;
    const statusId = statuses.find((status) => status.statusId !== board.get(seat.userId))!.statusId;
    board.set(seat.userId, statusId);
    const key = `${seat.userId} ${statusId}`;
    asked.push(
      product.ask('PUT', '/api/me/status', seat, index, { statusId }).then(
        () => (early.delete(key) ? staleMs.push(0) : answered.set(key, performance.now())),
        () => (failed += 1),
      ),
    );
  }
  await Promise.all(asked);
  await delay(1_000);
  return { core: (product.cpu()['control']! - before) / (performance.now() - startedAt), staleMs, failed };
}

/** Opens a board. @param tell of each agent's status in each change; left out, the bytes are only counted, as by a browser elsewhere */
async function look(viewer: number, tell: ((userId: string, statusId: string) => void) | undefined): Promise<{ received(): number; close(): void }> {
  const { ticket } = (await product.ask('POST', '/api/feed/tickets', product.seatsOf(desk)[agents + viewer]!, agents + viewer)) as { ticket: string };
  const socket = new WebSocket(`${product.origin.replace('http', 'ws')}/api/feed?ticket=${ticket}`, { headers: { origin: product.origin } });
  let received = 0;
  await new Promise<void>((resolve, reject) => {
    socket.onerror = () => reject(new Error('a board could not be opened'));
    socket.onopen = () => socket.send(JSON.stringify({ type: 'subscribe', topic: 'board' }));
    socket.onmessage = (event) => {
      // The snapshot has come.
      resolve();
      const data = String(event.data);
      received += data.length;
      if (!tell) return;
      const message = JSON.parse(data) as FeedMessage;
      if (message.type !== 'change') return;
      for (const [key, entity] of Object.entries(message.changed)) if (key.startsWith('agent:')) tell(key.slice('agent:'.length), (entity as { statusId: string }).statusId);
    };
  });
  received = 0;
  return { received: () => received, close: () => socket.close() };
}
