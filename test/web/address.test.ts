import { testInBrowser, withPage } from '../kit/browser';
import { createReceivables } from '../kit/record';
import { insertConcludedBatch } from './support/concludedBatch';
import { DESKTOP } from './support/steps';
import { openWebScene, signIn, type WebScene } from './support/webScene';

const EMISSAO = '/relatorios/financeiros/saida/emissao-de-boletos';
const batchId = 'comunicacao-de-antes';

let scene: WebScene;
beforeAll(async () => {
  scene = await openWebScene();
  await insertConcludedBatch(scene.knex, { batchId, carteira: scene.carteira, count: 1 });
  await createReceivables(scene.knex, scene.carteira, 1);
});
afterAll(() => scene.close());

testInBrowser(
  'the window of a communication stays, whenever its answer comes after the filters were typed',
  async () => {
    await withPage(DESKTOP, async (page) => {
      // As on a busy machine, a screen is painted some time after it was made.
      await page.addInitScript(
        `window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 100)`,
      );
      let heldMs = 0;
      await page.route('**/api/v1/comunicacoes', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, heldMs));
        await route.fulfill({ status: 201, json: { batchId } });
      });
      await signIn(page, scene.origin);
      // What was typed goes to the address after a rest, which ends somewhere among these.
      for (heldMs = 50; heldMs <= 250; heldMs += 10) {
        await page.getByRole('link', { name: 'Boletos', exact: true }).click();
        await page.getByRole('button', { name: 'Relatórios', exact: true }).click();
        await page.getByRole('button', { name: 'Relatórios Financeiros' }).click();
        await page.getByRole('button', { name: 'Relatórios de Saída' }).click();
        await page.getByRole('link', { name: 'Emissão de Boletos' }).click();
        await page.getByLabel('ID da Carteira de Cobrança').fill(String(scene.carteira.id));
        await page.getByRole('button', { name: 'Comunicação com Gateway' }).click();
        await page.getByRole('list', { name: 'Fluxo da comunicação' }).waitFor();
        expect(new URL(page.url()).pathname).toBe(`/comunicacoes/${batchId}`);
      }
    });
  },
);

testInBrowser('what is typed into Emissão de Boletos is in its address', async () => {
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin, EMISSAO);
    await page.getByLabel('ID da Carteira de Cobrança').fill(String(scene.carteira.id));
    await page.waitForURL(`**${EMISSAO}?carteira=${scene.carteira.id}`);
    await page.reload();
    expect(await page.getByLabel('ID da Carteira de Cobrança').inputValue()).toBe(String(scene.carteira.id));
  });
});
