import type { Locator, Page } from 'playwright-core';

const MOST_TABS = 150;

/** Presses Tab until `target` has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  // What is disabled while an action is under way has no place among them.
  await (await target.elementHandle())?.waitForElementState('enabled');
  for (let presses = 0; presses < MOST_TABS; presses++) {
    if (await hasFocus(target)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`not reached by Tab: ${target.toString()}`);
}

/** The types of the browser are not those of the tests. */
function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate((element) => (element as { matches(selector: string): boolean }).matches(':focus'));
}
