import type { Socket } from 'node:net';

/**
 * Cuts a byte stream into JSON objects, one per line. A line that is too long or is not JSON ends the connection: after it,
 * nothing on the stream can be trusted.
 */
export function readLines(socket: Socket, maxLineBytes: number, take: (value: unknown) => void, broken: (reason: string) => void): void {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let dead = false;
  const fail = (reason: string) => {
    dead = true;
    held = [];
    broken(reason);
  };
  const line = (bytes: Buffer) => {
    if (bytes.length === 0) return;
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString('utf8'));
    } catch {
      fail('not-json');
      return;
    }
    take(value);
  };
  socket.on('data', (chunk: Buffer) => {
    let from = 0;
    while (!dead && from < chunk.length) {
      const end = chunk.indexOf(10, from);
      const part = chunk.subarray(from, end === -1 ? chunk.length : end);
      heldBytes += part.length;
      if (heldBytes > maxLineBytes) return fail('line-too-long');
      held.push(part);
      if (end === -1) return;
      const whole = held.length === 1 ? held[0]! : Buffer.concat(held);
      held = [];
      heldBytes = 0;
      from = end + 1;
      line(whole);
    }
  });
}

/**
 * Writes values as lines. What one round of the event loop produces leaves in one write at its end: a system call a line
 * was the largest cost of a call.
 */
export class LineWriter {
  readonly #socket: Socket;
  #gathered = '';

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Bytes (characters, for what is gathered) that the other side has not taken. */
  get backlog(): number {
    return this.#gathered.length + this.#socket.writableLength;
  }

  get writable(): boolean {
    return this.#socket.writable;
  }

  write(value: object): void {
    if (!this.#socket.writable) return;
    if (this.#gathered === '') setImmediate(() => this.flush());
    this.#gathered += `${JSON.stringify(value)}\n`;
  }

  flush(): void {
    const lines = this.#gathered;
    this.#gathered = '';
    if (lines !== '' && this.#socket.writable) this.#socket.write(lines);
  }
}
