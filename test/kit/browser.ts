import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { plainEnvironment } from '../../tools/stack/plainEnvironment';

/** A test's own limit ends what hangs; this one is longer than a busy machine needs for anything. */
const APPEARS_WITHIN_MS = 120_000;

/** `test`, or `test.skip` where no Chromium is to be had (tools/stack/debianTools.ts says so). */
export const testInBrowser = process.env.CHROMIUM_PATH ? test : test.skip;

/** A browser with a profile of its own, gone after `use`. */
export async function withPage<T>(
  viewport: { width: number; height: number },
  use: (page: Page) => Promise<T>,
): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  let context: BrowserContext | undefined;
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env.CHROMIUM_PATH as string,
      env: plainEnvironment(/^(DISPLAY|WAYLAND_DISPLAY|XDG_RUNTIME_DIR|FONTCONFIG_.*)$/),
      viewport,
      locale: 'pt-BR',
      timezoneId: 'America/Sao_Paulo',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    context.setDefaultTimeout(APPEARS_WITHIN_MS);
    return await use(await context.newPage());
  } finally {
    await context?.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
