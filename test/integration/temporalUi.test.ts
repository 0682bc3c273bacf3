import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startBatch } from '../../client/startBatch';
import { testInBrowser, withPage } from '../support/browser';
import { openLiveScene, type LiveScene } from '../support/liveScene';
import { createCustomer, createReceivable, createReceivables } from '../support/record';

/** With PICTURES=1 the pictures of docs/ are taken anew. */
const PICTURES = process.env.PICTURES ? join(__dirname, '../../docs/pictures') : null;

let scene: LiveScene;
beforeAll(async () => {
  scene = await openLiveScene();
  await scene.startWorker();
}, 120_000);
afterAll(() => scene.close());

testInBrowser(
  'the Temporal Web UI shows phase, counts and failures of a waiting batch to somebody who never saw the code',
  async () => {
    await createReceivables(scene.knex, scene.carteira, 40);
    for (const wrong of [{ cep: '123' }, { cep: '456' }, { document: '11111111111' }, { district: '' }])
      await createReceivable(scene.knex, scene.carteira, { customer_id: await createCustomer(scene.knex, wrong) });
    const { batchId } = await startBatch(scene.client, {
      batchId: 'mensalidades-1',
      carteiraId: scene.carteira.id,
      filters: {},
      by: 'op-7',
    });
    await scene.phaseOf(batchId, 'awaitingAdjustments');

    await withPage({ width: 1280, height: 1100 }, async (page) => {
      const workflow = `${process.env.TEST_TEMPORAL_UI}/namespaces/${scene.variables.TEMPORAL_NAMESPACE}/workflows/${encodeURIComponent(`boletos/${batchId}`)}`;
      await page.goto(workflow);
      await page.getByText(`boletos/${batchId}`).first().waitFor();
      await page
        .getByText(/communicateSlice • Cobrança \d+/)
        .first()
        .waitFor();
      await page.getByText('Alerta de vencimento').first().waitFor();
      await picture('temporal-timeline');

      await page.getByText('User Metadata').first().click();
      // Markdown is rendered in a frame of its own.
      const details = page.locator('iframe').last().contentFrame();
      await details.getByText('Aguardando ajustes').first().waitFor();
      const text = (await details.locator('body').innerText()).replaceAll(/\s+/g, ' ');
      expect(text).toContain('Registrado 40');
      expect(text).toContain('Rejeitado (dados) 4');
      expect(text).toContain('Falhas por causa');
      expect(text).toContain('recommunicate');
      await picture('temporal-waiting-batch');

      async function picture(name: string): Promise<void> {
        if (!PICTURES) return;
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({ path: join(PICTURES, `${name}.png`) });
      }
    });
  },
  120_000,
);
