import { reportIgnoredFailuresTo } from '@centralita/kernel';
import { type DestinationStream, pino, type Logger } from 'pino';
import { describeError } from './describe-error.ts';

/**
 * The process's log: one JSON object a line on stdout, which the parent sends to a file or lets through. Message texts and
 * fields carry no phone numbers, digits or names; ids do.
 *
 * @param to another place than stdout, for tests
 */
export function createLogger(role: string, level: string, to?: DestinationStream): Logger {
  const options = { level, base: { role, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describeError } };
  const logger = to ? pino(options, to) : pino(options);
  reportIgnoredFailuresTo((reason, error) => logger.warn({ reason, err: error }, 'a failure was let pass'));
  return logger;
}

/** A bug that nobody caught: it is written down, and the process ends, since nobody knows what it left half done. */
export function endOnUncaught(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception');
    process.exit(70);
  });
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    process.exit(70);
  });
}
