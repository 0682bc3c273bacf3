import type { Page } from 'playwright-core';
import { testInBrowser, withPage } from '../kit/browser';
import { dayFromToday, createCustomer, createReceivable } from '../kit/record';
import { communicate, DESKTOP, lit } from './support/steps';
import { openWebScene, PASSWORD, LOGIN, signIn, type WebScene } from './support/webScene';

let scene: WebScene;
beforeAll(async () => {
  scene = await openWebScene();
  await scene.startWorker();
});
afterAll(() => scene.close());

const MOST_PRESSES = 3;
/** Each a customer's column that is wrong, what is typed into the guilty field, and its label. */
const causes = [
  { wrong: { cep: '123' }, field: 'CEP', types: '01310100' },
  { wrong: { cep: '20040002' }, field: 'CEP', types: '01310200' },
  { wrong: { document: '52998224726' }, field: 'CPF/CNPJ', types: '52998224725' },
  { wrong: { city: '' }, field: 'Cidade', types: 'São Paulo' },
  { wrong: { name: '' }, field: 'Nome ou razão social', types: 'Fulana Inventada' },
] as const;

/** `count` títulos, each wrong by one of the causes in turn. What another test left is not selected. */
async function wrongTitulos(count: number, columns: object = {}): Promise<number[]> {
  await scene.knex('receivable').update({ status: 'C' });
  const ids: number[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    const customer_id = await createCustomer(scene.knex, { ...causes[nth % causes.length]!.wrong });
    ids.push(await createReceivable(scene.knex, scene.carteira, { ...columns, customer_id }));
  }
  return ids;
}

const labelOfFocus = (page: Page) =>
  page.evaluate<string>(
    'document.activeElement?.labels?.[0]?.textContent ?? document.activeElement?.textContent ?? ""',
  );
const shows = (page: Page, words: string) => page.getByText(words, { exact: true }).waitFor();

testInBrowser('twenty failures of five causes are corrected and sent again by keyboard alone', async () => {
  const ids = await wrongTitulos(20);
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin);
    await communicate(page, scene);
    await lit(page, 'Localizar e corrigir').waitFor();
    // Before anything is corrected nothing is lit but what helps, and the counts add up.
    await page.getByText('= 0 corrigidos + 20 pendentes').waitFor();
    expect(await page.locator('.actions .primary').allTextContents()).toEqual(['Corrigir falhas (20)']);
    await page.getByRole('link', { name: 'Corrigir falhas (20)' }).press('Enter');

    let presses = 0;
    const press = async (key: string) => {
      presses += 1;
      await page.keyboard.press(key);
    };
    const took: number[] = [];
    for (const [nth] of ids.entries()) {
      const { field, types } = causes[nth % causes.length]!;
      await shows(page, `${nth + 1} de 20`);
      await page.locator('.run input:focus').waitFor();
      expect(await labelOfFocus(page)).toBe(field);
      presses = 0;
      await page.keyboard.type(types);
      await press('Enter');
      took.push(presses);
    }
    expect(Math.max(...took)).toBeLessThanOrEqual(MOST_PRESSES);
    await page.getByText('Todas as falhas foram corrigidas: 20 de 20.').waitFor();
    await page.locator('button:focus', { hasText: 'Reenviar corrigidos (20)' }).waitFor();
    await press('Enter');
    await lit(page, 'Fim').waitFor();
    await page.getByRole('button', { name: '20 Registrado' }).waitFor();
  });
  expect(await scene.knex('boleto').whereIn('receivable_id', ids).where({ state: 'registered' })).toHaveLength(20);
});

testInBrowser(
  'what is saved and still wrong is never Corrigido; skipped, mended by others and left ones are told apart',
  async () => {
    const [first, second] = (await wrongTitulos(5)) as [number, number];
    await withPage(DESKTOP, async (page) => {
      await signIn(page, scene.origin);
      await communicate(page, scene);
      await lit(page, 'Localizar e corrigir').waitFor();
      await page.getByRole('link', { name: 'Corrigir falhas (5)' }).click();
      await shows(page, '1 de 5');
      await page.locator('.run input:focus').waitFor();
      // Right in form, and of another UF: told, and saved only by whoever insists.
      await page.keyboard.type('20040002');
      await page.keyboard.press('Enter');
      await page.getByText('Ainda não foi salvo').waitFor();
      await page.keyboard.press('Enter');
      await page.getByText(`Cobrança ${first} salva, ainda com pendência.`).waitFor();
      await shows(page, '2 de 5');
      await page.getByText('0 corrigidos, 5 pendentes').waitFor();

      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Teclas da correção' }).waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.run input:focus').waitFor();

      // The third is mended elsewhere meanwhile, and is passed over.
      const [, , third, , fifth] = await scene.knex('receivable').where({ status: 'A' }).orderBy('id').pluck('id');
      const name = await customerOf(fifth as number);
      await mend(page, third as number, { cnpj_cpf: '52998224725' });
      await page.keyboard.press('PageDown');
      await shows(page, '4 de 5');
      await page.keyboard.press('PageUp');
      await shows(page, '2 de 5');
      await page.keyboard.press('PageDown');
      await shows(page, '4 de 5');
      await page.locator('.run input:focus').waitFor();
      await page.keyboard.press('PageDown');
      await shows(page, '5 de 5');
      expect(name).toBe('');
      await page.locator('.run input:focus').waitFor();
      await page.keyboard.press('PageDown');
      await page.getByText('Fim da lista: 1 corrigido, e 4 ficaram pendentes.').waitFor();

      await page.getByRole('link', { name: 'Voltar à comunicação' }).click();
      await page.getByText('= 1 corrigido + 4 pendentes').waitFor();
      await page.getByText('Ainda com pendência').first().waitFor();
      expect(await page.getByText('Corrigido', { exact: true }).count()).toBe(1);
      await page.getByRole('button', { name: 'Refazer comunicação' }).click();
      await page.getByText('= 0 corrigidos + 4 pendentes').waitFor();
    });
    // What is still wrong was not sent again with the corrected ones.
    const rounds = await scene.knex('batch_item').whereIn('receivable_id', [first, second]).pluck('round');
    expect(rounds).toEqual([1, 1]);
  },
);

testInBrowser('whichever way one comes, the guilty field has the focus', async () => {
  const [issue_date, due_date] = [0, 2].map((days) => dayFromToday(scene.knex, days));
  const ids = await wrongTitulos(5, { issue_date, due_date });
  const id = String(ids[3]);
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin);
    await communicate(page, scene);
    await lit(page, 'Localizar e corrigir').waitFor();
    const focused = async () => {
      await page.locator('input:focus').waitFor();
      expect(await labelOfFocus(page)).toBe('Cidade');
    };
    const window = page.url();
    await page.getByRole('row').getByRole('link', { name: id, exact: true }).click();
    await focused();
    await page.goto(`${scene.origin}/contas-a-receber`);
    await page.getByRole('searchbox').fill(id);
    await page.getByRole('button', { name: 'Abrir pelo ID' }).click();
    await focused();
    await page.goto(`${scene.origin}/contas-a-receber?q=${id}`);
    await page.getByRole('link', { name: id, exact: true }).click();
    await focused();
    await page.goto(`${scene.origin}/contas-a-receber/${id}`);
    await focused();
    await page.goto(`${scene.origin}/vencendo-sem-registro`);
    await page.getByRole('link', { name: id, exact: true }).click();
    await focused();
    await page.goto(`${scene.origin}/contas-a-receber/${id}/historia`);
    await page.getByRole('link', { name: 'Voltar à cobrança' }).click();
    await focused();
    await page.goto(`${scene.origin}/hoje`);
    await page
      .getByRole('link', { name: /títulos? a ajustar/ })
      .first()
      .click();
    await page.waitForURL(window);
    await page.getByRole('link', { name: /^Corrigir falhas/ }).click();
    for (const nth of [1, 2, 3]) {
      await shows(page, `${nth} de 5`);
      await page.locator('.run input:focus').waitFor();
      await page.keyboard.press('PageDown');
    }
    await shows(page, '4 de 5');
    await focused();
  });
});

testInBrowser(
  'a session that ends while somebody types says so, and gives the text back to that person alone',
  async () => {
    const [id] = (await wrongTitulos(1)) as [number];
    await withPage(DESKTOP, async (page) => {
      await signIn(page, scene.origin, `/contas-a-receber/${id}`);
      const cep = page.getByLabel('CEP', { exact: true });
      await cep.fill('0131010');
      const enter = async () => {
        const dialog = page.getByRole('dialog', { name: 'A sessão terminou' });
        await dialog.getByText('O que você digitou está guardado').waitFor();
        expect(await page.getByText(`Contas a Receber · ${id}`).isVisible()).toBe(false);
        await dialog.getByLabel('Usuário').fill(LOGIN);
        await dialog.getByLabel('Senha').fill(PASSWORD);
        await page.keyboard.press('Enter');
        await dialog.waitFor({ state: 'detached' });
      };
      await scene.knex('app_session').delete();
      await cep.press('End');
      await page.keyboard.type('0');
      await enter();
      expect(await cep.inputValue()).toBe('01310100');
      await page.getByRole('button', { name: 'Salvar' }).click();
      await page.getByText('Salvo.').waitFor();
      // The título is there as it was saved: no call of before is refused from here on.
      await page.getByText('Altera: CEP').waitFor({ state: 'detached' });

      // Also when the page is loaded anew before somebody enters.
      await scene.knex('app_session').delete();
      await cep.fill('01310200');
      await page.getByRole('dialog', { name: 'A sessão terminou' }).waitFor();
      await page.reload();
      await page.getByLabel('Usuário').fill(LOGIN);
      await page.getByLabel('Senha').fill(PASSWORD);
      await page.getByRole('button', { name: 'Entrar' }).click();
      await page.getByRole('button', { name: 'Sair' }).waitFor();
      await cep.waitFor();
      await page.getByText('Altera: CEP').waitFor();
      expect(await cep.inputValue()).toBe('01310200');
      expect(await page.evaluate<number>('sessionStorage.length')).toBe(0);
    });
  },
);

async function customerOf(id: number): Promise<string | undefined> {
  const row = await scene
    .knex('customer')
    .join('receivable', 'receivable.customer_id', 'customer.id')
    .where('receivable.id', id)
    .first<{ name: string } | undefined>('customer.name');
  return row?.name;
}

/** As another person does it, by the API. */
async function mend(page: Page, id: number, changes: Record<string, string>): Promise<void> {
  const status = await page.evaluate<number>(
    `fetch('/api/v1/sessao').then((r) => r.json()).then(({ csrfToken }) => fetch('/api/v1/titulos/${id}', {
       method: 'PATCH', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfToken },
       body: JSON.stringify({ changes: ${JSON.stringify(changes)} }) })).then((r) => r.status)`,
  );
  expect(status).toBe(200);
}
