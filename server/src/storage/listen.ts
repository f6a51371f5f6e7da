import { setTimeout as delay } from 'node:timers/promises';
import { ignoreFailure } from '@centralita/kernel';
import { openConnection } from './pool.ts';

const LONGEST_DELAY_MS = 5_000;

export interface Listener {
  /** Resolves when listening for the first time. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/**
 * Hears NOTIFY on one connection of its own and reconnects for ever. What was notified while it was away is gone, so `onNotice`
 * is called with undefined after each connection: read the tables then.
 *
 * @param channel an identifier of ours, never a person's text
 */
export function listen(url: string, channel: string, onNotice: (payload: string | undefined) => void): Listener {
  let closed = false;
  let hangUp: () => void = () => {};
  let firstReady: () => void;
  const ready = new Promise<void>((resolve) => (firstReady = resolve));

  const once = async (): Promise<void> => {
    const client = openConnection(url, `centralita-listen-${channel}`);
    const ended = new Promise<void>((resolve) => {
      hangUp = resolve;
      client.on('end', resolve);
      client.on('error', () => resolve());
    });
    client.on('notification', (message) => onNotice(message.payload));
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      firstReady();
      onNotice(undefined);
      if (!closed) await ended;
    } finally {
      await client.end();
    }
  };

  const run = (async () => {
    for (let delayMs = 50; !closed; delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)) {
      const since = performance.now();
      const listened = once();
      ignoreFailure(`listening for ${channel}`, listened);
      await Promise.allSettled([listened]);
      if (performance.now() - since > LONGEST_DELAY_MS) delayMs = 50;
      if (!closed) await delay(delayMs);
    }
  })();

  return {
    ready,
    close: async () => {
      closed = true;
      hangUp();
      await run;
    },
  };
}
