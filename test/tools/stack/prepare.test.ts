import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../tools/stack/root';

const PROGRAM = 'test/tools/stack/programs/endsWith.ts';

interface Ending {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function run(command: string, args: string[], cwd = root, env: Record<string, string> = {}): Promise<Ending> {
  const child = spawn(command, args, { cwd, env: { ...process.env, npm_lifecycle_event: '', ...env } });
  const ending: Ending = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => (ending.stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (ending.stderr += text.toString()));
  [ending.code] = (await once(child, 'close')) as [number | null];
  return ending;
}

const prepare = (...args: string[]) => run(process.execPath, ['tools/stack/prepare.mjs', ...args]);

describe('prepare', () => {
  it('hands arguments, standard output and exit code through', async () => {
    expect(await prepare(PROGRAM, '7', '--json', 'a b')).toEqual({ code: 7, stdout: '["--json","a b"]\n', stderr: '' });
  });

  it('ends with the shell that npm started it in', async () => {
    const variables = { npm_lifecycle_event: 'start' };
    // It dies as soon as its child has spoken, without a word to it.
    const script = `"${process.execPath}" tools/stack/prepare.mjs ${PROGRAM} & read line; kill -9 $$`;
    const child = spawn('/bin/sh', ['-c', script], {
      cwd: root,
      env: { ...process.env, ...variables },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.stdin.end('\n');
    // Standard output closes only when the program that has it ends.
    await once(child.stdout.resume(), 'close');
  });
});

describe('dependencies', () => {
  let clone: string;

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), 'clone-'));
    mkdirSync(join(clone, 'tools/stack'), { recursive: true });
    cpSync(join(root, 'tools/stack/dependencies.cjs'), join(clone, 'tools/stack/dependencies.cjs'));
    cpSync(join(root, '.npmrc'), join(clone, '.npmrc'));
    mkdirSync(join(clone, 'part'));
    writeFileSync(join(clone, 'part/package.json'), JSON.stringify({ name: 'part', version: '1.0.0' }));
    const project = { name: 'clone', version: '1.0.0', dependencies: { part: 'file:part' } };
    writeFileSync(join(clone, 'package.json'), JSON.stringify(project));
    const packages = { '': project, part: { version: '1.0.0' }, 'node_modules/part': { resolved: 'part', link: true } };
    const lock = { name: 'clone', version: '1.0.0', lockfileVersion: 3, requires: true, packages };
    writeFileSync(join(clone, 'package-lock.json'), JSON.stringify(lock));
  });

  afterEach(() => rmSync(clone, { recursive: true, force: true }));

  const ensure = () =>
    run(
      process.execPath,
      ['-e', 'require("./tools/stack/dependencies.cjs").ensureDependencies().then(() => console.log("on"))'],
      clone,
    );

  it('are installed when they are missing, told aside from standard output, and once only', async () => {
    const first = await ensure();
    expect(first).toMatchObject({ code: 0, stdout: 'on\n' });
    expect(first.stderr).toMatch(
      /^… instalando as dependências com npm ci: 1 pacotes, uma vez só\n✓ dependências instaladas com npm ci \(\d+,\d s\)\n$/,
    );
    expect(await ensure()).toEqual({ code: 0, stdout: 'on\n', stderr: '' });
  });

  describe('while npm is silent', () => {
    /** Where npm should be: it puts the folder there, says nothing, and waits for a word. */
    const slowNpm = `#!/bin/sh
mkdir -p node_modules/part; touch node_modules/part/package.json; while [ ! -e go ]; do sleep 0.05; done`;
    const lookingAtNpm = async (wrap: (command: string) => string[]) => {
      mkdirSync(join(clone, 'bin'));
      writeFileSync(join(clone, 'bin/npm'), slowNpm, { mode: 0o755 });
      const program = `require('./tools/stack/dependencies.cjs').ensureDependencies().then(() => console.log('on'))`;
      const [command = '', ...args] = wrap(`"${process.execPath}" -e "${program}"`);
      const child = spawn(command, args, {
        cwd: clone,
        env: { ...process.env, npm_execpath: '', PATH: `${join(clone, 'bin')}:${process.env.PATH}` },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      const progress = new Promise<void>((resolve) => {
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (text: Buffer) => {
            said += text.toString();
            if (/1 de 1 pacotes/.test(said)) resolve();
          });
      });
      await progress;
      writeFileSync(join(clone, 'go'), '');
      await once(child, 'close');
      return said;
    };

    it('how far it is is told now and then, a line each time', async () => {
      const said = await lookingAtNpm((command) => ['/bin/sh', '-c', command]);
      expect(said).toMatch(/^… instalando .*\n( {2}1 de 1 pacotes \(\d+,\d s\)\n)+✓ dependências instaladas .*\non\n$/);
    });

    it('on a terminal one line is written over', async () => {
      const said = await lookingAtNpm((command) => ['script', '-qec', command, '/dev/null']);
      expect(said).toMatch(/\r\x1b\[K {2}1 de 1 pacotes \(\d+,\d s\)\r\x1b\[K/);
      expect(said.match(/\n/g)).toHaveLength(3);
    });
  });

  it('that somebody installed with npm are taken as they are', async () => {
    mkdirSync(join(clone, 'node_modules'));
    writeFileSync(
      join(clone, 'node_modules/.package-lock.json'),
      JSON.stringify({ packages: { part: { version: '1.0.0' } } }),
    );
    expect(await ensure()).toEqual({ code: 0, stdout: 'on\n', stderr: '' });
  });

  it('that cannot be installed end the start with what was tried and the words of npm', async () => {
    const manifest = { name: 'clone', version: '1.0.0', dependencies: { part: 'file:part', other: 'file:other' } };
    writeFileSync(join(clone, 'package.json'), JSON.stringify(manifest));
    const { code, stdout, stderr } = await ensure();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^… .*\nerro: as dependências não puderam ser instaladas: npm ci .* falhou depois de/);
    expect(stderr).toMatch(/ {2}\| npm error .*package-lock\.json/);
  });

  it('are not asked of a Node that is too old', () => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
    const [, oldest] = /OLDEST_NODE = \[(\d+, \d+)\]/.exec(
      readFileSync(join(root, 'tools/stack/dependencies.cjs'), 'utf8'),
    )!;
    expect(engines.node).toBe(`>=${oldest?.replace(', ', '.')}`);
  });
});
