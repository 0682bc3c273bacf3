import { Context } from '@temporalio/activity';

const EVERY_MS = 3_000;

/** Tells Temporal that this worker lives while one long statement runs. Does nothing outside an activity. */
export async function beating<T>(work: () => Promise<T>): Promise<T> {
  const context = currentContext();
  if (!context) return work();
  const timer = setInterval(() => context.heartbeat(), EVERY_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

function currentContext(): Context | null {
  try {
    return Context.current();
  } catch {
    return null;
  }
}
