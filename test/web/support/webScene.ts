import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { hashPassword } from '../../../api/access/passwords';
import { newId } from '../../../api/access/secrets';
import { insertUser } from '../../../record/access/users';
import { buildScreens } from '../../../tools/stack/screens';
import { openLiveScene, type LiveScene } from '../../kit/liveScene';

const ROOT = join(__dirname, '../../..');
export const LOGIN = 'operadora';
export const PASSWORD = 'senha somente de teste';

/** Everything that an operator's browser needs: the screens, served by a real API beside real workers and a bank. */
export interface WebScene extends LiveScene {
  origin: string;
}

/** @param variables more of the API's environment */
export async function openWebScene(variables: Record<string, string> = {}): Promise<WebScene> {
  const [scene, screens] = await Promise.all([openLiveScene(), buildScreens(() => undefined)]);
  await insertUser(scene.knex, {
    ...{ id: newId('u'), login: LOGIN, name: 'Operadora de Teste', role: 'administrador', filiais: null },
    passwordHash: await hashPassword(PASSWORD),
  });
  const api = spawn(process.execPath, ['--import', 'tsx', 'api/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, ...scene.variables, ...variables, SCREENS_DIR: screens, API_PORT: '0' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const origin = await originOf(api);
  return {
    ...scene,
    origin,
    async close() {
      api.kill('SIGKILL');
      await once(api, 'exit');
      await scene.close();
    },
  };
}

async function originOf(api: ChildProcess): Promise<string> {
  const ended = once(api, 'exit').then(() => Promise.reject(new Error('the API ended before it was ready')));
  const [message] = (await Promise.race([once(api, 'message'), ended])) as [{ origin: string }];
  ended.catch(() => undefined);
  return message.origin;
}

/** By labels, as a person signs in; the page is at `path` afterwards. */
export async function signIn(page: Page, origin: string, path = '/'): Promise<void> {
  await page.goto(origin + path);
  await page.getByLabel('Usuário').fill(LOGIN);
  await page.getByLabel('Senha').fill(PASSWORD);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await page.getByRole('button', { name: 'Sair' }).waitFor();
}

/** In the dialog that asks who it is, before something that gives access. */
export async function showPassword(page: Page): Promise<void> {
  const asking = page.getByRole('dialog', { name: 'Confirme que é você' });
  await asking.getByLabel('Sua senha').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await asking.waitFor({ state: 'detached' });
}
