import type { Page } from 'playwright-core';
import { addDays, saoPauloDate } from '../../domain/kinds/dates';
import { testInBrowser, withPage } from '../kit/browser';
import { dayFromToday, createBatch, createBoleto, createCustomer, createItem, createReceivable } from '../kit/record';
import { tabTo } from './support/keyboard';
import { DESKTOP } from './support/steps';
import { untold } from './support/untold';
import { openWebScene, signIn, type WebScene } from './support/webScene';

let scene: WebScene;
beforeAll(async () => void (scene = await openWebScene()));
afterAll(() => scene.close());

const due = (days: number) => ({ due_date: addDays(saoPauloDate(new Date()), days), issue_date: '2020-01-01' });
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

testInBrowser('who signs in sees what needs a person today, and each line leads to where it is mended', async () => {
  const { knex, carteira } = scene;
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin);
    await heading(page, 'Hoje').waitFor();
    await page.getByText('Tudo em dia: nada precisa de uma pessoa agora.').waitFor();

    const { account_id } = await knex('carteira')
      .where({ id: carteira.id })
      .first<{ account_id: number }>('account_id');
    const longName = `Maria ${'Inventada '.repeat(19)}`.trim();
    const soon = await createReceivable(knex, carteira, {
      ...{ ...due(1), customer_id: await createCustomer(knex, { name: longName }) },
    });
    const past = await createReceivable(knex, carteira, due(-40));
    const closed = await createReceivable(knex, carteira, { impresso: true });
    await createBoleto(knex, closed, account_id, { state: 'registered' });
    await knex('receivable').where({ id: closed }).update({ status: 'C' });
    const batchId = await createBatch(knex, carteira.id, {
      ...{ phase: 'awaitingAdjustments', round: 1, selected: 1, left_out: 0, selected_at: knex.fn.now() },
      filiais: [carteira.filialId],
    });
    const rejected = await createReceivable(knex, carteira, due(30));
    await createItem(knex, batchId, rejected, { state: 'rejected', due_at: null, failure_kind: 'data' });
    await knex('alert').insert({
      ...{ batch_id: batchId, kind: 'twoAlive', day: dayFromToday(knex), receivable_id: rejected },
      message: 'O banco registrou também o boleto anterior.',
    });

    await page.reload();
    const lead = async (line: RegExp, there: string, sign: string) => {
      await tabTo(page, page.getByRole('link', { name: line }));
      await page.keyboard.press('Enter');
      await heading(page, there).waitFor();
      await page.getByText(sign).first().waitFor();
      await page.goBack();
      await heading(page, 'Hoje').waitFor();
    };
    await lead(/1 cobrança; a mais próxima vence em/, 'Vencendo sem registro', String(soon));
    await lead(/1 cobrança; a mais antiga venceu em/, 'Vencendo sem registro', String(past));
    await lead(/: 1 título a ajustar/, `Comunicação ${batchId}`, batchId);
    await lead(/1 boleto de cobranças canceladas/, 'Ainda pagáveis', String(closed));

    // The name is clipped: the columns beside it stay in the window.
    await page.getByRole('link', { name: /a mais próxima vence em/ }).click();
    const state = page.getByRole('cell', { name: 'Não comunicado' });
    await state.waitFor();
    const box = await state.boundingBox();
    expect(box!.x + box!.width).toBeLessThanOrEqual(DESKTOP.width);
    expect(await page.getByTitle(longName).count()).toBe(1);
    await page.getByLabel('Mostrar').selectOption({ label: 'o que já venceu' });
    await page.getByRole('link', { name: String(past), exact: true }).waitFor();
    await page.waitForURL(/vencidos=sim/);

    await page.getByRole('link', { name: 'Hoje', exact: true }).click();
    await page.getByRole('link', { name: /boleto de cobranças canceladas/ }).click();
    await page.getByRole('checkbox', { name: `Selecionar a cobrança ${closed}` }).check();
    await page.getByRole('button', { name: 'Conferido no banco' }).click();
    await page.getByLabel('Motivo').fill('Baixado no site do banco.');
    await page.getByRole('button', { name: 'Confirmar 1 boleto' }).click();
    await page.getByText('Nenhum boleto pode ser pago sem que se deva.').waitFor();

    await page.getByRole('link', { name: 'Boletos', exact: true }).click();
    await page.getByRole('button', { name: /^Já conferi o alerta/ }).click();
    await page.getByLabel('Motivo').fill('Um dos dois foi baixado.');
    await page.getByRole('button', { name: 'Dar por conferido' }).click();
    await page.getByText('O banco registrou também').first().waitFor({ state: 'detached' });
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
      ...['Vencem em breve sem boleto registrado', 'Venceram sem boleto registrado'],
      'Comunicações que aguardam pessoas',
    ]);
  });
  expect(await untold(knex)).toEqual([]);
});
