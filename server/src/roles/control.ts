import type { ControlSettings, RunningRole } from '../config/settings.ts';
import { createLogger, endOnUncaught } from '../observability/logger.ts';
import { startControl } from '../wiring/control.ts';

/** The process that decides: HTTP, feed, floor. */
export async function runControl(settings: ControlSettings): Promise<RunningRole> {
  const logger = createLogger('control', settings.logLevel);
  endOnUncaught(logger);
  return startControl(settings, logger);
}
