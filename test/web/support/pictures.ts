import type { Page } from 'playwright-core';
import type { PictureRecord } from './pictureRecord';

export interface Picture {
  /** Of the file. */
  name: string;
  title: string;
  path: string;
  /** A text that shows that everything is there. */
  sign: string;
  signedOut?: true;
  /** What is done before the picture is taken. */
  first?(page: Page): Promise<void>;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const openDialog = (name: string) => async (page: Page) => {
  await button(page, name).first().click();
  await page.getByRole('dialog').waitFor();
};

/** Every screen, and each of its dialogs that somebody has to understand. */
export function pictures(record: PictureRecord, carteiraId: number): Picture[] {
  const waiting = `/comunicacoes/${record.waiting}`;
  return [
    { name: 'entrar', title: 'Entrar', path: '/', sign: 'Usuário', signedOut: true },
    { name: 'hoje', title: 'Hoje', path: '/hoje', sign: 'ainda podem ser pagos' },
    { name: 'menu', title: 'O caminho do menu', path: '/comunicacoes', sign: record.running, first: openMenu },
    {
      ...{ name: 'emissao', title: 'Emissão de Boletos, com a prévia', sign: 'Pendências por causa' },
      path: `/relatorios/financeiros/saida/emissao-de-boletos?carteira=${carteiraId}`,
    },
    { name: 'comunicacao', title: 'Em andamento', path: `/comunicacoes/${record.running}`, sign: 'Na fila' },
    { name: 'ajustes', title: 'Aguardando ajustes', path: waiting, sign: 'Falhas por causa' },
    {
      ...{ name: 'titulos', title: 'Os títulos de uma comunicação', path: waiting, sign: 'Falhas por causa' },
      first: async (page) => {
        await page.getByRole('heading', { name: 'Títulos', exact: true }).evaluate((heading) => {
          (heading as unknown as { scrollIntoView(): void }).scrollIntoView();
        });
        await page.getByLabel('Situação').selectOption({ label: 'Rejeitados (dados)' });
        await page.getByText('4 títulos', { exact: true }).waitFor();
      },
    },
    {
      ...{ name: 'correcao-em-massa', title: 'Corrigir todos desta causa', path: waiting, sign: 'Falhas por causa' },
      first: async (page) => {
        await openDialog('Corrigir todos desta causa')(page);
        await page.getByLabel('Novo valor de CEP').fill('01310100');
        await button(page, 'Ver o que muda').click();
        await page.getByText('seriam corrigidos').waitFor();
      },
    },
    {
      ...{ name: 'resolver', title: 'Resolver um resultado incerto', path: waiting, sign: 'Falhas por causa' },
      first: async (page) => {
        await page.getByRole('searchbox', { name: 'Procurar' }).fill(String(record.disputed));
        await page.getByRole('checkbox', { name: `Selecionar a cobrança ${record.disputed}` }).click();
        await openDialog('Resolver')(page);
      },
    },
    {
      ...{ name: 'concluir', title: 'Concluir', path: waiting, sign: 'Falhas por causa' },
      first: openDialog('Concluir'),
    },
    { name: 'concluida', title: 'Concluída', path: `/comunicacoes/${record.concluded}`, sign: 'Registrado' },
    { name: 'comunicacoes', title: 'Comunicações', path: '/comunicacoes', sign: record.running },
    { name: 'contas', title: 'Contas a Receber', path: '/contas-a-receber', sign: 'Ana Exemplo' },
    {
      ...{ name: 'corrigir', title: 'Corrigir uma cobrança', sign: 'Recusado antes do envio|Palavras do banco' },
      path: `/contas-a-receber/${record.wrong}?campo=cep&comunicacao=${record.waiting}`,
    },
    {
      ...{ name: 'registrado', title: 'O boleto registrado', sign: 'Pix copia e cola' },
      path: `/contas-a-receber/${record.registered}`,
    },
    {
      ...{ name: 'historia', title: 'A história de uma cobrança', sign: 'Voltar à cobrança' },
      path: `/contas-a-receber/${record.registered}/historia`,
    },
    { name: 'vencendo', title: 'Vencendo sem registro', path: '/vencendo-sem-registro', sign: 'Comunicar estes' },
    { name: 'ainda-pagaveis', title: 'Ainda pagáveis', path: '/ainda-pagaveis', sign: 'Cancelado' },
    { name: 'carteiras', title: 'Carteiras', path: '/carteiras', sign: 'Cobrança mensal' },
    { name: 'carteira', title: 'Uma carteira', path: `/carteiras/${carteiraId}`, sign: 'Limites do gateway' },
    { name: 'erros', title: 'Erros desconhecidos', path: '/erros-desconhecidos', sign: 'NOVO-17' },
    { name: 'usuarios', title: 'Usuários e tokens', path: '/usuarios-e-tokens', sign: 'Beatriz Exemplo' },
    {
      ...{ name: 'usuario', title: 'Um usuário novo', path: '/usuarios-e-tokens', sign: 'Beatriz Exemplo' },
      first: openDialog('Novo usuário'),
    },
    { name: 'auditoria', title: 'Auditoria', path: '/auditoria', sign: 'Entrou' },
    { name: 'webhooks', title: 'Webhooks', path: '/webhooks', sign: 'ERP de exemplo' },
    { name: 'webhook', title: 'As entregas de um webhook', path: `/webhooks/${record.webhook}`, sign: 'Entregue' },
    { name: 'conta', title: 'Minha conta', path: '/minha-conta', sign: 'Encerrar|esta' },
  ];
}

async function openMenu(page: Page): Promise<void> {
  const menu = button(page, 'Menu');
  if (await menu.isVisible()) await menu.click();
  for (const name of ['Relatórios', 'Relatórios Financeiros', 'Relatórios de Saída']) await button(page, name).click();
  await page.getByRole('link', { name: 'Emissão de Boletos' }).waitFor();
}
