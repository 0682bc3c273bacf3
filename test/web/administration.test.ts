import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { hashPassword } from '../../api/access/passwords';
import { newId } from '../../api/access/secrets';
import { startBatch } from '../../client/startBatch';
import { insertUser } from '../../record/access/users';
import { startProgram, type RunningProgram } from '../api/support/programs';
import { testInBrowser, withPage } from '../kit/browser';
import { openReceiver } from '../kit/receiver';
import { createAttempt, createBatch, createBoleto, createCustomer, createItem, createReceivable } from '../kit/record';
import { DESKTOP } from './support/steps';
import { untold } from './support/untold';
import { LOGIN, openWebScene, PASSWORD, showPassword, signIn, type WebScene } from './support/webScene';

/** Only its address matters here: nothing runs there. */
const TEMPORAL_UI_URL = 'http://127.0.0.1:8233';

let provider: RunningProgram<{ issuer: string }>;
let scene: WebScene;
beforeAll(async () => {
  provider = await startProgram<{ issuer: string }>(['test/api/programs/oidcProvider.mjs']);
  scene = await openWebScene({
    OIDC_ISSUER: provider.ready.issuer,
    OIDC_CLIENT_ID: 'boletos',
    OIDC_CLIENT_SECRET: 'segredo somente de teste',
    TEMPORAL_UI_URL,
  });
  const redirect_uris = [`${scene.origin}/api/v1/sessao/oidc/retorno`];
  provider.child.send({
    clients: [{ client_id: 'boletos', client_secret: 'segredo somente de teste', redirect_uris }],
  });
  await once(provider.child, 'message');
  await scene.startWorker();
});
afterAll(async () => {
  await scene.close();
  await provider.stop();
});

testInBrowser(
  'a webhook is made in the browser: its secret is shown once, a test arrives, and is sent again',
  async () => {
    const receiver = await openReceiver();
    try {
      receiver.answer(500);
      await withPage(DESKTOP, async (page) => {
        await signIn(page, scene.origin);
        await openAdministration(page, 'Webhooks');
        await page.getByText('Nenhum programa é avisado.').waitFor();
        await page.getByRole('button', { name: 'Novo webhook' }).click();
        await page.getByLabel('Nome do programa').fill('ERP inventado');
        await page.getByLabel('Endereço').fill(receiver.url);
        await page.getByRole('checkbox', { name: 'Boleto registrado' }).uncheck();
        await page.getByRole('button', { name: 'Salvar webhook' }).click();
        await showPassword(page);
        const secret = page.getByText(/^whsec_/);
        await secret.waitFor();
        await page.getByRole('link', { name: 'ERP inventado' }).click();
        expect(await secret.count()).toBe(0);

        await page.getByRole('button', { name: 'Mandar aviso de teste' }).click();
        // Refused once; it is tried again by itself, and the screen follows.
        await page.getByText('Entregue', { exact: true }).first().waitFor();
        await page.getByText('Aviso e respostas').click();
        await page.getByText(/O servidor respondeu com erro \(HTTP 500\)/).waitFor();
        await page.getByRole('button', { name: /^Reenviar o aviso evt_/ }).click();
        while (receiver.received.length < 3) await sleep(50);
        await page.getByText('Entregue', { exact: true }).first().waitFor();
        const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
        expect(ids).toEqual([ids[0], ids[0], ids[0]]);

        await page.getByRole('button', { name: 'Apagar', exact: true }).click();
        await page.getByRole('button', { name: 'Apagar webhook' }).click();
        await page.getByText('Nenhum programa é avisado.').waitFor();
      });
    } finally {
      await receiver.close();
    }
  },
);

testInBrowser('who gives access shows the password again, and what was typed goes on', async () => {
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin, '/usuarios-e-tokens');
    await page.getByRole('button', { name: 'Novo usuário' }).click();
    await page.getByLabel('Login do usuário').fill('colega');
    await page.getByLabel('Nome', { exact: true }).fill('Colega Inventada');
    await page.getByLabel('Senha do usuário').fill('jabuticaba no quintal');
    await page.keyboard.press('Enter');
    const asking = page.getByRole('dialog', { name: 'Confirme que é você' });
    await asking.getByLabel('Sua senha').fill('não é esta senha');
    await page.keyboard.press('Enter');
    await asking.getByRole('alert').filter({ hasText: 'não confere' }).waitFor();
    // Left, nothing is done and nothing is lost.
    await page.keyboard.press('Escape');
    await page.getByRole('alert').filter({ hasText: 'Confirme antes que é você.' }).waitFor();
    expect(await scene.knex('app_user').where({ login: 'colega' })).toEqual([]);
    expect(await page.getByLabel('Nome', { exact: true }).inputValue()).toBe('Colega Inventada');
    await page.getByRole('button', { name: 'Salvar usuário' }).click();
    await showPassword(page);
    await page.getByRole('cell', { name: 'colega', exact: true }).waitFor();

    // It is not asked again for some minutes.
    await page.getByRole('button', { name: 'Mudar colega' }).click();
    await page.getByLabel('Nome', { exact: true }).fill('Colega de Outro Nome');
    await page.getByRole('button', { name: 'Salvar usuário' }).click();
    await page.getByRole('cell', { name: 'Colega de Outro Nome' }).waitFor();
    await openAdministration(page, 'Auditoria');
    await page.getByText('Confirmou quem é').first().waitFor();
  });
});

testInBrowser(
  'who has no password shows it in another tab, at the company’s provider, and the first goes on',
  async () => {
    const subject = `${provider.ready.issuer} s-tela`;
    await scene.knex('app_user').where({ login: LOGIN }).update({ oidc_subject: subject });
    provider.child.send({ people: { 's-tela': {} } });
    await once(provider.child, 'message');
    try {
      await withPage(DESKTOP, async (page) => {
        await signIn(page, scene.origin, '/usuarios-e-tokens');
        await page.getByRole('button', { name: 'Novo token' }).click();
        await page.getByLabel('Nome do programa').fill('ERP da empresa');
        await page.getByRole('button', { name: 'Criar token' }).click();
        const [tab] = await Promise.all([
          page.waitForEvent('popup'),
          page.getByRole('link', { name: /Confirmar com a conta da empresa/ }).click(),
        ]);
        await tab.locator('input[name=login]').fill('s-tela');
        await tab.locator('input[name=password]').fill('x');
        await tab.locator('button[type=submit]').click();
        // Asked by the provider the first time.
        await tab.getByRole('button', { name: 'Continue' }).click();
        await tab.getByText('Você confirmou quem é.').waitFor();
        await page.getByText('Guarde agora: este segredo não será mostrado de novo.').waitFor();
      });
    } finally {
      await scene.knex('app_user').where({ login: LOGIN }).update({ oidc_subject: null });
    }
  },
);

testInBrowser('the audit shows who changed what, from which value to which, of one título', async () => {
  const { knex, carteira } = scene;
  const [title, other] = [await titulo(), await titulo()];
  await scene.boletos('corrigir', String(other), '--campo', 'cep=01310100');
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin, `/contas-a-receber/${title}`);
    await page.getByLabel('CEP', { exact: true }).fill('01310200');
    await page.getByRole('button', { name: 'Salvar' }).click();
    await page.getByText('Salvo.').waitFor();
    await page.getByRole('link', { name: 'História da cobrança' }).click();
    await page.getByRole('link', { name: 'Auditoria desta cobrança' }).click();
    const entries = page.getByRole('list', { name: 'Registros' });
    await entries.getByText('Corrigiu').waitFor();
    await entries.getByText(/CEP: 01310100 → 01310200/).waitFor();
    await entries.getByText('Operadora de Teste').waitFor();
    expect(await entries.getByRole('listitem').filter({ hasText: 'Corrigiu' }).count()).toBe(1);
    // By person, too: the other one was corrected from the command line.
    await page.getByLabel('ID', { exact: true }).fill('');
    await page.getByLabel('Quem').selectOption({ label: `Operadora de Teste (${LOGIN})` });
    await entries.getByRole('link', { name: `cobrança ${title}` }).waitFor();
    await entries.getByRole('link', { name: `cobrança ${other}` }).waitFor({ state: 'detached' });
  });
  async function titulo(): Promise<number> {
    return createReceivable(knex, carteira, { customer_id: await createCustomer(knex) });
  }
});

testInBrowser('what a bank said and nobody has explained stands under Erros desconhecidos', async () => {
  const { knex, carteira } = scene;
  const batchId = await createBatch(knex, carteira.id, { phase: 'concluded', filiais: [carteira.filialId] });
  const receivableId = await createReceivable(knex, carteira);
  const ordinal = await createItem(knex, batchId, receivableId, { state: 'rejected', due_at: null });
  const { account_id } = await knex('carteira').where({ id: carteira.id }).first<{ account_id: number }>();
  const boletoId = await createBoleto(knex, receivableId, account_id);
  await createAttempt(
    knex,
    boletoId,
    { batchId, ordinal, receivableId },
    {
      ...{ resolution: 'refused', kind: 'data', http_status: 400, finished_at: knex.fn.now() },
      ...{ provider_code: 'NOVO-1', provider_message: 'Algo que ninguém viu ainda' },
    },
  );
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin);
    await openAdministration(page, 'Erros desconhecidos');
    await page.getByRole('row').filter({ hasText: 'NOVO-1' }).getByText('Algo que ninguém viu ainda').waitFor();
  });
});

testInBrowser('one changes the own password, which ends the other sessions, and ends a session by hand', async () => {
  const login = 'trocador';
  await insertUser(scene.knex, {
    ...{ id: newId('u'), login, name: 'Pessoa que troca', role: 'consulta', filiais: null },
    passwordHash: await hashPassword(PASSWORD),
  });
  await withPage(DESKTOP, async (page) =>
    withPage(DESKTOP, async (elsewhere) => {
      await enter(page, PASSWORD);
      // What is an administrator's is not offered.
      expect(await page.getByRole('button', { name: 'Administração' }).count()).toBe(0);
      await enter(elsewhere, PASSWORD);
      await page.getByRole('link', { name: /Minha conta/ }).click();
      await page.getByRole('button', { name: /^Encerrar a sessão/ }).click();
      await page.getByRole('button', { name: /^Encerrar a sessão/ }).waitFor({ state: 'detached' });
      await elsewhere.getByRole('link', { name: 'Carteiras' }).click();
      await elsewhere.getByLabel('Usuário').waitFor();

      await page.getByLabel('Senha atual').fill('uma senha errada');
      await page.getByLabel('Senha nova', { exact: true }).fill('outra senha de teste');
      await page.getByLabel('Senha nova, outra vez').fill('outra senha de test');
      await page.getByText('não é igual à de cima').waitFor();
      await page.getByLabel('Senha nova, outra vez').fill('outra senha de teste');
      await page.getByRole('button', { name: 'Trocar senha' }).click();
      await page.getByText('não confere').waitFor();
      await page.getByLabel('Senha atual').fill(PASSWORD);
      await page.getByRole('button', { name: 'Trocar senha' }).click();
      await page.getByText('Senha trocada.').waitFor();
      // The new session's own changes are taken, too.
      const session = '**/api/v1/sessao';
      await page.route(session, (route) => (route.request().method() === 'DELETE' ? route.abort() : route.continue()));
      await page.getByRole('button', { name: 'Sair' }).click();
      await page.getByRole('alert').filter({ hasText: 'O servidor não responde.' }).waitFor();
      await page.unroute(session);
      await page.getByRole('button', { name: 'Sair' }).click();
      await page.getByLabel('Usuário').waitFor();
      await enter(page, 'outra senha de teste');
    }),
  );
  async function enter(page: Page, password: string): Promise<void> {
    await page.goto(scene.origin);
    await page.getByLabel('Usuário').fill(login);
    await page.getByLabel('Senha').fill(password);
    await page.getByRole('button', { name: 'Entrar', exact: true }).click();
    await page.getByRole('button', { name: 'Sair' }).waitFor();
  }
});

testInBrowser("the company's account is offered where it is set up, and a refused entry is explained", async () => {
  await withPage(DESKTOP, async (page) => {
    await page.goto(`${scene.origin}/?entrada=provedor_inacessivel`);
    await page.getByText('não responde').waitFor();
    await page.goto(`${scene.origin}/?entrada=outro`);
    await page.getByText('não deu acesso').waitFor();
    const link = page.getByRole('link', { name: 'Entrar com a conta da empresa' });
    await link.click();
    await page.waitForURL(`${provider.ready.issuer}/**`);
  });
});

testInBrowser('the window leads to the same batch in the Temporal Web UI', async () => {
  await startBatch(scene.client, { batchId: 'no-temporal', carteiraId: scene.carteira.id, filters: {}, by: 'op-7' });
  await scene.phaseOf('no-temporal');
  await withPage(DESKTOP, async (page) => {
    await signIn(page, scene.origin, '/comunicacoes/no-temporal');
    const link = page.getByRole('link', { name: 'Temporal Web UI' });
    expect(await link.getAttribute('href')).toMatch(`${TEMPORAL_UI_URL}/namespaces/`);
    expect(await link.getAttribute('href')).toContain(encodeURIComponent('boletos/no-temporal'));
  });
});

test('what the audit kept of all that is told in words', async () => {
  expect(await untold(scene.knex)).toEqual([]);
});

async function openAdministration(page: Page, screen: string): Promise<void> {
  await page.getByRole('button', { name: 'Administração' }).click();
  await page.getByRole('link', { name: screen }).click();
}
