import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { requireFreePorts } from '../config/free-ports.ts';

const PARENT = path.join(import.meta.dirname, 'testing/all-in-one-main.ts');
const PATIENCE = { timeout: 30_000, interval: 50 };

let data: string;
let ports: { http: number; sip: number; ws: number };

beforeAll(async () => {
  data = fs.mkdtempSync(path.join(os.tmpdir(), 'aio-'));
  const [http, sip, ws] = await Promise.all([freePort(), freePort(), freePort()]);
  ports = { http, sip, ws };
});
afterEach(async () => {
  // Only what a failed test left; the parts go with their parent.
  for (const parent of running.splice(0)) {
    parent.process.kill('SIGKILL');
    await parent.exit;
  }
});
afterAll(() => fs.rmSync(data, { recursive: true, force: true }));

/** Below the range from which the system draws ports for connections: one of those could be in use again a moment later. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 20_000);
    const free = await requireFreePorts([
      { protocol: 'tcp', address: '127.0.0.1', port, option: '' },
      { protocol: 'udp', address: '127.0.0.1', port, option: '' },
    ]).then(
      () => true,
      () => false,
    );
    if (free) return port;
  }
}

const running: Parent[] = [];

interface Parent {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

function start(): Parent {
  const args = ['--data', data, '--http-port', String(ports.http), '--sip-port', String(ports.sip), '--ws-sip-port', String(ports.ws)];
  const parent = spawn(process.execPath, [PARENT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [parent.stdout!, parent.stderr!]) stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  const started = { process: parent, output: () => text, exit: once(parent, 'close').then(([code]) => code as number | null) };
  running.push(started);
  return started;
}

/** What a role answers: its process and, for control, the database role it speaks as. */
async function ask(port: number): Promise<string> {
  const socket = net.connect(port, '127.0.0.1').setEncoding('utf8');
  let text = '';
  socket.on('data', (part: string) => (text += part));
  return new Promise((resolve) => {
    socket.on('error', () => resolve('nobody'));
    socket.on('close', () => resolve(text === '' ? 'nobody' : text));
  });
}

/** Undefined while it starts. */
function postmaster(): number | undefined {
  const file = path.join(data, 'pg/postmaster.pid');
  return fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8').split('\n')[0]) : undefined;
}
const processesWith = (text: string): string[] =>
  spawnSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line.includes(text) && !line.includes('ps -eo'));

describe('all in one', () => {
  it('starts, comes back after a kill -9 of each part, and leaves nothing when it is stopped', async () => {
    const parent = start();
    await expect.poll(parent.output, PATIENCE).toContain(`Centralita is ready: http://localhost:${ports.http}`);
    expect(await ask(ports.http)).toMatch(/^\d+ app$/);

    const second = start();
    expect(await second.exit).toBe(1);
    expect(second.output()).toBe(`The data folder ${data} is in use by another Centralita (process ${parent.process.pid}). Stop it, or choose another folder with --data.\n`);

    for (const port of [ports.http, ports.ws]) {
      const pid = Number((await ask(port)).split(' ')[0]);
      process.kill(pid, 'SIGKILL');
      await expect.poll(async () => (await ask(port)).split(' ')[0], PATIENCE).not.toMatch(new RegExp(`^(${pid}|nobody)$`));
    }
    const killed = postmaster()!;
    process.kill(killed, 'SIGKILL');
    await expect.poll(postmaster, PATIENCE).not.toBeOneOf([killed, undefined]);
    await expect.poll(() => ask(ports.http), PATIENCE).toMatch(/^\d+ app$/);

    parent.process.kill('SIGINT');
    expect(await parent.exit).toBe(0);
    expect(processesWith(data)).toEqual([]);
    expect(await ask(ports.http)).toBe('nobody');
  }, 90_000);

  it('says in one line which port is taken', async () => {
    const server = net.createServer().listen(ports.http, '127.0.0.1');
    await once(server, 'listening');
    const parent = start();
    expect(await parent.exit).toBe(1);
    expect(parent.output()).toBe(`TCP port ${ports.http} of 127.0.0.1 is taken by another program. Choose another with --http-port.\n`);
    server.close();
  }, 60_000);

  it('leaves nothing behind when it is killed outright, and starts again', async () => {
    const parent = start();
    await expect.poll(parent.output, PATIENCE).toContain('is ready');
    parent.process.kill('SIGKILL');
    await parent.exit;
    await expect.poll(() => ask(ports.http), PATIENCE).toBe('nobody');
    const again = start();
    await expect.poll(again.output, PATIENCE).toContain('is ready');
    again.process.kill('SIGTERM');
    expect(await again.exit).toBe(0);
    expect(processesWith(data)).toEqual([]);
  }, 90_000);
});
