import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../../../tools/stack/root';

/** A small project with our configuration, in which each file breaks one rule on purpose. */
let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'guards-'));
  const tsconfig = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as { compilerOptions: object };
  write('tsconfig.json', JSON.stringify({ ...tsconfig, compilerOptions: { ...tsconfig.compilerOptions, types: [] } }));
  write('package.json', JSON.stringify({ name: 'broken', type: 'commonjs', dependencies: { axios: '*' } }));
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'), 'junction');
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

function write(file: string, text: string): void {
  const path = join(project, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function run(program: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'node_modules', program), ...args], { cwd: project }, (_error, out, err) =>
      resolve(out + err),
    );
  });
}

it('each rule of the linter that protects a promise of the design catches its breach', async () => {
  const breaches: Record<string, [code: string, rule: string]> = {
    'workflows/forgotten.ts': [
      'declare function act(): Promise<void>;\nexport async function run() {\n  await act();\n  act();\n}\n',
      '@typescript-eslint/no-floating-promises',
    ],
    'workflows/misused.ts': [
      'declare function act(): Promise<boolean>;\nexport function run() {\n  if (act()) return 1;\n  return 2;\n}\n',
      '@typescript-eslint/no-misused-promises',
    ],
    'workflows/builtin.ts': ["import 'node:fs';\n", 'no-restricted-imports'],
    'workflows/bareBuiltin.ts': ["import 'crypto';\n", 'no-restricted-imports'],
    'workflows/random.ts': ['export const value = Math.random();\n', 'no-restricted-properties'],
    'domain/builtin.ts': ["import 'node:os';\n", 'no-restricted-imports'],
    'domain/random.ts': ['export const value = Math.random();\n', 'no-restricted-properties'],
    'domain/now.ts': ['export const value = Date.now();\n', 'no-restricted-properties'],
    'domain/clock.ts': ['export const value = new Date();\n', 'no-restricted-syntax'],
    'domain/process.ts': ['export const value = process.env.TZ;\n', 'no-restricted-globals'],
  };
  const allowed = {
    'workflows/clock.ts': 'export const value = Date.now() + new Date().getTime();\n',
    'domain/instant.ts': 'export const value = new Date(0).getTime();\n',
  };
  for (const [file, [code]] of Object.entries(breaches)) write(file, code);
  for (const [file, code] of Object.entries(allowed)) write(file, code);

  const output = await run('eslint/bin/eslint.js', [
    ...['--config', join(root, 'eslint.config.mjs'), '--format', 'json'],
    ...['domain', 'workflows'],
  ]);
  const results = JSON.parse(output) as { filePath: string; messages: { ruleId: string }[] }[];
  const found = Object.fromEntries(
    results.map(({ filePath, messages }) => [
      filePath.slice(filePath.indexOf(project) + project.length + 1).replaceAll('\\', '/'),
      messages.map(({ ruleId }) => ruleId),
    ]),
  );
  for (const [file, [, rule]] of Object.entries(breaches))
    expect({ file, rules: found[file] }).toEqual({ file, rules: expect.arrayContaining([rule]) });
  for (const file of Object.keys(allowed)) expect({ file, rules: found[file] }).toEqual({ file, rules: [] });
});

it('each room is refused what ARCHITECTURE.md does not give it', async () => {
  rmSync(join(project, 'domain'), { recursive: true, force: true });
  rmSync(join(project, 'workflows'), { recursive: true, force: true });
  const rooms = ['activities', 'cli', 'config', 'contract', 'domain', 'gateways', 'tools', 'worker', 'workflows'];
  const banks = ['gateways/one', 'gateways/other', 'gateways/core'];
  const ofTheRecord = ['access', 'batches', 'engine'].map((room) => `record/${room}`);
  for (const room of [...rooms, ...banks, 'record', ...ofTheRecord])
    write(`${room}/target.ts`, 'export const value = 1;\nexport type Value = number;\n');
  const imports: Record<string, string> = {
    'domain/a.ts': "export * from '../record/target';",
    'domain/b.ts': "export { default } from 'axios';",
    'words/a.ts': "export * from '../record/target';",
    'workflows/a.ts': "export * from '../record/target';",
    'workflows/b.ts': "export { value } from '../activities/target';",
    'workflows/c.ts': "export { default } from 'axios';",
    'activities/a.ts': "export { value } from '../gateways/target';",
    'activities/b.ts': "export * from '../worker/target';",
    'gateways/a.ts': "export * from '../record/target';",
    'gateways/one/a.ts': "export * from '../other/target';",
    'gateways/core/a.ts': "export * from '../one/target';",
    'record/a.ts': "export * from '../config/target';",
    'record/engine/a.ts': "export * from '../batches/target';",
    'record/access/a.ts': "export * from '../engine/target';",
    'config/a.ts': "export * from '../domain/target';",
    'worker/a.ts': "export * from '../tools/target';",
    'contract/a.ts': "export * from '../record/target';",
    'contract/b.ts': "export { default } from 'axios';",
    'client/a.ts': "export * from '../record/target';",
    'client/b.ts': "export * from '../cli/target';",
    'client/c.ts': "export type { Value } from '../workflows/target';",
    'client/d.ts': "export type { Value } from '../contract/target';",
    'client/http/answers.ts': "export { value } from '../../contract/target';",
    'web/a.ts': "export { value } from '../contract/target';",
    'web/b.ts': "export type { Value } from '../record/target';",
    'cli/a.ts': "export * from '../gateways/target';",
    'api/a.ts': "export * from '../gateways/target';",
    'tools/a.ts': "export * from './b';",
    'tools/b.ts': "export * from './a';",
    'tools/c.ts': "export * from './nowhere';",
    'tools/d.ts': "export * from '../test/target';",
    'test/target.ts': 'export const value = 1;',
    // And what it does give.
    'workflows/fine.ts': "import type { Value } from '../activities/target';\nexport const value: Value = 1;",
    'web/fine.ts': "export type { Value } from '../contract/target';",
    'gateways/one/fine.ts': "export * from '../core/target';",
    'record/batches/fine.ts': "export * from '../engine/target';\nexport * from '../target';",
    // What puts a program together hands in what its room may not reach.
    'cli/main.ts': "export * from '../gateways/target';",
    'api/main.ts': "export * from '../gateways/target';",
    'activities/fine.ts': "export * from '../record/target';\nexport * from '../domain/target';",
  };
  for (const [file, code] of Object.entries(imports)) write(file, `${code}\n`);

  const output = await run('dependency-cruiser/bin/dependency-cruise.mjs', [
    ...['--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json'],
    ...[...rooms, 'api', 'client', 'record', 'test', 'web', 'words'],
  ]);
  const { summary } = JSON.parse(output) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  const found = [...new Set(summary.violations.map(({ from, rule }) => `${from} ${rule.name}`))].sort();
  expect(found).toEqual([
    'activities/a.ts room-activities-only-types-of-gateways',
    'activities/b.ts room-activities',
    'api/a.ts room-api',
    'cli/a.ts room-cli',
    'client/a.ts room-client',
    'client/b.ts room-client',
    'client/c.ts room-client',
    'client/d.ts client-contract-in-one-file',
    'client/http/answers.ts room-client-only-types-of-contract',
    'config/a.ts room-config',
    'contract/a.ts room-contract',
    'contract/b.ts room-contract-packages',
    'domain/a.ts room-domain',
    'domain/b.ts room-domain-packages',
    'gateways/a.ts room-gateways',
    'gateways/core/a.ts gateways-core-knows-no-bank',
    'gateways/one/a.ts gateway-alone',
    'record/a.ts room-record',
    'record/access/a.ts record-access',
    'record/engine/a.ts record-engine',
    'tools/a.ts no-cycles',
    'tools/c.ts declared-and-found',
    'tools/d.ts only-tests-import-tests',
    'web/a.ts room-web-only-types-of-contract',
    'web/b.ts room-web',
    'words/a.ts room-words-only-types-of-record',
    'worker/a.ts room-worker',
    'workflows/a.ts room-workflows',
    'workflows/b.ts room-workflows-only-types-of-activities',
    'workflows/c.ts room-workflows-packages',
  ]);
});

it('the lockfile holds the package of every platform that an optional dependency names', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  // One that is not published whole is left out in silence, and `npm ci` then fails on every machine.
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
    ),
  );
  expect(missing).toEqual([]);
});
