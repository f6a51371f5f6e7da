import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { HEAP_FLAGS } from '../config/heap.ts';

/** What the parent says to a role's process, and what it answers. */
export type ToRole = { readonly start: unknown };
export type FromRole = { readonly ready: unknown } | { readonly failed: string };

export interface ChildOptions {
  readonly role: 'switch' | 'control';
  readonly settings: unknown;
  /** Undefined: it writes to our own terminal. */
  readonly logFile: string | undefined;
  readonly log: (line: string) => void;
  /** Where Node keeps compiled modules between starts: a control that was killed routes again 0.6 s sooner (bench/restart). */
  readonly compileCache?: string;
  /** The program to run; tests give another. */
  readonly program?: string;
}

const FIRST_DELAY_MS = 100;
/**
 * For one that was ready and ended: callers wait for it, and control is back within two seconds each time, however often it falls
 * (it takes a second to start). The switch sends new callers away once it has been gone for five.
 */
const LONGEST_DELAY_MS = 500;
/** For one that does not even start: trying more often would only keep the machine busy. */
const LONGEST_DELAY_WHILE_BROKEN_MS = 10_000;
/** Having run for so long, a process counts as healthy, and its next end as the first one. */
const HEALTHY_AFTER_MS = 60_000;
const STOP_LIMIT_MS = 15_000;
const LOG_LIMIT_BYTES = 100 * 1_048_576;


const MAIN = path.resolve(import.meta.dirname, '../main.ts');

/** A role in a process of its own: started again with growing delay whenever it ends without having been asked to. */
export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #stopping = false;
  #delayMs = FIRST_DELAY_MS;
  #timer: NodeJS.Timeout | undefined;
  #ready = false;

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** It said that it is ready, and has not ended since. */
  get settled(): boolean {
    return this.#ready;
  }

  /**
   * @returns what the role says when it is ready
   * @throws when it ends before that: the first start has to succeed, later ones are tried for ever
   */
  async start(): Promise<unknown> {
    const startedAt = performance.now();
    const child = this.#spawn();
    const outcome = await new Promise<FromRole>((resolve) => {
      child.on('message', (message) => resolve(message as FromRole));
      child.once('exit', (code, signal) => resolve({ failed: `${this.#options.role} ended with ${signal ?? `code ${code}`} while starting` }));
      child.once('error', (error) => resolve({ failed: `${this.#options.role} could not be started: ${error.message}` }));
    });
    if ('failed' in outcome) {
      this.#process = undefined;
      child.kill('SIGKILL');
      throw new Error(outcome.failed);
    }
    this.#ready = true;
    const ended = (how: string) => {
      if (this.#process === child) this.#onEnd(how, performance.now() - startedAt, LONGEST_DELAY_MS);
    };
    if (child.exitCode !== null || child.signalCode !== null) ended('at once');
    else child.once('exit', (code, signal) => ended(signal ?? `code ${code}`));
    return outcome.ready;
  }

  /** Asks it to end in good order, and insists after a while. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const insist = setTimeout(() => {
      this.#options.log(`${this.#options.role} does not stop; it is ended`);
      child.kill('SIGKILL');
    }, STOP_LIMIT_MS);
    await exit;
    clearTimeout(insist);
  }

  #spawn(): ChildProcess {
    const output = this.#options.logFile === undefined ? 'inherit' : openLog(this.#options.logFile);
    const child = fork(this.#options.program ?? MAIN, [this.#options.role, '--supervised'], {
      stdio: ['ignore', output, output, 'ipc'],
      // Ctrl-C reaches a terminal's whole foreground group; the parent alone decides the order in which things stop.
      detached: true,
      execArgv: [...process.execArgv, ...HEAP_FLAGS],
      // A folder of ours: Node's own choice is in the temporary folder, where anybody could leave code for us to run.
      env: { ...process.env, ...(this.#options.compileCache === undefined ? {} : { NODE_COMPILE_CACHE: this.#options.compileCache }) },
    });
    if (typeof output === 'number') fs.closeSync(output);
    this.#process = child;
    child.send({ start: this.#options.settings } satisfies ToRole);
    return child;
  }

  #onEnd(how: string, ranMs: number, longestDelayMs: number): void {
    this.#process = undefined;
    this.#ready = false;
    if (this.#stopping) return;
    if (ranMs > HEALTHY_AFTER_MS) this.#delayMs = FIRST_DELAY_MS;
    this.#delayMs = Math.min(this.#delayMs, longestDelayMs);
    this.#options.log(`${this.#options.role} ended unexpectedly (${how}); it starts again in ${this.#delayMs} ms`);
    this.#timer = setTimeout(() => {
      this.start().catch((error: Error) => {
        this.#options.log(error.message);
        this.#onEnd('not started', 0, LONGEST_DELAY_WHILE_BROKEN_MS);
      });
    }, this.#delayMs);
    this.#delayMs *= 2;
  }
}

/** Appended to; what an earlier run left beyond the limit becomes `.1`, so that two files at most are kept. */
export function openLog(file: string): number {
  if (fs.existsSync(file) && fs.statSync(file).size > LOG_LIMIT_BYTES) fs.renameSync(file, `${file}.1`);
  return fs.openSync(file, 'a', 0o600);
}
