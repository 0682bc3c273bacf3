import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import type { Page } from 'playwright-core';
import { testInBrowser, withPage } from '../kit/browser';
import { createCustomer, createReceivable, createReceivables } from '../kit/record';
import { tabTo } from './support/keyboard';
import { communicate, DESKTOP, lit, rowOf } from './support/steps';
import { untold } from './support/untold';
import { LOGIN, openWebScene, PASSWORD, signIn, type WebScene } from './support/webScene';

let scene: WebScene;
let worker: ChildProcess;
beforeAll(async () => {
  scene = await openWebScene();
  worker = await scene.startWorker();
});
afterAll(() => scene.close());

/** Good ones, and one without a CEP that any bank takes. @returns the ID of the bad one */
async function titulos(good: number): Promise<number> {
  // What another test left is not selected.
  await scene.knex('receivable').update({ status: 'C' });
  await createReceivables(scene.knex, scene.carteira, good);
  return createReceivable(scene.knex, scene.carteira, {
    customer_id: await createCustomer(scene.knex, { cep: '123' }),
  });
}

testInBrowser(
  'by keyboard alone: from the menu to a failure, its correction, and Concluído, with a reload in the middle',
  async () => {
    const wrong = await titulos(12);
    await withPage(DESKTOP, async (page) => {
      const { keyboard } = page;
      await page.goto(scene.origin);
      // The form has the focus already.
      await page.getByLabel('Usuário').waitFor();
      await keyboard.type(LOGIN);
      await keyboard.press('Tab');
      await keyboard.type(PASSWORD);
      await keyboard.press('Enter');

      await tabTo(page, page.getByRole('button', { name: 'Relatórios', exact: true }));
      await keyboard.press('ArrowRight');
      for (const level of ['Relatórios Financeiros', 'Relatórios de Saída']) {
        await page.getByText(level).waitFor();
        await keyboard.press('ArrowDown');
        expect(await focusedText(page)).toBe(level);
        await keyboard.press('ArrowRight');
      }
      await page.getByText('Emissão de Boletos').waitFor();
      await keyboard.press('ArrowDown');
      expect(await focusedText(page)).toBe('Emissão de Boletos');
      await keyboard.press('Enter');

      await tabTo(page, page.getByLabel('ID da Carteira de Cobrança'));
      await keyboard.type(String(scene.carteira.id));
      expect(await page.getByLabel('Impresso').inputValue()).toBe('N');
      await page.getByText('Pendências por causa').waitFor();
      await tabTo(page, page.getByRole('button', { name: 'Comunicação com Gateway' }));
      await keyboard.press('Enter');

      await lit(page, 'Localizar e corrigir').waitFor();
      await page.reload();
      await lit(page, 'Localizar e corrigir').waitFor();
      await page.getByRole('button', { name: '12 Registrado' }).waitFor();
      const failures = page.getByRole('region', { name: 'Falhas por causa' });
      await tabTo(page, failures.getByText('IDs da cobrança'));
      await keyboard.press('Enter');
      await tabTo(page, failures.getByRole('link', { name: String(wrong) }));
      await keyboard.press('Enter');

      // The guilty field has the focus, and its text is selected.
      await page.getByText('O CEP do pagador não tem 8 dígitos').waitFor();
      await tabTo(page, page.getByLabel('CEP', { exact: true }));
      await keyboard.type('0131010');
      await page.getByText('o CEP deve ter 8 dígitos').waitFor();
      await keyboard.type('0');
      await page.getByText('o CEP deve ter 8 dígitos').waitFor({ state: 'detached' });
      await keyboard.press('Enter');
      await page.getByText('Salvo.').waitFor();
      await tabTo(page, page.getByRole('link', { name: 'Voltar à comunicação' }));
      await keyboard.press('Enter');

      await page.getByText('Corrigido').first().waitFor();
      await tabTo(page, page.getByRole('button', { name: 'Refazer comunicação' }));
      await keyboard.press('Enter');
      await lit(page, 'Fim').waitFor();
      await page.getByRole('button', { name: '13 Registrado' }).waitFor();
    });
    expect(await scene.knex('boleto').where({ receivable_id: wrong }).pluck('state')).toEqual(['registered']);
  },
);

testInBrowser('from a waiting batch a failed boleto is found, corrected and redone in at most 6 clicks', async () => {
  const wrong = await titulos(3);
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin);
    await communicate(page, scene);
    await lit(page, 'Localizar e corrigir').waitFor();
    const clicks = countClicks(page);

    await page.getByRole('link', { name: String(wrong) }).click();
    await page.locator('input:focus').waitFor();
    await page.keyboard.type('01310100');
    await page.getByRole('button', { name: 'Salvar' }).click();
    await page.getByText('Salvo.').waitFor();
    await page.getByRole('link', { name: 'Voltar à comunicação' }).click();
    await page.getByRole('button', { name: 'Refazer comunicação' }).click();
    await lit(page, 'Fim').waitFor();
    expect(await clicks()).toBeLessThanOrEqual(6);
  });
});

testInBrowser(
  'two windows of one batch: what one corrects is Corrigido in the other, which also outlives the death of a worker',
  async () => {
    await scene.knex('gateway_limit').where({ route_class: 'register' }).update({ calls: 10 });
    const wrong = await titulos(60);
    await withPage(DESKTOP, async (page) => {
      await signIn(page, scene.origin);
      await communicate(page, scene);
      await page.getByRole('button', { name: /^[1-9]\d* Registrado/ }).waitFor();
      worker.kill('SIGKILL');
      await once(worker, 'exit');
      // The window is gone, too, and comes back by its address.
      await page.reload();
      worker = await scene.startWorker();
      await lit(page, 'Localizar e corrigir').waitFor();

      const other = await page.context().newPage();
      await other.goto(page.url());
      const row = rowOf(other, wrong);
      await other.getByRole('searchbox', { name: 'Procurar' }).fill(String(wrong));
      await row.getByText('Rejeitado (dados)').waitFor();

      // The last of all títulos is the first of the table, since it failed.
      await page.getByRole('link', { name: String(wrong) }).click();
      await page.locator('input:focus').waitFor();
      await page.keyboard.type('01310100');
      await page.keyboard.press('Enter');
      await page.getByText('Salvo.').waitFor();
      await row.getByText('Corrigido').waitFor();

      await other.getByRole('button', { name: 'Refazer comunicação' }).click();
      await lit(other, 'Fim').waitFor();
      await page.getByRole('link', { name: 'Voltar à comunicação' }).click();
      await lit(page, 'Fim').waitFor();
    });
  },
);

test('what the audit kept of all that is told in words', async () => {
  expect(await untold(scene.knex)).toEqual([]);
});

function focusedText(page: Page): Promise<string | null> {
  return page.evaluate<string | null>('document.activeElement?.textContent ?? null');
}

/** Counts what the browser itself saw; the page is never loaded anew in between. */
function countClicks(page: Page): () => Promise<number> {
  const counting = page.evaluate(
    `addEventListener('pointerdown', () => { window.clicks = (window.clicks ?? 0) + 1; })`,
  );
  return async () => {
    await counting;
    return page.evaluate<number>('window.clicks');
  };
}
