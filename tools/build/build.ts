import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { DefaultLogger } from '@temporalio/worker';
import { StackError } from '../stack/errors';
import { root } from '../stack/root';
import { step, type Say } from '../stack/say';
import { buildScreens } from '../stack/screens';
import { buildWorkflowBundle } from '../../worker/workflowBundle';

const run = promisify(execFile);
const say: Say = (line) => console.log(line);

/**
 * `npm run build [-- FOLDER]`: what production runs with plain Node, into dist/. It takes the place of the last build at
 * once and as a whole; one that fails leaves that as it was.
 */
async function main(out = join(root, 'dist')): Promise<void> {
  const target = resolve(out);
  // Within the clone: the bundler looks for packages above what it bundles.
  const draft = join(root, '.cache', `dist.${process.pid}`);
  const beside = `${target}.${process.pid}`;
  try {
    await step(say, 'programas compilados', () => compile(draft));
    await step(say, 'workflows empacotados', async () =>
      writeFileSync(join(draft, 'workflow-bundle.js'), await buildWorkflowBundle(draft, new DefaultLogger('WARN'))),
    );
    cpSync(await buildScreens(say), join(draft, 'screens'), { recursive: true });
    cpSync(draft, beside, { recursive: true });
    rmSync(target, { recursive: true, force: true });
    renameSync(beside, target);
  } finally {
    for (const left of [draft, beside]) rmSync(left, { recursive: true, force: true });
  }
  say(`✓ pronto em ${target}`);
}

/** Worker, API and command line as JavaScript, with the tables that they read. */
async function compile(folder: string): Promise<void> {
  const tsc = require.resolve('typescript/bin/tsc');
  await run(process.execPath, [tsc, '--project', join(root, 'tsconfig.build.json'), '--outDir', folder]).catch(
    (error: unknown) => {
      throw new StackError(`Os programas não puderam ser compilados:\n${(error as { stdout: string }).stdout}`);
    },
  );
  const tables = readdirSync(join(root, 'gateways'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.tsv'),
  );
  for (const file of [...tables.map((name) => join('gateways', name)), 'bin/boletos.js']) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
}

main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof StackError ? error.message : error);
  process.exitCode = 1;
});
