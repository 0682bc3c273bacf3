import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Say } from './say';

const run = promisify(execFile);

const known = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * The browser that tests look at the screens with. As root on Debian it is installed when it is missing; elsewhere
 * its absence is said, and the tests that need it are skipped.
 */
export async function findChromium(say: Say, path = process.env.CHROMIUM_PATH): Promise<string | undefined> {
  const found = [path, ...known].find((candidate) => candidate && existsSync(candidate));
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('… instalando o Chromium (pacote chromium do Debian), só desta vez');
    const environment = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    try {
      await run('apt-get', ['update', '-qq'], environment);
      await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], environment);
      return '/usr/bin/chromium';
    } catch (error) {
      say(`✗ o apt-get não instalou o chromium: ${(error as Error).message.split('\n').at(-1)}`);
    }
  }
  say('… sem Chromium: os testes de tela são pulados (instale o pacote chromium, ou informe CHROMIUM_PATH)');
  return undefined;
}
