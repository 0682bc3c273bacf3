import type { Page } from 'playwright-core';
import { testInBrowser, withPage } from '../kit/browser';
import { createCarteira, createCustomer, createReceivables } from '../kit/record';
import { insertConcludedBatch } from './support/concludedBatch';
import { tabTo } from './support/keyboard';
import { watchLongTasks } from './support/longTasks';
import { communicate, DESKTOP, lit, rowOf } from './support/steps';
import { openWebScene, signIn, type WebScene } from './support/webScene';

/** A task that keeps the main thread longer is felt. Milliseconds of the processor. */
const FELT_MS = 100;
const ALL = 100_000;
const CONCLUDED = 'cem-mil';

let scene: WebScene;
/** ID da cobrança of the first título of the concluded batch. */
let first: number;
beforeAll(async () => {
  scene = await openWebScene();
  await scene.startWorker();
  // Of another carteira, whose títulos no communication of the test takes.
  const carteira = await createCarteira(scene.knex, { filial_id: scene.carteira.filialId });
  first = await insertConcludedBatch(scene.knex, { batchId: CONCLUDED, carteira, count: ALL });
});
afterAll(() => scene.close());

const table = (page: Page) => page.getByRole('region', { name: 'Títulos da comunicação' });

testInBrowser(
  'a batch of 5,000 is scrolled and filtered while it runs, and nothing keeps the main thread for long',
  async () => {
    const pace = (calls: number) => scene.knex('gateway_limit').where({ route_class: 'register' }).update({ calls });
    await pace(200);
    await createReceivables(scene.knex, scene.carteira, 4_950);
    const customer_id = await createCustomer(scene.knex, { cep: '123' });
    await createReceivables(scene.knex, scene.carteira, 50, { customer_id });
    await withPage(DESKTOP, async (page) => {
      await signIn(page, scene.origin);
      await communicate(page, scene);
      await table(page).getByRole('row').nth(5).waitFor();
      await page.getByRole('button', { name: /^[1-9]\d* Registrado/ }).waitFor();
      const longest = await watchLongTasks(page);

      const registered = page.getByRole('button', { name: /Registrado$/ });
      const search = page.getByRole('searchbox', { name: 'Procurar' });
      let rounds = 0;
      for (; rounds < 4; rounds++) {
        await scrollAbout(page);
        await registered.click();
        await scrollAbout(page);
        await registered.click();
        await search.fill('Inventado');
        await scrollAbout(page);
        await search.fill('');
        await page.getByLabel('Situação').selectOption({ label: 'Na fila' });
        await scrollAbout(page);
        await page.getByLabel('Situação').selectOption({ label: 'todas' });
        // Slower, so that a slow machine does not see the batch end meanwhile.
        await pace(20);
      }
      // All of that happened to a batch that was running.
      await lit(page, 'Comunicação com Gateway').waitFor();
      await pace(1_000);
      await lit(page, 'Localizar e corrigir').waitFor({ timeout: 0 });
      await page.getByRole('button', { name: '4.950 Registrado' }).waitFor();
      expect(await longest()).toBeLessThanOrEqual(FELT_MS);
    });
  },
);

testInBrowser(
  'a concluded batch of 100,000 is reopened by its address, scrolled to its end and filtered, by keyboard',
  async () => {
    await withPage(DESKTOP, async (page) => {
      await signIn(page, scene.origin, `/comunicacoes/${CONCLUDED}`);
      await lit(page, 'Fim').waitFor();
      await rowOf(page, first).waitFor();
      const longest = await watchLongTasks(page);
      await tabTo(page, table(page));
      await page.keyboard.press('End');
      await rowOf(page, first + ALL - 1).waitFor();
      await page.keyboard.press('PageUp');
      await rowOf(page, first + ALL - 20).waitFor();
      await page.keyboard.press('Home');
      await rowOf(page, first).waitFor();

      await page.getByRole('button', { name: /^99.000 Registrado/ }).click();
      await tabTo(page, table(page));
      await page.keyboard.press('End');
      // The last of all was refused.
      await rowOf(page, first + ALL - 2).waitFor();
      await page.getByRole('searchbox', { name: 'Procurar' }).fill(String(first + 54_321));
      await rowOf(page, first + 54_321).waitFor();
      expect(await longest()).toBeLessThanOrEqual(FELT_MS);
    });
  },
);

testInBrowser('a task that would be felt is seen by the watch', async () => {
  await withPage(DESKTOP, async (page) => {
    await page.goto(scene.origin);
    const longest = await watchLongTasks(page);
    await page.evaluate(`new Promise((resolve) => setTimeout(() => {
      for (const began = performance.now(); performance.now() - began < 2_000; );
      resolve();
    }))`);
    expect(await longest()).toBeGreaterThan(FELT_MS);
  });
});

testInBrowser('in a narrow window and text at 200%, the last of 100,000 is still reached', async () => {
  await withPage({ width: 390, height: 800 }, async (page) => {
    await signIn(page, scene.origin, `/comunicacoes/${CONCLUDED}`);
    await table(page).getByRole('row').nth(1).waitFor();
    // Measured anew once it is drawn.
    await page.evaluate(`new Promise((drawn) => {
      document.documentElement.style.fontSize = '30px';
      requestAnimationFrame(() => requestAnimationFrame(drawn));
    })`);
    await table(page).focus();
    await page.keyboard.press('End');
    await table(page)
      .getByRole('link', { name: String(first + ALL - 1), exact: true })
      .waitFor();
  });
});

/** As somebody who looks for something: by wheel and by keyboard, down, to the end and back. */
async function scrollAbout(page: Page): Promise<void> {
  await table(page).hover();
  for (let turns = 0; turns < 4; turns++) await page.mouse.wheel(0, 2_000);
  await table(page).focus();
  for (const key of ['End', 'PageUp', 'PageUp', 'Home']) {
    await page.keyboard.press(key);
    await table(page).getByRole('row').nth(3).waitFor();
  }
}
