import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from '../../tools/stack/root';
import { blocksOf, codeSpansOf, commandsOf, proseOf, type Block } from './support/markdown';
import { Running, Terminal } from './support/terminal';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = blocksOf(readme);
const commands = blocks.filter(({ language }) => language === 'bash').flatMap(({ text }) => commandsOf(text));

/** Without the remark at its end. */
const bare = (command: string) => command.replace(/\s+#.*$/, '');

/** Blocks that are typed, each with what the README shows of its output. */
const steps = blocks.flatMap((block, index) => {
  if (block.language !== 'bash') return [];
  const next = blocks[index + 1];
  const name = `${block.heading}: ${bare(commandsOf(block.text)[0] ?? '')}`;
  return [{ name, block, shows: next?.language === 'text' ? next : undefined }];
});

/** What runs this test, and would run it again without end. */
const RUNS_US = /^npm test$/;
/** Commands that stay, and when they are up. */
const staying: readonly [command: RegExp, up: RegExp][] = [
  [/^npm start$/, /Tudo no ar/],
  [/worker\/main\.js$/, /worker pronto/],
  [/api\/main\.js$/, /api pronta/],
];

describe('every line of the README', () => {
  let clone: string;
  let env: Record<string, string>;
  let terminal: Terminal;
  const running: Running[] = [];

  beforeAll(() => {
    clone = mkdtempSync(join(tmpdir(), 'readme-'));
    const left = ['node_modules', '.git', '.data', '.cache', 'coverage', 'dist', 'exemplos'];
    cpSync(root, clone, { recursive: true, filter: (path) => !left.includes(basename(path)) });
    symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
    // A person's environment: nothing of ours. Where the Temporal CLI is does not matter to what the README says.
    const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TEMPORAL_CLI_PATH'];
    env = Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
    terminal = new Terminal(clone, env);
  });

  afterAll(async () => {
    await terminal.close();
    for (const each of running.reverse()) await each.stop();
    rmSync(clone, { recursive: true, force: true });
  });

  // In order: each block is typed on what those before it made.
  test.each(steps)('$name works as written, on what the lines before it made', async ({ block, shows }) => {
    const output = await runBlock(block);
    if (shows) expect(output).toMatch(shown(shows));
  });

  async function runBlock({ text, heading }: Block): Promise<string> {
    let output = '';
    // The variables of the table below it, here those of the stack that the tutorial left running.
    const given = heading === 'Run it in production' ? ofTheStack(clone) : {};
    for (const [name, value] of Object.entries(given)) await terminal.run(`export ${name}='${value}'`);
    for (const command of commandsOf(text).map(bare)) {
      if (RUNS_US.test(command)) continue;
      const [, up] = staying.find(([stays]) => stays.test(command)) ?? [];
      if (up) {
        const started = new Running(command, clone, { ...env, ...given });
        running.push(started);
        await started.says(up);
        continue;
      }
      const answer = await terminal.run(command);
      const { exitCode, output: said } = answer;
      expect([command, exitCode, said]).toEqual([command, 0, said]);
      output += answer.output;
    }
    return output;
  }
});

/** Lines in order, with whatever else between them; `…` stands for what differs from run to run. */
function shown({ text }: Block): RegExp {
  const lines = text.split('\n').filter((line) => line !== '' && line !== '…');
  const patterns = lines.map((line) => line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*'));
  return new RegExp(`^${patterns.join('$\\n(?:.*\\n)*?^')}$`, 'm');
}

function ofTheStack(clone: string): Record<string, string> {
  const stack = JSON.parse(readFileSync(join(clone, '.data/start/stack.json'), 'utf8')) as Record<string, string>;
  const { applicationDatabaseUrl, databaseUrl, temporalAddress, secretsKeyFile } = stack;
  return {
    DATABASE_URL: applicationDatabaseUrl ?? '',
    MIGRATION_DATABASE_URL: databaseUrl ?? '',
    TEMPORAL_ADDRESS: temporalAddress ?? '',
    SECRETS_KEY: readFileSync(secretsKeyFile ?? '', 'utf8').trim(),
  };
}

test('the README has blocks of no other kind than those that a test looks at', () => {
  expect([...new Set(blocks.map(({ language }) => language))].toSorted()).toEqual(['bash', 'mermaid', 'text', 'ts']);
});

test('its flowchart names the functions of the workflow', () => {
  const workflow = readFileSync(join(root, 'workflows/boletoBatch.ts'), 'utf8');
  const chart = blocks.find(({ language }) => language === 'mermaid')?.text ?? '';
  const names = [...chart.matchAll(/[["{: ]([a-z]+[A-Z]\w+|conclude)\b/g)].map(([, name]) => name as string);
  expect(new Set(names).size).toBe(6);
  expect(names.filter((name) => !new RegExp(`\\b${name}\\(`).test(workflow))).toEqual([]);
});

test('what is a command in its text is run in one of its blocks, too', () => {
  const spans = codeSpansOf(readme).filter((span) => /^(npm|npx|node|boletos) /.test(span));
  const known = commands.map((command) => bare(command).replace(/^npx (?=boletos )/, ''));
  expect(spans).toContain('boletos migrar');
  expect(spans.filter((span) => !known.some((command) => command.startsWith(span.replace(/^npx /, ''))))).toEqual([]);
});

test('its table names the variables that are read, and no other', () => {
  const source = readFileSync(join(root, 'config/environment.ts'), 'utf8');
  const read = [...source.slice(0, source.indexOf('type Variable')).matchAll(/^ {2}([A-Z_]+):/gm)].map(
    ([, name]) => name,
  );
  const rows = proseOf(readme).matchAll(/^\| (`[A-Z_]+`|`TEMPORAL_[A-Z_*]+`)(, `[A-Z_*]+`)* \|/gm);
  const named = [...rows].flatMap(([row]) => [...row.matchAll(/[A-Z][A-Z_*]+/g)].map(([name]) => name));
  // Of Temporal's own client, and programs that only documents, tests and pictures need.
  const others = ['TEMPORAL_API_KEY', 'TEMPORAL_TLS_*', 'CHROMIUM_PATH', 'PDFTOPPM_PATH', 'ZBARIMG_PATH'];
  expect(named.toSorted()).toEqual([...read, ...others].toSorted());
});

test('its links lead to files and headings that are there', () => {
  const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, address]) => address as string);
  const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(
    ([, heading = '']) =>
      `#${heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-')}`,
  );
  expect(links.length).toBeGreaterThan(20);
  const lost = links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    return link.startsWith('#') ? !headings.includes(link) : !existsSync(join(root, link));
  });
  expect(lost).toEqual([]);
});
