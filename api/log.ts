import { destination, pino, stdTimeFunctions } from 'pino';
import type { ApiDeps } from './deps';
import { loggedError } from './loggedError';

/** JSON lines on standard output; errors by what went wrong, so that no row slips into a log. */
export function createLog(level: string): ApiDeps['log'] {
  const stdout = destination({ dest: 1, sync: true });
  // A log that cannot be written, on a full disk, is no reason to stop the work.
  stdout.on('error', () => undefined);
  const out = pino({ level, timestamp: stdTimeFunctions.isoTime, base: { process: 'api' } }, stdout);
  return {
    error: (message, details = {}) => out.error(cleaned(details), message),
    info: (message, details = {}) => out.info(cleaned(details), message),
  };
}

function cleaned(details: object): object {
  return Object.fromEntries(
    Object.entries(details).map(([key, value]: [string, unknown]) => [
      key,
      value instanceof Error ? loggedError(value) : value,
    ]),
  );
}
