import type { Page } from 'playwright-core';

/** What the browser itself calls a long task starts at 50 ms. */
export interface LongTasks {
  /** Counts from here on; fails when the browser does not tell. */
  forget(): Promise<void>;
  /** Milliseconds that the longest one kept the main thread. */
  longest(): Promise<number>;
}

/** To be called before the page is opened: it watches every document that the page shows. */
export async function watchLongTasks(page: Page): Promise<LongTasks> {
  await page.addInitScript(`
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longTasks.push(duration);
    }).observe({ type: 'longtask', buffered: true });
  `);
  return {
    async forget() {
      // One on purpose first: a watch that sees nothing would prove nothing.
      await page.evaluate(
        `setTimeout(() => { for (const began = performance.now(); performance.now() - began < 150; ); })`,
      );
      await page.waitForFunction('window.longTasks.some((ms) => ms >= 150)');
      await page.evaluate('window.longTasks.length = 0');
    },
    longest: () => page.evaluate<number>('Math.max(0, ...window.longTasks)'),
  };
}
