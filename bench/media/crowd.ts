import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { FromCrowd, ToCrowd } from './protocol.ts';

type Report = Extract<FromCrowd, { readonly type: 'report' }>;

/** The crowd's process as the bench sees it. */
export class Crowd {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<string, (sdp: string) => void>();
  #reported: ((report: Report) => void) | undefined;

  constructor() {
    this.#child = fork(join(import.meta.dirname, 'crowd', 'main.ts'), [], { execArgv: [] });
    this.#child.on('message', (message: FromCrowd) => {
      if (message.type === 'report') this.#reported?.(message);
      else this.#waiting.get(message.phone)?.(message.sdp);
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** @returns the phone's offer */
  plain(phone: string, hertz: number): Promise<string> {
    return this.#ask(phone, { type: 'plain', phone, hertz });
  }

  follow(phone: string, sdp: string): void {
    this.#tell({ type: 'follow', phone, port: Number(/^m=audio (\d+)/m.exec(sdp)![1]) });
  }

  /** @returns the browser's answer */
  browser(phone: string, hertz: number, offer: string): Promise<string> {
    return this.#ask(phone, { type: 'browser', phone, hertz, offer });
  }

  forget(phone: string): void {
    this.#tell({ type: 'forget', phone });
  }

  count(): void {
    this.#tell({ type: 'count' });
  }

  report(): Promise<Report> {
    return new Promise((resolve) => {
      this.#reported = resolve;
      this.#tell({ type: 'report' });
    });
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }

  #ask(phone: string, message: ToCrowd): Promise<string> {
    return new Promise((resolve) => {
      this.#waiting.set(phone, (sdp) => {
        this.#waiting.delete(phone);
        resolve(sdp);
      });
      this.#tell(message);
    });
  }

  #tell(message: ToCrowd): void {
    this.#child.send(message);
  }
}
