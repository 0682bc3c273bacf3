import type { Page } from 'playwright-core';
import { testInBrowser, withPage } from '../kit/browser';
import { createCustomer, createReceivable, createReceivables } from '../kit/record';
import { tabTo } from './support/keyboard';
import { communicate, DESKTOP, lit, rowOf } from './support/steps';
import { untold } from './support/untold';
import { openWebScene, signIn, type WebScene } from './support/webScene';

let scene: WebScene;
beforeAll(async () => {
  scene = await openWebScene();
  await scene.startWorker();
});
afterAll(() => scene.close());

testInBrowser('pausar, retomar, reexaminar, resolver, descartar and concluir, by keyboard in the window', async () => {
  const { bank, carteira, knex } = scene;
  const pace = (calls: number) => knex('gateway_limit').where({ route_class: 'register' }).update({ calls });
  await pace(1);
  await createReceivables(knex, carteira, 20);
  const wrong: number[] = [];
  for (let count = 0; count < 2; count++)
    wrong.push(await createReceivable(knex, carteira, { customer_id: await createCustomer(knex, { cep: '123' }) }));
  // Two answers contradict the charge; the bank's books are right.
  bank.admin.faults([{ match: { route: 'register' }, fault: { kind: 'misprint', what: 'amount' }, times: 2 }]);

  await withPage(DESKTOP, async (page) => {
    const { keyboard } = page;
    await signIn(page, scene.origin);
    await communicate(page, scene);

    await press(page, 'Pausar');
    await page.getByText('Pausado', { exact: true }).first().waitFor();
    await pace(5);
    await press(page, 'Retomar');
    await lit(page, 'Localizar e corrigir').waitFor();
    await page.getByRole('button', { name: '2 Divergência no banco' }).waitFor();

    // One of the two is taken out of collection at the bank: of it a look says something else.
    const boletos = await knex('boleto').where({ state: 'conflict' }).select('receivable_id', 'our_number', 'convenio');
    const [dead, alive] = boletos as { receivable_id: number; our_number: string; convenio: string }[];
    const dialog = page.getByRole('dialog');

    // Both at once, with what is known of each; thought better of.
    await tabTo(page, page.getByRole('button', { name: /^Selecionar todos desta causa: .*(confere|contradi)/ }));
    await keyboard.press('Enter');
    await page.getByText('2 títulos selecionados na tabela').waitFor();
    await press(page, 'Resolver');
    await dialog.getByRole('heading', { name: 'Resolver 2 títulos' }).waitFor();
    for (const { our_number } of [dead!, alive!]) await dialog.getByText(our_number).waitFor();
    expect(await dialog.getByText('ainda não consultado').count()).toBe(2);
    await keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await press(page, 'Limpar seleção');
    expect(bank.admin.amend(dead!.convenio, dead!.our_number, { codigoEstadoTituloCobranca: 7 })).toBe(true);
    await press(page, 'Reexaminar');
    await page.getByRole('button', { name: '19 Registrado' }).waitFor();
    await page.getByRole('button', { name: '1 Divergência no banco' }).waitFor();
    await lit(page, 'Localizar e corrigir').waitFor();
    await page.getByRole('searchbox', { name: 'Procurar' }).fill(String(alive!.receivable_id));
    await rowOf(page, alive!.receivable_id).getByText('Registrado').waitFor();

    await choose(page, dead!.receivable_id);
    await press(page, 'Resolver');
    await dialog.getByText('encontrado').waitFor();
    await tabTo(page, dialog.getByRole('radio', { name: /Está registrado/ }));
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await tabTo(page, dialog.getByLabel('Motivo'));
    await keyboard.type('O banco baixou este boleto.');
    await tabTo(page, dialog.getByRole('button', { name: 'Resolver' }));
    await keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '20 Registrado' }).waitFor();

    await lit(page, 'Localizar e corrigir').waitFor();
    await choose(page, wrong[0]!);
    await press(page, 'Descartar');
    await tabTo(page, dialog.getByLabel('Motivo'));
    await keyboard.type('Cliente saiu.');
    await press(page, 'Descartar 1 título');
    await page.getByRole('button', { name: '1 Descartado' }).waitFor();

    await press(page, 'Concluir');
    // Escape closes a dialog and gives the focus back.
    await dialog.getByText('1 título fica sem registro').waitFor();
    await keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await press(page, 'Concluir');
    await press(page, 'Concluir comunicação');
    await lit(page, 'Fim').waitFor();
    // What was done is no longer offered.
    expect(await page.getByRole('region', { name: 'Ações' }).getByRole('button').count()).toBe(0);
  });
  const said = await knex('audit_entry').whereIn('action', ['discard.reason', 'resolve.reason']).pluck('reason');
  expect(said).toEqual(expect.arrayContaining(['Cliente saiu.', 'O banco baixou este boleto.']));
});

testInBrowser('one value corrects all of a cause, is seen before and undone after', async () => {
  const { carteira, knex } = scene;
  await knex('receivable').update({ status: 'C' });
  await knex('gateway_limit').where({ route_class: 'register' }).update({ calls: 100 });
  const customers: number[] = [];
  for (let count = 0; count < 3; count++) {
    const customer_id = await createCustomer(knex, { cep: '123' });
    await createReceivable(knex, carteira, { customer_id });
    customers.push(customer_id);
  }
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin);
    await communicate(page, scene);
    await lit(page, 'Localizar e corrigir').waitFor();
    await press(page, 'Corrigir todos desta causa');
    const dialog = page.getByRole('dialog');
    await tabTo(page, dialog.getByLabel('Novo valor de CEP'));
    await page.keyboard.type('01310100');
    await page.keyboard.press('Enter');
    await dialog.getByText('3 títulos seriam corrigidos').waitFor();
    await press(page, 'Corrigir 3 títulos');
    await dialog.getByText('3 títulos corrigidos').waitFor();
    await page.getByText('Corrigido', { exact: true }).nth(2).waitFor();
    await press(page, 'Desfazer');
    await dialog.getByText('Desfeito em 3 títulos').waitFor();
    await press(page, 'Fechar');
  });
  expect(await knex('customer').whereIn('id', customers).pluck('cep')).toEqual(['123', '123', '123']);
});

testInBrowser('filters are saved, used again after a new start, and deleted', async () => {
  await withPage(DESKTOP, async (page) => {
    const path = '/relatorios/financeiros/saida/emissao-de-boletos';
    await signIn(page, scene.origin, path);
    // Enter in a filter sends nothing to anybody.
    await page.getByLabel('ID da Carteira de Cobrança').fill(String(scene.carteira.id));
    await page.keyboard.press('Enter');
    await page.getByLabel('Vencimento até').fill('31/12/2030');
    await page.keyboard.press('Enter');
    await page.getByLabel('Cidade', { exact: true }).fill('São Paulo');
    await page.getByLabel('Salvar como').fill('Capital até dezembro');
    await press(page, 'Salvar filtros');
    await page.getByRole('option', { name: 'Capital até dezembro' }).waitFor({ state: 'attached' });

    await page.goto(scene.origin + path);
    await page.getByLabel('Filtros salvos').selectOption({ label: 'Capital até dezembro' });
    expect(await page.getByLabel('ID da Carteira de Cobrança').inputValue()).toBe(String(scene.carteira.id));
    expect(await page.getByLabel('Vencimento até').inputValue()).toBe('31/12/2030');
    expect(await page.getByLabel('Cidade', { exact: true }).inputValue()).toBe('São Paulo');
    await press(page, 'Apagar filtros salvos');
    await page.getByRole('option', { name: 'Capital até dezembro' }).waitFor({ state: 'detached' });
  });
});

test('what the audit kept of all that is told in words', async () => {
  expect(await scene.knex('audit_entry').count()).not.toEqual([{ count: '0' }]);
  expect(await untold(scene.knex)).toEqual([]);
});

/** Walks to the button by Tab and presses Enter. */
async function press(page: Page, name: string): Promise<void> {
  await tabTo(page, page.getByRole('button', { name, exact: true }));
  await page.keyboard.press('Enter');
}

/** Finds the título in the table and ticks it with the space bar. */
async function choose(page: Page, receivableId: number): Promise<void> {
  await page.getByRole('searchbox', { name: 'Procurar' }).fill(String(receivableId));
  await tabTo(page, page.getByRole('checkbox', { name: `Selecionar a cobrança ${receivableId}` }));
  await page.keyboard.press('Space');
}
