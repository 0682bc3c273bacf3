import type { Page } from 'playwright-core';
import { simulatedAccount } from '../../gateways/bancoDoBrasil/simulator/simulator';
import { testInBrowser, withPage } from '../kit/browser';
import { createBatch, createReceivable } from '../kit/record';
import { DESKTOP } from './support/steps';
import { openWebScene, showPassword, signIn, type WebScene } from './support/webScene';

let scene: WebScene;
beforeAll(async () => {
  scene = await openWebScene();
});
afterAll(() => scene.close());

/** Opens the form of the account and says how long to wait for the bank. */
async function change(page: Page, seconds: string): Promise<void> {
  await page.getByRole('button', { name: 'Mudar a conta' }).click();
  await page.getByLabel('Espera pela resposta do banco, em segundos').fill(seconds);
  for (const [key, value] of Object.entries(simulatedAccount)) await page.getByLabel(new RegExp(`^${key}`)).fill(value);
}
const save = (page: Page) => page.getByRole('button', { name: 'Salvar conta' }).click();

testInBrowser(
  'two administrators change one account: the second is told by whom and when, and overwrites nothing',
  async () => {
    const path = `/carteiras/${scene.carteira.id}`;
    await withPage(DESKTOP, (page) =>
      withPage(DESKTOP, async (other) => {
        for (const each of [page, other]) await signIn(each, scene.origin, path);
        await change(page, '21');
        await change(other, '22');
        await save(other);
        await showPassword(other);
        await other.getByText('22 s', { exact: true }).waitFor();
        await save(page);
        await showPassword(page);
        await page
          .getByRole('alert')
          .getByText(/^Operadora de Teste mudou esta conta em .+: nada foi alterado\.$/)
          .waitFor();
        await page
          .getByRole('alert')
          .getByText(/Recarregue a carteira/)
          .waitFor();
        expect(await scene.knex('carteira').where({ id: scene.carteira.id }).first('timeout_seconds')).toEqual({
          timeout_seconds: 22,
        });
        await page.reload();
        await change(page, '21');
        await save(page);
        await page.getByText('21 s', { exact: true }).waitFor();
      }),
    );
  },
);

testInBrowser(
  'the form asks for what the gateway asks for, and an environment of the bank fills in its addresses',
  async () => {
    await withPage(DESKTOP, async (page) => {
      await signIn(page, scene.origin, `/carteiras/${scene.carteira.id}`);
      await page.getByRole('button', { name: 'Mudar a conta' }).click();
      await page.getByLabel('Gateway', { exact: true }).selectOption('Banco do Brasil');
      expect(await page.getByLabel('clientSecret').getAttribute('type')).toBe('password');
      for (const label of ['Parâmetro da appKey (opcional)', 'Variação']) await page.getByLabel(label).waitFor();
      await page.getByLabel('Ambiente do banco').selectOption('homologação');
      expect(await page.getByLabel('Endereço da API').inputValue()).toBe('https://api.hm.bb.com.br/cobrancas/v2');
      expect(await page.getByLabel('Endereço da autenticação').inputValue()).toBe(
        'https://oauth.hm.bb.com.br/oauth/token',
      );
    });
  },
);

testInBrowser('another address while a batch is live is refused on the screen, with what to do', async () => {
  const batchId = await createBatch(scene.knex, scene.carteira.id, { phase: 'awaitingAdjustments' });
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin, `/carteiras/${scene.carteira.id}`);
    await change(page, '21');
    await page.getByLabel('Endereço da API').fill('http://127.0.0.1:1/cobrancas/v2');
    await save(page);
    await showPassword(page);
    await page.getByRole('alert').getByText(`A comunicação ${batchId} está em andamento`).waitFor();
    await page
      .getByRole('alert')
      .getByText(/Conclua-a antes\./)
      .waitFor();
  });
  await scene.knex('batch').where({ id: batchId }).update({ phase: 'concluded', concluded_at: scene.knex.fn.now() });
});

testInBrowser(
  'an account that was tested a moment ago is not tested again at once, and the screen says so',
  async () => {
    await withPage(DESKTOP, async (page) => {
      await signIn(page, scene.origin, `/carteiras/${scene.carteira.id}`);
      const test = page.getByRole('button', { name: 'Testar' });
      await test.click();
      await page.getByRole('listitem').filter({ hasText: 'Token' }).waitFor();
      await test.click();
      await page
        .getByRole('alert')
        .getByText(/^Testada há \d+ s: aguarde\.$/)
        .waitFor();
      await page
        .getByRole('alert')
        .getByText(/teste de novo em \d+ s\./)
        .waitFor();
    });
  },
);

testInBrowser(
  'a título with a boleto of another system: the prévia counts it, a person sees it and says to register it',
  async () => {
    const { knex, carteira } = scene;
    const id = await createReceivable(knex, carteira, {
      imported_registration: JSON.stringify({ nn_boleto: '90000000042', linha_digitavel: '0019 0000' }),
    });
    const previa = `/relatorios/financeiros/saida/emissao-de-boletos?carteira=${carteira.id}`;
    await withPage(DESKTOP, async (page) => {
      await signIn(page, scene.origin, previa);
      await page.getByText('Fora da seleção: 1 título').click();
      await page.getByText(/já tem boleto de outro sistema/).waitFor();

      await page.goto(`${scene.origin}/contas-a-receber/${id}`);
      const panel = page.getByRole('region', { name: 'Boleto de outro sistema' });
      for (const text of ['90000000042', '0019 0000']) await panel.getByText(text, { exact: true }).waitFor();
      await page.getByText('Com boleto de outro sistema', { exact: true }).waitFor();
      await panel.getByRole('button', { name: 'Registrar mesmo assim' }).click();
      await page.getByLabel('Motivo').fill('Baixado no banco de antes');
      await page.getByRole('button', { name: 'Confirmar o registro' }).click();
      await panel.getByText(/é registrado mesmo assim/).waitFor();
      await page.getByText('Não comunicado', { exact: true }).waitFor();
      await page.getByRole('link', { name: 'História da cobrança' }).click();
      await page.getByText('Decidido sobre o boleto de outro sistema').waitFor();

      await page.goto(scene.origin + previa);
      await page.getByText('Prontos para comunicar').waitFor();
      expect(await page.getByText(/^Fora da seleção: /).count()).toBe(0);
    });
  },
);
