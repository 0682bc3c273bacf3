import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { testInBrowser, withPage } from '../kit/browser';
import { palettePng } from './support/palettePng';
import { createPictureRecord, type PictureRecord } from './support/pictureRecord';
import { pictures, type Picture } from './support/pictures';
import { openWebScene, signIn, type WebScene } from './support/webScene';

/** Set by `npm run docs -- --telas`. Else one of each is taken and thrown away: whether it still can be. */
const kept = process.env.PICTURES_DIR;
const folder = kept ?? mkdtempSync(join(tmpdir(), 'telas-'));
const only = process.env.PICTURES_ONLY?.split(',');

const sizes = { larga: { width: 1280, height: 800 }, estreita: { width: 390, height: 844 } };
const themes = { clara: 'light', escura: 'dark' } as const;
const wanted = kept ? undefined : 1;

let scene: WebScene;
let record: PictureRecord;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  scene = await openWebScene({ TEMPORAL_UI_URL: 'http://127.0.0.1:8233' });
  record = await createPictureRecord(scene.knex, scene.carteira);
});
afterAll(async () => {
  await scene.close();
  if (!kept) rmSync(folder, { recursive: true, force: true });
});

testInBrowser(
  'every screen is pictured as docs/ shows it',
  async () => {
    for (const [size, viewport] of Object.entries(sizes).slice(0, wanted))
      for (const [tone, colorScheme] of Object.entries(themes).slice(0, wanted))
        await withPage(viewport, async (page) => {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          // Instants stand still, or each run would change each picture.
          await page.addInitScript(`
            Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', { get: () => () => '24/11/2026, 14:32:05' });
          `);
          let signedIn = false;
          for (const picture of pictures(record, scene.carteira.id)) {
            if (only && !only.includes(picture.name)) continue;
            if (!picture.signedOut && !signedIn) {
              await signIn(page, scene.origin);
              signedIn = true;
            }
            await page.goto(scene.origin + picture.path);
            await page.getByText(new RegExp(picture.sign)).first().waitFor();
            await settled(page);
            await picture.first?.(page);
            await settled(page);
            await page.evaluate('document.fonts.ready');
            const taken = await page.screenshot({ animations: 'disabled', caret: 'hide' });
            writeFileSync(join(folder, fileOf(picture, size, tone)), palettePng(taken));
          }
        });
  },
  1_800_000,
);

testInBrowser('a page shows all of them', () => {
  const rows = pictures(record, scene.carteira.id).map((picture) =>
    [
      ...[`## ${picture.title}`, '', '| | clara | escura |', '|---|---|---|'],
      ...Object.keys(sizes).map((size) => {
        const cells = Object.keys(themes).map(
          (tone) => `![${picture.title}](pictures/telas/${fileOf(picture, size, tone)})`,
        );
        return `| ${size} | ${cells.join(' | ')} |`;
      }),
    ].join('\n'),
  );
  const head = '# Telas\n\nTodas as telas, em duas larguras e dois temas, tiradas por `npm run docs -- --telas`.';
  const page = `${head}\n\n${rows.join('\n\n')}\n`;
  const place = join(__dirname, '../../docs/telas.md');
  if (kept) writeFileSync(place, page);
  else expect(readFileSync(place, 'utf8')).toBe(page);
});

/** Nothing is on its way any more. */
async function settled(page: Page): Promise<void> {
  await page
    .getByText(/Carregando…|Conferindo/)
    .first()
    .waitFor({ state: 'detached' });
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
}

function fileOf({ name }: Picture, size: string, tone: string): string {
  return `${name}-${size}-${tone}.png`;
}
