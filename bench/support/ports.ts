import { createSocket } from 'node:dgram';

/** A port of 127.0.0.1 with `following` free ones after it, below the range the system lends from. */
export async function freePorts(following = 0): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = 10_000 + 2 * Math.floor(Math.random() * 9_000);
    const free = await Promise.all(Array.from({ length: following + 1 }, (_, i) => isFree(first + i)));
    if (free.every(Boolean)) return first;
  }
  throw new Error('no free ports');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
}
