import { once } from 'node:events';
import type { Socket } from 'node:net';
import type pg from 'pg';

/** The part of pg's connection that COPY needs; pg offers it to queries that bring their own `submit`. */
interface Wire {
  readonly stream: Socket;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/**
 * COPY … TO STDOUT, chunk by chunk. A chunk that answers a promise holds the server back until it is resolved, so that a large
 * table does not end up in memory.
 */
export function copyOut(client: pg.Client, sql: string, onChunk: (chunk: Buffer) => Promise<void> | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    client.query({
      submit: (wire: unknown) => (wire as Wire).query(sql),
      handleCopyData: ({ chunk }: { chunk: Buffer }, wire: Wire) => {
        // A copy: pg reads the next message into the same memory.
        const room = onChunk(Buffer.from(chunk));
        if (!room) return;
        wire.stream.pause();
        room.then(
          () => wire.stream.resume(),
          (error: Error) => {
            failure = error;
            wire.stream.resume();
          },
        );
      },
      handleCommandComplete: () => {},
      handleError: reject,
      handleReadyForQuery: () => (failure ? reject(failure) : resolve()),
    } as pg.Submittable);
  });
}

/** COPY … FROM STDIN, fed with `chunks`. When they fail, the statement fails with their reason. */
export function copyIn(client: pg.Client, sql: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  return new Promise((resolve, reject) => {
    let over = false;
    const end = (error?: Error) => {
      over = true;
      if (error) reject(error);
      else resolve();
    };
    const feed = async (wire: Wire): Promise<void> => {
      for await (const chunk of chunks) {
        if (over) return;
        wire.sendCopyFromChunk(chunk);
        if (wire.stream.writableNeedDrain) await once(wire.stream, 'drain');
      }
      if (!over) wire.endCopyFrom();
    };
    client.query({
      submit: (wire: unknown) => (wire as Wire).query(sql),
      handleCopyInResponse: (wire: Wire) => {
        feed(wire).catch((error: Error) => wire.sendCopyFail(error.message));
      },
      handleCommandComplete: () => {},
      handleError: end,
      handleReadyForQuery: () => end(),
    } as pg.Submittable);
  });
}
