import { saoPauloDate } from '../../domain/kinds/dates';
import { testInBrowser, withPage } from '../kit/browser';
import { createReceivables } from '../kit/record';
import { DESKTOP } from './support/steps';
import { openWebScene, signIn, type WebScene } from './support/webScene';

let scene: WebScene;
beforeAll(async () => {
  scene = await openWebScene();
  await scene.startWorker();
});
afterAll(() => scene.close());

testInBrowser(
  'an operator reviews the bank on the carteira’s screen: what is missing, the progress, each finding',
  async () => {
    const { knex, bank, carteira } = scene;
    const ids = await createReceivables(knex, carteira, 2);
    const ofTitulo = { dueDate: '2030-02-10', amountCents: 9_990, payerDocument: '52998224725' };
    bank.admin.fill({ convenio: '3128557', count: 2, firstReference: ids[0] as number, ...ofTitulo });
    bank.admin.fill({ convenio: '3128557', count: 1, firstSequence: 3 });
    const today = saoPauloDate(new Date()).split('-').reverse().join('/');
    await withPage(DESKTOP, async (page) => {
      await signIn(page, scene.origin, `/carteiras/${carteira.id}`);
      await page.getByRole('button', { name: 'Conferir com o banco' }).click();
      await page.getByText('Uma data que existe, dd/mm/aaaa').waitFor();
      await page.getByLabel('Registrados desde').fill(today);
      await page.keyboard.press('Enter');
      await page.getByText('a carteira não as tem').waitFor();
      await knex('carteira').where({ id: carteira.id }).update({ agency: '452', bank_account: '123873' });
      await page.getByRole('button', { name: 'Conferir com o banco' }).click();
      await page.getByRole('heading', { name: /^Concluída · registrados de/ }).waitFor();
      await page.getByText('2 assumido').waitFor();
      await page.getByText('Próximo número: 4 (era 1)').waitFor();
      const findings = page.getByRole('region', { name: 'Achados da conferência' });
      await findings.getByRole('link', { name: String(ids[0]) }).waitFor();
      expect(await findings.getByRole('row').count()).toBe(4);
      await page.getByLabel('Mostrar achados').selectOption('foreign');
      await findings.getByRole('row').nth(2).waitFor({ state: 'detached' });
      expect(await findings.getByRole('row').nth(1).innerText()).toContain('Só no banco');
    });
  },
);
