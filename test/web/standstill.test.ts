import { testInBrowser, withPage } from '../kit/browser';
import { createCustomer, createReceivable, createReceivables } from '../kit/record';
import { communicate, DESKTOP, lit } from './support/steps';
import { openWebScene, signIn, type WebScene } from './support/webScene';

let scene: WebScene;
beforeAll(async () => {
  scene = await openWebScene();
  await scene.startWorker();
});
afterAll(() => scene.close());

testInBrowser('a communication whose worker died is told to stand still, without an end foretold', async () => {
  await scene.knex('gateway_limit').where({ route_class: 'register' }).update({ calls: 5 });
  await createReceivables(scene.knex, scene.carteira, 60);
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin);
    await communicate(page, scene);
    await page.getByText('Término previsto').waitFor();
    await scene.killWorkers();
    await page.getByText(/Parado há \d+ s/).waitFor();
    expect(await page.getByText('Término previsto').count()).toBe(0);
    // Whoever opens it now is told, too.
    await page.reload();
    await page.getByText(/Parado há \d+ s/).waitFor();
    await scene.startWorker();
    await page.getByText(/Parado há/).waitFor({ state: 'detached' });
    await lit(page, 'Fim').waitFor();
  });
});

testInBrowser('what a communication left without registration is said, and its end is not good', async () => {
  await scene.knex('receivable').update({ status: 'C' });
  const customer_id = await createCustomer(scene.knex, { cep: '123', name: 'N'.repeat(190) });
  const id = await createReceivable(scene.knex, scene.carteira, { customer_id });
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin);
    await communicate(page, scene);
    await lit(page, 'Localizar e corrigir').waitFor();
    await page.getByRole('button', { name: 'Concluir', exact: true }).click();
    await page.getByRole('button', { name: 'Concluir comunicação' }).click();
    await lit(page, 'Fim').waitFor();
    await page.getByText('1 título ficou sem registro.').waitFor();
    await scene.knex('receivable').where({ id }).update({ issue_date: '2020-01-01', due_date: '2020-01-02' });
    await page.reload();
    await page.getByText('1 título ficou sem registro, 1 deles já venceu.').waitFor();
    expect(await page.locator('.phase').first().getAttribute('class')).toContain('phase-leaves');

    // A name of any length pushes no column away, and is whole for whoever asks, also by keyboard.
    await page.goto(`${scene.origin}/vencendo-sem-registro?vencidos=sim`);
    const name = page.getByRole('button', { name: 'N'.repeat(190) });
    const width = async () => (await name.boundingBox())?.width ?? 0;
    expect(await width()).toBeLessThan(DESKTOP.width / 3);
    await name.press('Enter');
    expect(await name.getAttribute('aria-expanded')).toBe('true');
  });
});
