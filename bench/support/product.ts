import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Center, Desk } from './center.ts';
import { childrenOf, cpuOf, cpuOfTree, memoryMb } from './cpu.ts';
import { freePorts } from './ports.ts';
import { type Seat, seedAccounts } from './seed.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const READY_WITHIN_MS = 120_000;
/** Routes limit requests by address, and this machine has sixteen million of its own. */
const SEATS_PER_ADDRESS = 50;

interface Ports {
  readonly http: number;
  readonly sip: number;
}

/** The whole product as `npm start` runs it, on a data folder of its own, with the desks' accounts and nobody else's. */
export class ProductCenter implements Center {
  readonly name = 'Centralita';
  readonly folder: string;
  readonly #ports: Ports;
  readonly #process: ChildProcess;
  readonly #seats: ReadonlyMap<Desk, readonly Seat[]>;

  private constructor(of: { folder: string; ports: Ports; process: ChildProcess; seats: ReadonlyMap<Desk, readonly Seat[]> }) {
    this.folder = of.folder;
    this.#ports = of.ports;
    this.#process = of.process;
    this.#seats = of.seats;
  }

  static async start(desks: readonly Desk[]): Promise<ProductCenter> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    const seats = await seedAccounts(join(folder, 'data'), desks);
    const ports = { http: await freePorts(), sip: await freePorts() };
    const rtp = await freePorts(1_199);
    const options = { data: join(folder, 'data'), 'http-port': ports.http, 'sip-port': ports.sip, 'ws-sip-port': await freePorts(), 'media-port': await freePorts(3), 'rtp-ports': `${rtp}-${rtp + 1_199}` };
    // Other work on the machine must not make the center refuse calls for the sake of audio that nobody sends here.
    const given = Object.entries({ ...options, 'media-late-ms': 5_000, 'log-level': 'warn' }).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn(process.execPath, ['server/src/main.ts', 'all-in-one', ...given], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    await ready(child);
    const product = new ProductCenter({ folder, ports, process: child, seats });
    for (const desk of desks) await product.#open(desk);
    return product;
  }

  get sipPort(): number {
    return this.#ports.sip;
  }

  cpu(): Readonly<Record<string, number>> {
    return { control: cpuOf(this.pidOf('control')), switch: cpuOf(this.pidOf('switch')), postgres: cpuOfTree(this.pidOf('postgres')) };
  }

  mediaCpu(): number {
    return childrenOf(this.pidOf('switch')).reduce((sum, pid) => sum + cpuOf(pid), 0);
  }

  memory(): Readonly<Record<string, number>> {
    return { control: memoryMb(this.pidOf('control')), switch: memoryMb(this.pidOf('switch')) };
  }

  pidOf(part: 'control' | 'switch' | 'postgres'): number {
    const found = childrenOf(this.#process.pid!).find((pid) => {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return part === 'postgres' ? words[0]!.endsWith('postgres') : words.includes(part);
    });
    if (found === undefined) throw new Error(`${part} does not run`);
    return found;
  }

  /** Where its pages and its feed are. */
  get origin(): string {
    return `http://127.0.0.1:${this.#ports.http}`;
  }

  seatsOf(desk: Desk): readonly Seat[] {
    return this.#seats.get(desk)!;
  }

  /** A request from somebody's seat, as their page would make it. @param index of the seat, which has a share in an address */
  ask(method: string, path: string, seat: Seat, index: number, body?: unknown): Promise<unknown> {
    return this.#ask(method, path, seat.token, addressOf(index), body);
  }

  /** Each agent comes onto the floor as their browser would bring them, and chooses the status that takes queue work. */
  async #open(desk: Desk): Promise<void> {
    for (const [index, { token }] of this.#seats.get(desk)!.slice(0, desk.agents).entries()) {
      const from = addressOf(index);
      const session = (await this.#ask('GET', '/api/session', token, from)) as { statuses: { statusId: string; takesQueueWork: boolean }[] };
      await this.#ask('POST', '/api/softphone/registration', token, from);
      await this.#ask('PUT', '/api/me/status', token, from, { statusId: session.statuses.find((status) => status.takesQueueWork)!.statusId });
    }
  }

  #ask(method: string, path: string, token: string, from: string, body?: unknown): Promise<unknown> {
    const { origin } = this;
    const headers = { cookie: `centralita=${token}`, origin, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    return new Promise((resolve, reject) => {
      const asking = request(`${origin}${path}`, { method, localAddress: from, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () => {
          if (answer.statusCode! >= 300) reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
          else resolve(text === '' ? undefined : JSON.parse(text));
        });
      });
      asking.on('error', reject);
      asking.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGINT');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const addressOf = (index: number): string => `127.0.1.${1 + (Math.floor(index / SEATS_PER_ADDRESS) % 250)}`;

async function ready(child: ChildProcess): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not ready in time:\n${output}`)), READY_WITHIN_MS);
    child.stdout!.on('data', (bytes: Buffer) => {
      output += bytes.toString();
      if (!output.includes('is ready: ')) return;
      clearTimeout(late);
      resolve();
    });
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`ended with ${code}:\n${output}`));
    });
  }).catch((error: unknown) => {
    child.kill('SIGINT');
    throw error;
  });
}
