import type { Page } from 'playwright-core';
import { testInBrowser, withPage } from '../kit/browser';
import { createCustomer, createReceivable } from '../kit/record';
import { communicate, DESKTOP, lit, rowOf } from './support/steps';
import { openWebScene, signIn, type WebScene } from './support/webScene';

let scene: WebScene;
beforeAll(async () => {
  scene = await openWebScene();
  await scene.startWorker();
});
afterAll(() => scene.close());

/** Something to be let go. */
function gate(): { opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** A window of a batch that waits for the correction of one título. @returns its ID and a second, empty window */
async function waitingBatch(page: Page): Promise<{ wrong: number; other: Page }> {
  await scene.knex('receivable').update({ status: 'C' });
  const wrong = await createReceivable(scene.knex, scene.carteira, {
    customer_id: await createCustomer(scene.knex, { cep: '123' }),
  });
  await signIn(page, scene.origin);
  await communicate(page, scene);
  await lit(page, 'Localizar e corrigir').waitFor();
  return { wrong, other: await page.context().newPage() };
}

/** By somebody else, and rightly: what is wrong after a change is judged by any worker, and no longer called corrected. */
const correct = (id: number) =>
  scene
    .knex('customer')
    .whereIn('id', scene.knex('receivable').where({ id }).select('customer_id'))
    .update({ cep: '01310100' });

testInBrowser('an answer that is older than what happened on its way is asked for again', async () => {
  await withPage(DESKTOP, async (page) => {
    const { wrong, other } = await waitingBatch(page);
    const [asked, released] = [gate(), gate()];
    const hold = async (route: Parameters<Parameters<Page['route']>[1]>[0]) => {
      const response = await route.fetch();
      asked.open();
      await released.opened;
      await route.fulfill({ response });
    };
    await other.route('**/itens?*', hold, { times: 1 });
    await other.goto(page.url());
    await asked.opened;
    await correct(wrong);
    // Its counter has heard of it; the rows have not come yet.
    await other.getByText('= 1 corrigido + 0 pendentes').waitFor();
    released.open();
    await rowOf(other, wrong).getByText('Corrigido').waitFor();
  });
});

testInBrowser('what happens before the window hears of anything is in it all the same', async () => {
  await withPage(DESKTOP, async (page) => {
    const { wrong, other } = await waitingBatch(page);
    const released = gate();
    await other.route('**/eventos', async (route) => {
      await released.opened;
      await route.continue();
    });
    await other.goto(page.url());
    await rowOf(other, wrong).getByText('Rejeitado (dados)').waitFor();
    await correct(wrong);
    released.open();
    await rowOf(other, wrong).getByText('Corrigido').waitFor();
  });
});
