import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { testInBrowser, withPage } from '../kit/browser';
import {
  dayFromToday,
  createBoleto,
  createCustomer,
  createDelivery,
  createReceivable,
  createReceivables,
  createWebhook,
} from '../kit/record';
import { startBatch } from '../../client/startBatch';
import { openWebScene, signIn, type WebScene } from './support/webScene';

const BATCH = 'acessivel-1';
/** Of an element of the page. */
interface Widths {
  scrollWidth: number;
  clientWidth: number;
}

let scene: WebScene;
let [wrong, registered, elsewhere, alert, webhook] = [0, 0, 0, 0, ''];
beforeAll(async () => {
  scene = await openWebScene();
  await scene.startWorker();
  const ids = await createReceivables(scene.knex, scene.carteira, 8);
  registered = ids[0]!;
  const closed = await createReceivable(scene.knex, scene.carteira, { status: 'C', impresso: true });
  const { account_id } = await scene.knex('carteira').first<{ account_id: number }>('account_id');
  await createBoleto(scene.knex, closed, account_id, { state: 'registered' });
  for (let count = 0; count < 2; count++)
    wrong = await createReceivable(scene.knex, scene.carteira, {
      customer_id: await createCustomer(scene.knex, { cep: '123' }),
    });
  elsewhere = await createReceivable(scene.knex, scene.carteira, {
    imported_registration: JSON.stringify({
      ...{ nn_boleto: '90000000042', linha_digitavel: '00190000090312855700500000001177187500000009990' },
      ...{ gateway_link: `https://boletos.exemplo.com.br/${'x'.repeat(60)}` },
    }),
  });
  webhook = await createWebhook(scene.knex);
  await createDelivery(scene.knex, webhook);
  await startBatch(scene.client, { batchId: BATCH, carteiraId: scene.carteira.id, filters: {}, by: 'op-7' });
  await scene.phaseOf(BATCH, 'awaitingAdjustments');
  const twoAlive = {
    batch_id: BATCH,
    kind: 'twoAlive',
    receivable_id: registered,
    day: dayFromToday(scene.knex),
  };
  const [row] = await scene
    .knex('alert')
    .insert({ ...twoAlive, message: 'O banco registrou também o boleto anterior.' })
    .returning<{ id: number }[]>('id');
  alert = row!.id;
});
afterAll(() => scene.close());

/** Each screen by its address, and what shows that it is there. */
const screens = (): [string, string][] => [
  ['/hoje', BATCH],
  ['/ainda-pagaveis', 'Cancelado'],
  ['/pendencias-no-banco', 'baixar no banco'],
  [`/vencendo-sem-registro?vencidos=sim&carteira=${scene.carteira.id}`, 'Nenhum título venceu'],
  ['/comunicacoes', BATCH],
  [`/comunicacoes/${BATCH}`, 'Falhas por causa'],
  [`/relatorios/financeiros/saida/emissao-de-boletos?carteira=${scene.carteira.id}`, 'Prévia'],
  ['/contas-a-receber', String(wrong)],
  [`/contas-a-receber/${wrong}?campo=cep&comunicacao=${BATCH}`, 'Palavras do banco|Recusado antes do envio'],
  [`/contas-a-receber/${registered}`, 'Linha digitável'],
  [`/contas-a-receber/${elsewhere}`, 'Boleto de outro sistema'],
  [`/contas-a-receber/${registered}/historia`, 'Voltar à cobrança'],
  ['/carteiras', 'Convênio'],
  [`/carteiras/${scene.carteira.id}`, 'Limites do gateway'],
  ['/vencendo-sem-registro', 'Vencem em até'],
  ['/erros-desconhecidos', 'palavras do banco'],
  ['/usuarios-e-tokens', 'Operadora de Teste'],
  ['/auditoria', 'Entrou'],
  ['/webhooks', 'ERP inventado'],
  [`/webhooks/${webhook}`, 'Entrega de teste|Comunicação concluída'],
  ['/minha-conta', 'Sessões abertas'],
  ['/confirmacao', 'Você confirmou quem é.'],
];

/** Each dialog: where it is, and the button that opens it. */
const dialogs = (): [string, string, string][] => [
  [`/comunicacoes/${BATCH}`, 'Falhas por causa', 'Concluir'],
  [`/comunicacoes/${BATCH}`, 'Falhas por causa', 'Corrigir todos desta causa'],
  [`/carteiras/${scene.carteira.id}`, 'Limites do gateway', 'Mudar a conta'],
  [`/contas-a-receber/${elsewhere}`, 'Boleto de outro sistema', 'Registrar mesmo assim'],
  ['/usuarios-e-tokens', 'Operadora de Teste', 'Novo usuário'],
  ['/usuarios-e-tokens', 'Operadora de Teste', 'Novo token'],
  ['/webhooks', 'ERP inventado', 'Novo webhook'],
  ['/hoje', BATCH, `Já conferi o alerta ${alert}`],
  [`/webhooks/${webhook}`, 'Entregas', 'Trocar o segredo'],
];

for (const theme of ['light', 'dark'] as const)
  testInBrowser(`axe finds nothing serious on any screen (${theme})`, async () => {
    await withPage({ width: 1280, height: 900 }, async (page) => {
      await page.emulateMedia({ colorScheme: theme });
      await page.goto(scene.origin);
      await page.getByLabel('Senha').waitFor();
      expect(await seriousOn(page)).toEqual([]);
      await signIn(page, scene.origin);
      await page.getByRole('button', { name: 'Relatórios', exact: true }).click();
      await page.getByRole('button', { name: 'Relatórios Financeiros' }).click();
      expect(await seriousOn(page)).toEqual([]);
      for (const [path, sign] of screens()) {
        await open(page, path, sign);
        expect({ path, serious: await seriousOn(page) }).toEqual({ path, serious: [] });
      }
      for (const [path, sign, button] of dialogs()) {
        await open(page, path, sign);
        await page.getByRole('button', { name: button, exact: true }).click();
        await page.getByRole('dialog').waitFor();
        expect({ button, serious: await seriousOn(page) }).toEqual({ button, serious: [] });
      }
      // The last of them asks who it is.
      await page.getByRole('dialog').getByRole('button').first().click();
      await page.getByLabel('Sua senha').waitFor();
      expect(await seriousOn(page)).toEqual([]);
    });
  });

testInBrowser('nothing is wider than the page: at 390 pixels, and with text at 200%', async () => {
  for (const [width, percent] of [
    [390, 100],
    [390, 200],
    [1280, 200],
  ] as const)
    await withPage({ width, height: 900 }, async (page) => {
      await signIn(page, scene.origin);
      for (const [path, sign] of screens()) {
        await open(page, path, sign);
        await page.evaluate(`document.documentElement.style.fontSize = '${percent * 0.15}px'`);
        const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        expect({ path, width, percent, over }).toEqual({ path, width, percent, over: 0 });
      }
      for (const [path, sign, button] of dialogs()) {
        await open(page, path, sign);
        await page.evaluate(`document.documentElement.style.fontSize = '${percent * 0.15}px'`);
        await page.getByRole('button', { name: button, exact: true }).click();
        const over = await page
          .getByRole('dialog')
          .evaluate((dialog) => (dialog as unknown as Widths).scrollWidth - (dialog as unknown as Widths).clientWidth);
        expect({ button, width, percent, over }).toEqual({ button, width, percent, over: 0 });
      }
    });
});

async function open(page: Page, path: string, sign: string): Promise<void> {
  await page.goto(scene.origin + path);
  await page.getByRole('main').getByText(new RegExp(sign)).first().waitFor();
}

/** What WCAG AA calls serious or critical, told by rule and element. */
async function seriousOn(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}
