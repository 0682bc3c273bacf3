import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startBatch } from '../../client/startBatch';
import { testInBrowser, withPage } from '../kit/browser';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createCustomer, createReceivable, createReceivables } from '../kit/record';

/** With PICTURES=1 the pictures of docs/ are taken anew. */
const PICTURES = process.env.PICTURES ? join(__dirname, '../../docs/pictures') : null;

let scene: LiveScene;
beforeAll(async () => {
  scene = await openLiveScene();
  await scene.startWorker();
});
afterAll(() => scene.close());

async function waitingBatch(batchId: string): Promise<number[]> {
  const wrong = [{ cep: '123' }, { cep: '456' }, { document: '11111111111' }, { district: '' }];
  await createReceivables(scene.knex, scene.carteira, 40);
  const customers: number[] = [];
  for (const columns of wrong) {
    const customer_id = await createCustomer(scene.knex, columns);
    customers.push(customer_id);
    await createReceivable(scene.knex, scene.carteira, { customer_id });
  }
  await startBatch(scene.client, { batchId, carteiraId: scene.carteira.id, filters: {}, by: 'op-7' });
  await scene.phaseOf(batchId, 'awaitingAdjustments');
  return customers;
}

const workflows = () => `${process.env.TEST_TEMPORAL_UI}/namespaces/${scene.variables.TEMPORAL_NAMESPACE}/workflows`;
const addressOf = (batchId: string) => `${workflows()}/${encodeURIComponent(`boletos/${batchId}`)}`;

async function picture(page: Page, name: string): Promise<void> {
  if (!PICTURES) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

testInBrowser(
  'the Temporal Web UI shows phase, counts and failures of a waiting batch to somebody who never saw the code',
  async () => {
    const batchId = 'mensalidades-1';
    await waitingBatch(batchId);
    await withPage({ width: 1280, height: 1100 }, async (page) => {
      await page.goto(addressOf(batchId));
      await page.getByText(`boletos/${batchId}`).first().waitFor();
      await page
        .getByText(/communicateSlice • Cobrança \d+/)
        .first()
        .waitFor();
      await page.getByText('Alerta de vencimento').first().waitFor();
      await picture(page, 'temporal-timeline');

      await page.getByText('User Metadata').first().click();
      // Markdown is rendered in a frame of its own.
      const details = page.locator('iframe').last().contentFrame();
      await details.getByText('Aguardando ajustes').first().waitFor();
      const text = (await details.locator('body').innerText()).replaceAll(/\s+/g, ' ');
      expect(text).toContain('Registrado 40');
      expect(text).toContain('Rejeitado (dados) 4');
      expect(text).toContain('Falhas por causa');
      expect(text).toContain('recommunicate');
      await picture(page, 'temporal-waiting-batch');
    });
  },
);

testInBrowser(
  'a saved view lists the batches that wait, with columns of our search attributes; its own form redoes one',
  async () => {
    const batchId = 'mensalidades-2';
    const customers = await waitingBatch(batchId);
    await withPage({ width: 1560, height: 700 }, async (page) => {
      await page.goto(`${workflows()}?query=${encodeURIComponent("BoletoPhase='awaitingAdjustments'")}`);
      const row = page.getByRole('row', { name: new RegExp(`boletos.+${batchId}`) });
      await row.waitFor();
      await page.getByRole('button', { name: 'Save as New' }).click();
      await page.getByTestId('workflow-save-view-modal-input').fill('Aguardando ajustes');
      await page.getByRole('button', { name: 'Save', exact: true }).first().click();
      await page.getByRole('button', { name: 'Configure Columns' }).click();
      for (const column of ['Run ID', 'Type', 'End'])
        await page.getByRole('button', { name: `Remove ${column} column` }).click();
      for (const column of ['Carteira', 'Total', 'Failures', 'Round', 'NearestDueDate'])
        await page.getByRole('button', { name: `Add Boleto${column} column` }).click();
      await picture(page, 'temporal-columns');
      await page.getByRole('button', { name: 'Close Workflows Table configuration' }).click();
      await page.getByRole('link', { name: 'All' }).click();
      await page.getByRole('button', { name: /^Saved Views/ }).click();
      await page.getByText('Aguardando ajustes').click();
      for (const column of ['BoletoCarteira', 'BoletoTotal', 'BoletoFailures', 'BoletoRound', 'BoletoNearestDueDate'])
        await page.getByRole('columnheader', { name: column }).waitFor();
      for (const value of [String(scene.carteira.id), '44', '4', '1'])
        await row.getByRole('cell', { name: value, exact: true }).first().waitFor();
      await picture(page, 'temporal-list');

      await scene
        .knex('customer')
        .whereIn('id', customers)
        .update({
          ...{ cep: '01310100', document: '52998224725', district: 'Centro' },
        });
      await page.goto(addressOf(batchId));
      await page.getByRole('button', { name: 'More Actions' }).click();
      await page.getByRole('menuitem', { name: 'Send an Update' }).click();
      await page.getByRole('button', { name: 'Select an Update' }).click();
      const form = page.getByRole('dialog', { name: 'Send an Update' });
      await form.getByText('Comunica de novo').waitFor();
      await picture(page, 'temporal-updates');
      await page.getByRole('option', { name: 'recommunicate' }).click();
      await form.getByRole('textbox', { name: 'Data' }).fill('{"by":"op-7","actionId":"acao-1","scope":"corrected"}');
      // The list takes a moment to fade, and the box lays its JSON out when it is left: the button moves away beneath.
      await form.getByText('Comunica de novo').waitFor({ state: 'hidden' });
      await form.getByRole('textbox', { name: 'Data' }).blur();
      await form.getByText('"op-7"', { exact: true }).waitFor();
      await picture(page, 'temporal-update');
      await form.getByRole('button', { name: 'Submit' }).click();
      await scene.phaseOf(batchId, 'concluded');
    });
    expect(await scene.states(batchId)).toEqual({ registered: 44 });
  },
);
