import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { network, plainEnvironment } from './plainEnvironment';
import type { Say } from './say';

const run = promisify(execFile);

/** A program that some tests look at things with. */
interface Tool {
  /** Of Debian. */
  package: string;
  /** Names it for the tests; set from outside, it is used instead of looking. */
  variable: string;
  program: string;
  /** Where it is when not on PATH. */
  known: readonly string[];
  /** What is not tested without it. */
  skipped: string;
}

const tools: readonly Tool[] = [
  {
    package: 'chromium',
    variable: 'CHROMIUM_PATH',
    program: 'chromium',
    known: [
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    ],
    skipped: 'os testes de tela',
  },
  {
    package: 'poppler-utils',
    variable: 'PDFTOPPM_PATH',
    program: 'pdftoppm',
    known: [],
    skipped: 'os testes que olham o PDF',
  },
  {
    package: 'zbar-tools',
    variable: 'ZBARIMG_PATH',
    program: 'zbarimg',
    known: [],
    skipped: 'os testes que leem o código de barras e o QR',
  },
];

/**
 * The programs that tests look at screens and documents with, by their variables. As root on Debian those that are
 * missing are installed; elsewhere their absence is said, and the tests that need them are skipped.
 */
export async function findDebianTools(say: Say): Promise<Record<string, string>> {
  const missing = tools.filter((tool) => find(tool) === undefined);
  if (missing.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) await install(missing, say);
  const found: Record<string, string> = {};
  for (const tool of tools) {
    const path = find(tool);
    if (path !== undefined) found[tool.variable] = path;
    else
      say(
        `… sem ${tool.program}: ${tool.skipped} são pulados (instale o pacote ${tool.package}, ou informe ${tool.variable})`,
      );
  }
  return found;
}

function find({ variable, program, known }: Tool): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  return [process.env[variable], ...onPath, ...known].find((candidate) => candidate && existsSync(candidate));
}

async function install(missing: readonly Tool[], say: Say): Promise<void> {
  const packages = missing.map((tool) => tool.package);
  say(`… instalando ${packages.join(', ')} (pacotes do Debian), só desta vez`);
  const environment = { env: { ...plainEnvironment(network, /^(APT|DPKG)_/), DEBIAN_FRONTEND: 'noninteractive' } };
  try {
    await run('apt-get', ['update', '-qq'], environment);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], environment);
  } catch (error) {
    say(`✗ o apt-get não instalou ${packages.join(', ')}: ${(error as Error).message.split('\n').at(-1)}`);
  }
}
