import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { testInBrowser, withPage } from '../kit/browser';
import { DESKTOP } from './support/steps';
import { untold } from './support/untold';
import { openWebScene, signIn, type WebScene } from './support/webScene';

let scene: WebScene;
beforeAll(async () => {
  scene = await openWebScene();
});
afterAll(() => scene.close());

testInBrowser(
  'a carteira is given a guard in the browser: its next run, its last result and its history are there',
  async () => {
    await withPage(DESKTOP, async (page) => {
      await signIn(page, scene.origin, `/carteiras/${scene.carteira.id}`);
      await page.getByText('Desligada: os títulos desta carteira').waitFor();
      await page.getByRole('button', { name: 'Ligar a guarda' }).click();
      await page.getByLabel('Dias antes do vencimento').fill('5');
      await page.getByLabel('Começa às').fill('18');
      await page.getByRole('button', { name: 'Salvar guarda' }).click();
      // Refused at the field, with what to do.
      await page.getByRole('alert').filter({ hasText: 'não sobra hora nenhuma' }).first().waitFor();
      expect(await page.getByLabel('Para às').getAttribute('aria-invalid')).toBe('true');
      await page.getByLabel('Começa às').fill('9');
      await page.keyboard.press('Enter');
      await page.getByText('5 dia(s) antes do vencimento, das 9 às 18 h, só em dias úteis').waitFor();
      await page.getByText('Próxima execução').waitFor();
      // No worker has come to put it into Temporal.
      await page.getByText('ainda não agendada').waitFor();

      const run = { carteira_id: scene.carteira.id, slot: 1, started_at: new Date(), finished_at: new Date() };
      await scene.knex('guard_run').insert([
        { ...run, day: '2030-03-11', result: 'registered', registered: 4 },
        { ...run, day: '2030-03-12', result: 'missed' },
      ]);
      await page.reload();
      await page
        .getByText(/Último resultado: 12\/03\/2030, A guarda não correu em 12\/03\/2030.*Confira o worker/)
        .waitFor();
      await page.getByRole('row').filter({ hasText: '11/03/2030' }).getByText('4 títulos registrados.').waitFor();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await seriousOn(page)).toEqual([]);
      }
      await page.getByRole('button', { name: 'Desligar a guarda' }).click();
      await page.getByText('Desligada: os títulos desta carteira').waitFor();
    });
  },
);

testInBrowser('an administrator enters a municipal holiday beside the national ones, and takes it back', async () => {
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin);
    await page.getByRole('button', { name: 'Administração' }).click();
    await page.getByRole('link', { name: 'Feriados' }).click();
    await page.getByLabel('Ano', { exact: true }).fill('2030');
    await page.keyboard.press('Tab');
    await page.getByRole('row').filter({ hasText: '05/03/2030' }).getByText('Resolução CMN 4.880/2020').waitFor();
    await page.getByLabel('Dia do feriado').fill('2030-03-19');
    await page.getByLabel('Nome do feriado').fill('São José');
    await page.getByRole('button', { name: 'Salvar feriado' }).click();
    await page.getByRole('row').filter({ hasText: '19/03/2030' }).getByText('São José (todo ano)').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousOn(page)).toEqual([]);
    }
    await page.getByRole('button', { name: 'Apagar o feriado São José' }).click();
    await page.getByText('São José (todo ano)').waitFor({ state: 'detached' });
  });
});

test('what the audit kept of it is told in words', async () => {
  expect(await untold(scene.knex)).toEqual([]);
});

async function seriousOn(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}
