import type { Logger, LogLevel, LogMetadata } from '@temporalio/worker';
import { destination, pino, stdTimeFunctions } from 'pino';

const levels: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** JSON lines on standard output; errors by name and message, so that no row or payload slips into a log. */
export function createLogger(level: string): Logger {
  const stdout = destination({ dest: 1, sync: true });
  // A log that cannot be written, on a full disk, is no reason to stop the work.
  stdout.on('error', () => undefined);
  const options = {
    level,
    timestamp: stdTimeFunctions.isoTime,
    base: { process: 'worker' },
    serializers: { error: summary, err: summary },
  };
  const out = pino(options, stdout);
  const log = (severity: LogLevel, message: string, meta: LogMetadata = {}) => out[levels[severity]](meta, message);
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}

function summary(error: unknown): unknown {
  return error instanceof Error
    ? { name: error.name, message: error.message.slice(0, 300) }
    : String(error).slice(0, 300);
}
