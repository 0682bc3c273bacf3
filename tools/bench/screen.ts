import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { FIRST_LOGIN } from '../../api/firstAdministrator';
import { findDebianTools } from '../stack/debianTools';
import type { Stack } from '../stack/stack';
import { bankAt } from './bank';
import { openScene } from './cadastro';
import type { Bench } from './frame';
import { fillCarteira } from './ground';

const BANK = 'banco-do-brasil';
/** Ample: what is measured is the way to the screen, not the wait for a turn. */
const limit = { calls: 12_000, windowMs: 60_000 };
const EMISSAO = '/relatorios/financeiros/saida/emissao-de-boletos';
const BUTTON = 'Comunicação com Gateway';

/**
 * Inside the page, so that nothing of the driver's own way is measured: from the press to the first change of the
 * document that shows a registered boleto.
 */
const watch = `
  addEventListener('click', (event) => {
    if (event.target.closest('button')?.textContent === '${BUTTON}') window.pressedAt = performance.now();
  }, true);
  new MutationObserver(() => {
    const shown = document.querySelector('.count-registered b')?.textContent;
    if (window.pressedAt !== undefined && window.shownAt === undefined && shown && shown !== '0')
      window.shownAt = performance.now();
  }).observe(document, { subtree: true, childList: true, characterData: true });
`;

export const screen: Bench = {
  name: 'screen',
  title: 'do botão ao primeiro boleto registrado na tela, em relação à latência do próprio banco',
  options: {
    runs: { default: 15, help: 'comunicações, uma depois da outra' },
    titulos: { default: 20, help: 'títulos de cada uma' },
    latencyMs: { default: 200, help: 'latência de um registro no banco simulado' },
  },
  async run(context) {
    const executablePath = (await findDebianTools(context.say)).CHROMIUM_PATH;
    if (!executablePath) throw new Error('sem Chromium não há tela: informe CHROMIUM_PATH');
    const stack = await context.startStack({ workers: 1, gateways: [BANK], api: true });
    const scene = await openScene(stack);
    const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
    let browser: BrowserContext | undefined;
    try {
      const [runs, boletos, latencyMs] = [
        context.option('runs'),
        context.option('titulos'),
        context.option('latencyMs'),
      ];
      const origin = stack.gateways[BANK] ?? '';
      await bankAt(origin).settings({ latency: { register: { minMs: latencyMs, maxMs: latencyMs } } });
      // A carteira each: all with one account's allowance would wait for one another.
      for (let nth = 1; nth <= runs; nth += 1) await fillCarteira(scene, { carteiraId: nth, boletos, limit, origin });
      await scene.knex.raw('vacuum analyze');
      const { chromium } = await import('playwright-core');
      browser = await chromium.launchPersistentContext(profile, {
        ...{ executablePath, locale: 'pt-BR', args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] },
      });
      const page = await browser.newPage();
      await page.addInitScript(watch);
      await signIn(page, stack);
      const all: number[] = [];
      for (let nth = 1; nth <= runs && !context.signal.aborted; nth += 1) all.push(await measured(page, stack, nth));
      // The first has to get a token of the bank, and everything is cold: it is told apart.
      const [first = 0, ...rest] = all;
      const sorted = [...rest].sort((a, b) => a - b);
      const middle = sorted[sorted.length >> 1] ?? first;
      context.measure({
        ...{ runs: all.length, titulos: boletos, gatewayLatencyMs: latencyMs, firstMs: Math.round(first) },
        ...{ medianMs: Math.round(middle), worstMs: Math.round(sorted.at(-1) ?? first) },
        ratio: Number((middle / latencyMs).toFixed(2)),
      });
      return [];
    } finally {
      await browser?.close();
      rmSync(profile, { recursive: true, force: true });
      await scene.close();
    }
  },
};

async function signIn(page: Page, stack: Stack): Promise<void> {
  await page.goto(stack.api ?? '');
  await page.getByLabel('Usuário').fill(FIRST_LOGIN);
  await page.getByLabel('Senha').fill(stack.firstPassword ?? '');
  await page.getByRole('button', { name: 'Entrar' }).click();
  await page.getByRole('button', { name: 'Sair' }).waitFor();
}

/** @returns milliseconds */
async function measured(page: Page, stack: Stack, carteiraId: number): Promise<number> {
  await page.goto(`${stack.api}${EMISSAO}?carteira=${carteiraId}`);
  // As a person does, who looks at the prévia before pressing.
  await page.getByText('Prontos para comunicar').waitFor();
  await page.getByRole('button', { name: BUTTON }).click();
  await page.getByRole('button', { name: /^[1-9]\d* Registrado/ }).waitFor();
  const ms = await page.evaluate<number>('window.shownAt - window.pressedAt');
  await page.locator('[aria-current=step]', { hasText: 'Fim' }).waitFor();
  return ms;
}
