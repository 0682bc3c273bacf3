import { correctReceivable } from '../../record/receivables/corrections';
import { knownCodec } from '../../gateways';
import { testInBrowser, withPage } from '../kit/browser';
import { createBoleto, createReceivable } from '../kit/record';
import { DESKTOP } from './support/steps';
import { openWebScene, signIn, type WebScene } from './support/webScene';

let scene: WebScene;
beforeAll(async () => void (scene = await openWebScene()));
afterAll(() => scene.close());

testInBrowser('what is to be altered at the bank is one press from Hoje, and ends with who did it', async () => {
  const { knex, carteira } = scene;
  const { account_id } = await knex('carteira').where({ id: carteira.id }).first<{ account_id: number }>('account_id');
  const id = await createReceivable(knex, carteira, { impresso: true });
  await createBoleto(knex, id, account_id, { state: 'registered', our_number: `N${id}` });
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin);
    await page.goto(`${scene.origin}/contas-a-receber/${id}`);
    await page.getByLabel('Vencimento', { exact: true }).fill('10/12/2030');
    await page.getByRole('button', { name: 'Salvar' }).click();
    await page.getByText('Gravado; o banco ainda tem 10/02/2030: alterar no banco.').waitFor();
    await page.getByRole('heading', { name: 'No banco: alterar no banco' }).waitFor();
    // What the payer gets is as the bank has it.
    await page.locator('.boleto').getByText('vence em 10/02/2030').waitFor();

    await page.goto(`${scene.origin}/hoje`);
    await page.getByRole('link', { name: /1 boleto a alterar no banco/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Pendências no banco' }).waitFor();
    await page.getByRole('button', { name: `Feito no banco: cobrança ${id}` }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('Alterado no site do banco');
    await page.getByRole('dialog').getByRole('button', { name: 'Confirmar' }).click();
    await page.getByText('Nada a alterar nem a baixar no banco.').waitFor();
  });
  expect(await knex('bank_work').where({ receivable_id: id }).pluck('close_reason')).toEqual(['done']);
});

testInBrowser('a conflict shows both values on the título, and one press decides', async () => {
  const { knex, carteira } = scene;
  const id = await createReceivable(knex, carteira);
  await correctReceivable(knex, { receivableId: id, changes: { cep: '01310200' }, by: 'u-1' }, knownCodec);
  await knex('correction_basis')
    .where({ receivable_id: id })
    .update({ conflict_value: '"20040002"', conflict_at: new Date(), conflict_by: 'erp' });
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin);
    await page.getByRole('link', { name: `Cobrança ${id}: 1 campo a decidir.` }).click();
    await page.getByRole('button', { name: 'Manter 01310200' }).waitFor();
    await page.getByRole('button', { name: 'Usar o do ERP: 20040002' }).click();
    await page.getByRole('heading', { name: 'Corrigido aqui, e ainda não no ERP' }).waitFor({ state: 'detached' });
    expect(await page.getByLabel('CEP', { exact: true }).inputValue()).toBe('20040002');
  });
});
