import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SCENARIOS = join(import.meta.dirname, 'scenarios');

/** One line that a scenario logged; `at` in milliseconds since 1970, with the microseconds as its fraction. */
export interface Logged {
  readonly what: 'invite' | 'ring' | 'freed' | 'ended';
  /** Undefined for what only the customer knows. */
  readonly agent: string | undefined;
  readonly caller: string;
  readonly at: number;
}

export interface SippRun {
  /** Where the center is; agents send nothing first, so they need none. */
  readonly target?: { readonly port: number; readonly number: string };
  readonly port: number;
  readonly mediaPort: number;
  readonly arguments: readonly string[];
}

/** One SIPp process with a scenario of ours and the log of what it saw. */
export class Sipp {
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(scenario: 'customer' | 'agent', run: SippRun, fill: Readonly<Record<string, number>> = {}) {
    this.#folder = mkdtempSync(join(tmpdir(), 'bench-sipp-'));
    const filled = Object.entries(fill).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, String(value)), readFileSync(join(SCENARIOS, `${scenario}.xml`), 'utf8'));
    writeFileSync(join(this.#folder, 'scenario.xml'), filled);
    const target = run.target ? [`127.0.0.1:${run.target.port}`, '-s', run.target.number] : [];
    const files = ['-sf', 'scenario.xml', '-trace_logs', '-log_file', 'log', '-trace_err', '-error_file', 'errors'];
    this.#process = spawn('sipp', [...target, ...files, '-i', '127.0.0.1', '-mi', '127.0.0.1', '-p', String(run.port), '-mp', String(run.mediaPort), '-nostdin', '-buff_size', '4194304', ...run.arguments], {
      cwd: this.#folder,
      stdio: 'ignore',
    });
    this.#ended = once(this.#process, 'exit');
  }

  /** Waits for its own end, at most so long. */
  async ended(withinMs: number): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    await Promise.race([this.#ended, new Promise((resolve) => (late = setTimeout(resolve, withinMs)))]);
    clearTimeout(late);
  }

  log(): Logged[] {
    const file = join(this.#folder, 'log');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8').split('\n').flatMap((line) => parseLine(line) ?? []);
  }

  /** What SIPp found wrong, but for its own lateness and for answers that were sent again to calls that had ended well. */
  errors(): string {
    const file = join(this.#folder, 'errors');
    if (!existsSync(file)) return '';
    const entries = readFileSync(file, 'utf8').split(/\n(?=\d{4}-\d\d-\d\d\t)/).slice(1);
    return entries.filter((entry) => !entry.includes('Overload warning') && !entry.includes('(successful), received')).join('\n').slice(0, 1_500);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGUSR1');
      await this.ended(1_000);
      this.#process.kill('SIGKILL');
      await this.#ended;
    }
  }

  forget(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const LINE = /^(invite|ring|freed|ended) (?:(a\S+) )?(\d+) (\d{4}-\d\d-\d\d)[T\t ](\d\d:\d\d:\d\d)\.(\d+)/;

function parseLine(line: string): Logged | undefined {
  const found = LINE.exec(line);
  if (!found) return undefined;
  const [, what, agent, caller, day, time, fraction] = found;
  return { what: what as Logged['what'], agent, caller: caller!, at: Date.parse(`${day}T${time}`) + Number(`0.${fraction}`) * 1_000 };
}
