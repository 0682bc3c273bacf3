import type { Locator, Page } from 'playwright-core';
import type { WebScene } from './webScene';

export const DESKTOP = { width: 1280, height: 900 };

/** The flowchart of a batch's window, and its present step. */
const fluxo = (page: Page): Locator => page.getByRole('list', { name: 'Fluxo da comunicação' });
export const lit = (page: Page, step: string): Locator => fluxo(page).locator('[aria-current=step]', { hasText: step });

/** Through the menu to a running communication, by clicks on what is written. */
export async function communicate(page: Page, { carteira }: WebScene): Promise<void> {
  for (const text of ['Relatórios', 'Relatórios Financeiros', 'Relatórios de Saída', 'Emissão de Boletos'])
    await page.getByText(text, { exact: true }).click();
  await page.getByLabel('ID da Carteira de Cobrança').fill(String(carteira.id));
  await page.getByRole('button', { name: 'Comunicação com Gateway' }).click();
  await fluxo(page).waitFor();
}

/** The row of a título in the table of the window. */
export function rowOf(page: Page, receivableId: number): Locator {
  return page.getByRole('row').filter({ has: page.getByRole('link', { name: String(receivableId), exact: true }) });
}
