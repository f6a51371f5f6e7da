import net from 'node:net';
import type { ControlSettings, RunningRole } from '../../config/settings.ts';
import type { SwitchSettings } from '../../telephony/embedded/switch-settings.ts';
import { openPool } from '../../storage/pool.ts';
import { runSupervised } from '../supervised.ts';

// Stands for main.ts under the parent: the switch opens its port, control answers at its own with what the database says.
async function listening(port: number, answer: () => Promise<string>): Promise<RunningRole> {
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    answer().then(
      (text) => socket.end(`${process.pid} ${text}`),
      (error: Error) => socket.end(`${process.pid} ${error.message}`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { ready: { port }, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}

if (process.argv[2] === 'switch') {
  runSupervised((settings: SwitchSettings) => listening(settings.browserSip!.port, () => Promise.resolve('switch')));
} else {
  runSupervised((settings: ControlSettings) => {
    const pool = openPool(settings.databases.app);
    return listening(settings.http.port, async () => (await pool.query<{ role: string }>('select current_user as role')).rows[0]!.role);
  });
}
