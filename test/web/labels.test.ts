import type { Page } from 'playwright-core';
import { testInBrowser, withPage } from '../kit/browser';
import { createCarteira, createCustomer, createReceivable, createReceivables } from '../kit/record';
import { tabTo } from './support/keyboard';
import { DESKTOP, lit } from './support/steps';
import { openWebScene, signIn, type WebScene } from './support/webScene';

const EMISSAO = '/relatorios/financeiros/saida/emissao-de-boletos';

let scene: WebScene;
beforeAll(async () => {
  scene = await openWebScene();
  await scene.startWorker();
});
afterAll(() => scene.close());
beforeEach(() => scene.knex('receivable').update({ status: 'C' }));

const start = (page: Page) => page.getByRole('button', { name: 'Comunicação com Gateway' });

testInBrowser(
  'everything of the way is found once by its label, and Concluído is written once, when it is',
  async () => {
    await createReceivables(scene.knex, scene.carteira, 2);
    const customer_id = await createCustomer(scene.knex, { cep: '123' });
    const wrong = await createReceivable(scene.knex, scene.carteira, { customer_id });
    await withPage(DESKTOP, async (page) => {
      await signIn(page, scene.origin, EMISSAO);
      await page.getByLabel('Carteira').fill(String(scene.carteira.id));
      for (const value of ['sim', 'nao', 'S', 'N']) {
        await page.getByLabel('Impresso').selectOption(value);
        expect(await page.getByLabel('Impresso').inputValue()).toBe(value[0]!.toUpperCase());
      }
      await page.getByLabel('Impresso').selectOption({ label: 'Não' });
      await page.getByLabel('Contrato').selectOption({ label: 'Todos' });
      await start(page).click();

      await lit(page, 'Localizar e corrigir').waitFor();
      expect(await page.getByText('Concluído').count()).toBe(0);
      // The counter and two rows.
      await page.getByText('Registrado', { exact: true }).nth(2).waitFor();
      expect(await page.getByText('Registrado', { exact: true }).count()).toBe(3);
      await page.getByRole('link', { name: String(wrong) }).click();
      await page.getByLabel('CEP', { exact: true }).fill('01310100');
      await page.getByRole('button', { name: 'Salvar' }).click();
      // The old complaint is folded away, and the field complains no more.
      await page.getByText('Corrigido: volte e refaça a comunicação.').waitFor();
      expect(await page.getByText('não tem 8 dígitos').isVisible()).toBe(false);
      expect(await page.getByText('o CEP deve ter 8 dígitos').count()).toBe(0);
      await page.getByText('O que havia falhado').click();
      await page.getByText('não tem 8 dígitos').first().waitFor();

      await page.getByRole('link', { name: 'Voltar à comunicação' }).click();
      // The first that has the word is in sight.
      await page.getByText('Corrigido').first().waitFor();
      await tabTo(page, page.getByRole('button', { name: 'Refazer comunicação' }));
      await page.keyboard.press('Enter');
      await page.locator('h1:focus', { hasText: 'Comunicação' }).waitFor();
      await page.getByText('Concluído').waitFor();
      await page.getByText('Concluída. O que ficou sem registro').waitFor();
      expect(await page.getByText('Nada a fazer').count()).toBe(0);

      await page.getByRole('link', { name: 'Contas a Receber' }).click();
      await page.getByLabel('ID da cobrança').fill(String(wrong));
      await page.getByLabel('Situação').selectOption({ label: 'Registrados' });
      await page.getByLabel('Vencimento até').fill('31122099');
      await page.getByRole('row').nth(1).waitFor();
      await page.waitForURL(/situacao=registered.*vencimentoAte=|vencimentoAte=.*situacao=registered/);
      await page.reload();
      await page.getByRole('link', { name: String(wrong), exact: true }).click();
      await page.goBack();
      expect(await page.getByLabel('Vencimento até').inputValue()).toMatch(/^31\/?12\/?2099$/);
      await page.getByLabel('Situação').selectOption({ label: 'Não comunicados' });
      await page.getByText('Nenhum título encontrado.').waitFor();
    });
  },
);

testInBrowser('a carteira that cannot be communicated leaves no prévia of another one, and no button', async () => {
  await createReceivables(scene.knex, scene.carteira, 2);
  const without = await createCarteira(scene.knex, { filial_id: scene.carteira.filialId, account_id: null });
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin, `${EMISSAO}?carteira=${scene.carteira.id}`);
    await page.getByText('Prontos para comunicar').waitFor();
    for (const [id, words] of [
      [without.id, 'não tem conta de gateway'],
      [987_654, 'não existe'],
    ] as const) {
      await page.getByLabel('ID da Carteira de Cobrança').fill(String(id));
      await page.getByRole('alert').filter({ hasText: words }).waitFor();
      expect(await page.getByRole('alert').count()).toBe(1);
      expect(await page.getByText('Prontos para comunicar').count()).toBe(0);
      expect(await start(page).isDisabled()).toBe(true);
      expect(await page.getByLabel('ID da Carteira de Cobrança').getAttribute('aria-invalid')).toBe('true');
    }
    await page.getByLabel('ID da Carteira de Cobrança').fill(String(scene.carteira.id));
    await page.getByText('Prontos para comunicar').waitFor();
    expect(await start(page).isEnabled()).toBe(true);
  });
});

testInBrowser(
  'filters are in the address: Back from a título and a reload find them, and nothing is started for nobody',
  async () => {
    const customer_id = await createCustomer(scene.knex, { cep: '123' });
    const wrong = await createReceivable(scene.knex, scene.carteira, { customer_id });
    await withPage(DESKTOP, async (page) => {
      await signIn(page, scene.origin, `${EMISSAO}?impresso=nao`);
      await page.getByLabel('ID da Carteira de Cobrança').fill(String(scene.carteira.id));
      await page.getByLabel('Vencimento até').fill('31122099');
      await page.getByLabel('Cliente').fill(String(customer_id));
      // Left, the date is written as people here do.
      expect(await page.getByLabel('Vencimento até').inputValue()).toBe('31/12/2099');
      await page.waitForURL(/cliente=/);
      await page.reload();
      await page.getByRole('link', { name: String(wrong) }).click();
      await page.getByRole('link', { name: 'Voltar à Emissão de Boletos' }).click();
      expect(await page.getByLabel('Cliente').inputValue()).toBe(String(customer_id));
      expect(await page.getByLabel('Vencimento até').inputValue()).toBe('31/12/2099');

      await page.getByLabel('Cliente').fill('987654');
      await page.getByText('Nenhum título com estes filtros').waitFor();
      expect(await start(page).isDisabled()).toBe(true);
    });
  },
);

testInBrowser(
  'who reloads right after pressing the button is led to what has started, and an unknown number may still appear',
  async () => {
    const customer_id = await createCustomer(scene.knex, { cep: '123' });
    await createReceivable(scene.knex, scene.carteira, { customer_id });
    await withPage(DESKTOP, async (page) => {
      const errors: string[] = [];
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      await signIn(page, scene.origin, `${EMISSAO}?carteira=${scene.carteira.id}`);
      expect(errors).toEqual([]);
      await start(page).click();
      await lit(page, 'Localizar e corrigir').waitFor();
      const batchId = new URL(page.url()).pathname.split('/').at(-1)!;
      await page.goto(`${scene.origin}${EMISSAO}?carteira=${scene.carteira.id}`);
      await page.getByText('Sua comunicação').waitFor();
      await page.getByRole('link', { name: batchId }).click();
      await lit(page, 'Localizar e corrigir').waitFor();
      await page.goto(`${scene.origin}/comunicacoes/xyz`);
      await page.getByText('não existe, ou aparece em alguns segundos').waitFor();
    });
  },
);

testInBrowser('a short password of a new user is told at its field, and nothing is sent', async () => {
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin, '/usuarios-e-tokens');
    await page.getByRole('button', { name: 'Novo usuário' }).click();
    await page.getByText('12 caracteres ou mais.').waitFor();
    await page.getByLabel('Login do usuário').fill('curta');
    await page.getByLabel('Nome', { exact: true }).fill('Pessoa de senha curta');
    await page.getByLabel('Senha do usuário').fill('curta');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Senha: deve ter 12 caracteres ou mais' }).waitFor();
    expect(await scene.knex('app_user').where({ login: 'curta' })).toEqual([]);
  });
});
