import { flushCompileCache } from 'node:module';
import type { RunningRole } from '../config/settings.ts';
import type { FromRole, ToRole } from './child.ts';

/** A role answers how to stop it, or (nothing) ends by itself on SIGTERM. */
export type RunRole<Settings> = (settings: Settings) => Promise<RunningRole | void>;

/**
 * A role under its parent: the settings come by message, the answer goes back when it is ready, and it stops on SIGTERM or
 * when the parent is gone.
 */
export function runSupervised<Settings>(run: RunRole<Settings>): void {
  process.once('message', (message: ToRole) => {
    run(message.start as Settings).then(
      (role) => {
        stopWhenAsked(role ?? endingBySignal);
        tell({ ready: role?.ready ?? null });
        // Node writes it at an orderly end only, and a killed process has none.
        flushCompileCache();
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

/** Its own handler of the signal does the work and ends the process. */
const endingBySignal: RunningRole = { ready: null, stop: () => new Promise(() => {}) };

function stopWhenAsked(role: RunningRole): void {
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
    // Nobody sent a signal when the parent was killed; a role that knows only signals gets one from here.
    if (role === endingBySignal && !process.connected) process.kill(process.pid, 'SIGTERM');
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
  // The parent was killed while the role started: it must not stay behind alone.
  if (!process.connected) stop();
}

/** A parent that was killed takes no answer; `disconnect` then ends this process. */
function tell(answer: FromRole): void {
  if (process.connected) process.send?.(answer);
}
