import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { simulationReport, type SimulationOrder, type WhatIfAnswer, type WhatIfProgress } from '@centralita/contract';
import { ignoreFailure, ok, refuse, type Result } from '@centralita/kernel';
import type { Asker, SimulationRefusal, Simulations } from '../capabilities/staffing/application/ports.ts';

export interface WhatIfLimits {
  readonly perAccount: number;
  readonly inAll: number;
  readonly timeLimitMs: number;
  readonly memoryLimitMb: number;
}

/** A full question takes some twenty seconds and 200 MB on a busy machine; an ordinary one three seconds. */
export const WHAT_IF_PROCESSES: WhatIfLimits = { perAccount: 1, inAll: 2, timeLimitMs: 60_000, memoryLimitMb: 512 };

/** A program of its own, found by its place: the server does not import the simulator, which is built on it. */
const SIMULATOR = join(import.meta.dirname, '../../../simulator/what-if/main.ts');
const ASK_AGAIN_SECONDS = 5;
/** The least urgent there is: calls come first on every core. */
const NICE = 19;

interface Running {
  readonly asker: Asker;
  days: WhatIfProgress['days'];
}

type Outcome = { readonly answer: WhatIfAnswer } | 'left' | 'too-long' | { readonly died: string };

/**
 * Simulations beside control, each in a process that is small, slow and mortal: control's event loop decides live calls. A few at
 * once, so that one account's curiosity is not another's wait.
 */
export class WhatIfProcesses implements Simulations {
  readonly #limits: WhatIfLimits;
  readonly #program: string;
  readonly #running = new Map<ChildProcess, Running>();

  constructor(limits: WhatIfLimits = WHAT_IF_PROCESSES, program = SIMULATOR) {
    this.#limits = limits;
    this.#program = program;
  }

  get running(): number {
    return this.#running.size;
  }

  progressOf({ account, userId }: Asker): WhatIfProgress['days'] {
    return [...this.#running.values()].find(({ asker }) => asker.account === account && asker.userId === userId)?.days ?? null;
  }

  async simulate(asker: Asker, order: SimulationOrder, left: AbortSignal): Promise<Result<WhatIfAnswer, SimulationRefusal>> {
    const ofAccount = [...this.#running.values()].filter((one) => one.asker.account === asker.account).length;
    if (ofAccount >= this.#limits.perAccount) return refuse({ code: 'rate-limited', detail: 'another simulation of this account is running', retryAfterSeconds: ASK_AGAIN_SECONDS });
    if (this.#running.size >= this.#limits.inAll) return refuse({ code: 'overloaded', detail: 'other simulations are running', retryAfterSeconds: ASK_AGAIN_SECONDS });
    if (left.aborted) return refuse({ code: 'not-allowed-now' });
    const outcome = await this.#run(asker, order, left);
    if (outcome === 'left') return refuse({ code: 'not-allowed-now', detail: 'nobody waited for the answer' });
    if (outcome === 'too-long') return refuse({ code: 'too-much-work' });
    if ('answer' in outcome) return ok(outcome.answer);
    if (/heap out of memory|heap limit/i.test(outcome.died)) return refuse({ code: 'too-much-work' });
    throw new Error(`the simulating process ended without an answer: ${outcome.died}`);
  }

  close(): void {
    for (const child of this.#running.keys()) child.kill('SIGKILL');
  }

  #run(asker: Asker, order: SimulationOrder, left: AbortSignal): Promise<Outcome> {
    // No environment: it needs no secret, and what a scenario could make it do has none to tell.
    const child = fork(this.#program, [], { execArgv: [`--max-old-space-size=${this.#limits.memoryLimitMb}`], env: {}, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    const running: Running = { asker, days: null };
    this.#running.set(child, running);
    return new Promise<Outcome>((resolve) => {
      let outcome: Outcome | undefined;
      let said = '';
      const end = (why: Outcome): void => {
        outcome ??= why;
        child.kill('SIGKILL');
      };
      const leave = (): void => end('left');
      const limit = setTimeout(() => end('too-long'), this.#limits.timeLimitMs);
      left.addEventListener('abort', leave, { once: true });
      child.stderr?.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2_000)));
      child.on('message', (message) => {
        const report = simulationReport.safeParse(message);
        if (!report.success) end({ died: report.error.message });
        else if (report.data.type === 'answer') end({ answer: report.data.answer });
        else running.days = { done: report.data.done, of: report.data.of };
      });
      child.once('error', (error) => end({ died: error.message }));
      child.once('close', (code, signal) => {
        clearTimeout(limit);
        left.removeEventListener('abort', leave);
        this.#running.delete(child);
        resolve(outcome ?? { died: `${code ?? signal}: ${said}` });
      });
      child.once('spawn', () => beNice(child.pid));
      child.send(order, (error) => error && end({ died: error.message }));
    });
  }
}

/** A system that does not let us is no reason not to answer. */
function beNice(pid: number | undefined): void {
  if (pid !== undefined) ignoreFailure('making a simulation less urgent than calls', () => setPriority(pid, NICE));
}
