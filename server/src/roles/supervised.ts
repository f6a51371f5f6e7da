import type { RunningRole } from '../config/settings.ts';
import type { FromRole, ToRole } from './child.ts';

/**
 * A role under its parent: the settings come by message, the answer goes back when it is ready, and it stops on SIGTERM or
 * when the parent is gone.
 */
export function runSupervised<Settings>(run: (settings: Settings) => Promise<RunningRole>): void {
  process.once('message', (message: ToRole) => {
    run(message.start as Settings).then(
      (role) => {
        stopWhenAsked(role);
        tell({ ready: role.ready });
      },
      (error: Error) => {
        process.stderr.write(`${error.stack ?? error.message}\n`);
        tell({ failed: error.message });
        process.exitCode = 1;
        process.disconnect?.();
      },
    );
  });
}

export function stopWhenAsked(role: RunningRole): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    role.stop().then(
      () => process.exit(0),
      (error: Error) => {
        process.stderr.write(`${error.stack ?? error.message}\n`);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
  // A supervised role whose parent was killed while it started would stay behind alone.
  if (process.argv.includes('--supervised') && !process.connected) stop();
}

/** A parent that was killed takes no answer; `disconnect` then ends this process. */
function tell(answer: FromRole): void {
  if (process.connected) process.send?.(answer);
}
