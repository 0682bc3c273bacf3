import type { Page } from 'playwright-core';

/** Chromium's own trace of what each thread runs, task by task. */
const CATEGORY = 'toplevel';
const TASK = 'ThreadControllerImpl::RunTask';
const MAIN_THREAD = 'CrRendererMain';

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds of the processor. */
  tdur?: number;
  args: { name?: string };
}

/**
 * Watches what keeps the page's main thread, in time of the processor: on a machine that has other work, a task is
 * interrupted for as long as that takes, which says nothing about the page.
 * @returns ends the watch; milliseconds of the longest task since it began
 */
export async function watchLongTasks(page: Page): Promise<() => Promise<number>> {
  const cdp = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await cdp.send('Tracing.start', { traceConfig: { includedCategories: [CATEGORY], excludedCategories: ['*'] } });
  return async () => {
    const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
    await cdp.send('Tracing.end');
    await complete;
    const ofThread = (event: TraceEvent) => `${event.pid} ${event.tid}`;
    const mains = new Set(
      events.filter(({ name, args }) => name === 'thread_name' && args.name === MAIN_THREAD).map(ofThread),
    );
    const tasks = events.filter((event) => event.name === TASK && mains.has(ofThread(event)));
    // A trace of nothing would prove nothing.
    if (!tasks.some(({ tdur }) => tdur !== undefined)) throw new Error('the trace tells no task of the main thread');
    return Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1_000));
  };
}
