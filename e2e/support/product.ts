import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from './ports.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** First migrations, five password hashes and a build machine with two busy cores. */
const READY_WITHIN_MS = 120_000;

export interface Person {
  readonly name: string;
  readonly role: string;
  readonly email: string;
  readonly password: string;
}

/** The whole product in a folder of its own, on ports of its own, as `npm start` runs it. */
export class Product {
  readonly folder: string;
  readonly address: string;
  readonly httpPort: number;
  readonly sipPort: number;
  readonly webSocketPort: number;
  readonly people: readonly Person[];
  readonly #process: ChildProcess;
  readonly #output: string[];

  private constructor(parts: { folder: string; address: string; httpPort: number; sipPort: number; webSocketPort: number; process: ChildProcess; output: string[] }) {
    this.folder = parts.folder;
    this.address = parts.address;
    this.httpPort = parts.httpPort;
    this.sipPort = parts.sipPort;
    this.webSocketPort = parts.webSocketPort;
    this.#process = parts.process;
    this.#output = parts.output;
    this.people = (JSON.parse(readFileSync(join(parts.folder, 'data/secrets/first-sign-in.json'), 'utf8')) as { people: Person[] }).people;
  }

  /**
   * Audio may be late here: the machine that runs the tests is busy with them.
   * @param options.before fills the data folder that the program starts on
   * @param options.through what runs the program instead of the system itself, its words before the program's
   */
  static async start(options: { readonly arguments?: readonly string[]; readonly before?: (dataFolder: string) => Promise<void>; readonly through?: (dataFolder: string) => readonly string[]; readonly environment?: Readonly<Record<string, string>> } = {}): Promise<Product> {
    const folder = mkdtempSync(join(tmpdir(), 'centralita-e2e-'));
    await options.before?.(join(folder, 'data'));
    const [httpPort, sipPort, webSocketPort, mediaPort, rtpPort] = [await freePort(), await freePort(), await freePort(), await freePort(3), await freePort(399)];
    const ports = ['--http-port', httpPort, '--sip-port', sipPort, '--ws-sip-port', webSocketPort, '--media-port', mediaPort, '--rtp-ports', `${rtpPort}-${rtpPort + 399}`];
    const command = [...(options.through?.(join(folder, 'data')) ?? []), process.execPath, 'server/src/main.ts', 'all-in-one', '--data', join(folder, 'data'), ...ports.map(String), '--media-late-ms', '2000', ...(options.arguments ?? [])];
    const child = spawn(command[0]!, command.slice(1), {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment },
    });
    const output: string[] = [];
    const address = await new Promise<string>((ready, failed) => {
      const late = setTimeout(() => failed(new Error(`not ready in time:\n${output.join('')}`)), READY_WITHIN_MS);
      const read = (bytes: Buffer) => {
        output.push(bytes.toString());
        const found = /is ready: (\S+)/.exec(output.join(''));
        if (!found) return;
        clearTimeout(late);
        ready(found[1]!);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) => {
        clearTimeout(late);
        failed(new Error(`ended with ${code}:\n${output.join('')}\n${logsOf(folder)}`));
      });
    }).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
    return new Product({ folder, address, httpPort, sipPort, webSocketPort, process: child, output });
  }

  person(role: string): Person {
    const person = this.people.find((one) => one.role === role);
    if (!person) throw new Error(`nobody is ${role}`);
    return person;
  }

  /** What control has logged, oldest first. */
  controlLog(): { readonly pid: number; readonly msg: string; readonly [more: string]: unknown }[] {
    const lines = readFileSync(join(this.folder, 'data/logs/control.log'), 'utf8').split('\n');
    // The last one may be half written, and so may one that a kill broke off.
    return lines.flatMap((line) => (/^\{.*\}$/.test(line) ? [JSON.parse(line)] : []));
  }

  /** What the processes wrote, for a failing test. */
  logs(): string {
    return `${this.#output.join('')}\n${logsOf(this.folder)}`;
  }

  /** A file as the program sees it, also when it lives behind mounts of its own. */
  ownPath(...parts: string[]): string {
    return join('/proc', String(this.#process.pid), 'root', this.folder, 'data', ...parts);
  }

  /** The process of a role (`switch`, `control`), to be killed by a test. */
  pidOf(role: 'switch' | 'control'): number {
    const found = childrenOf(this.#process.pid!).find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(role));
    if (found === undefined) throw new Error(`${role} does not run`);
    return found;
  }

  /** PostgreSQL's own and those of its connections. */
  databasePids(): number[] {
    const postmaster = childrenOf(this.#process.pid!).find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]!.endsWith('postgres'));
    if (postmaster === undefined) throw new Error('PostgreSQL does not run');
    return [postmaster, ...childrenOf(postmaster)];
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.kill('SIGINT');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const childrenOf = (pid: number): number[] => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

function logsOf(folder: string): string {
  return ['switch', 'control', 'postgres']
    .map((name) => {
      try {
        return `---- ${name}\n${readFileSync(join(folder, 'data/logs', `${name}.log`), 'utf8').slice(-8_000)}`;
      } catch (error) {
        return `---- ${name}: ${String(error)}`;
      }
    })
    .join('\n');
}
