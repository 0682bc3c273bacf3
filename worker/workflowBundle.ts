import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, type Logger } from '@temporalio/worker';

/** What this worker was built with: the folder above, of the clone or of dist/. */
const PROGRAM = join(__dirname, '..');
/** What workflows are made of (the import rules let them reach nothing else of ours). */
const ROOMS = ['workflows', 'domain'];
/** Stands in a bundle, before the source map at its end: nothing of the code moves. */
const STAMP = /^\/\/ workflows ([0-9a-f]{64})$/m;
const SOURCE_MAP = '//# sourceMappingURL=';

/** Bundles the workflows of a compiled program, which takes webpack and seconds, for `readWorkflowBundle`. */
export async function buildWorkflowBundle(program: string, logger?: Logger): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(program, 'workflows', 'index.js'),
    ...(logger && { logger }),
  });
  const end = code.lastIndexOf(SOURCE_MAP);
  return `${code.slice(0, end)}// workflows ${workflowVersion(program)}\n${code.slice(end)}`;
}

/**
 * A bundle made by `npm run build`.
 * @throws Error when it is none, or one of other workflows than this worker's: activities and workflow belong together
 */
export function readWorkflowBundle(file: string): { code: string } {
  const code = readFileSync(file, 'utf8');
  const [, version] = STAMP.exec(code.slice(0, code.lastIndexOf(SOURCE_MAP))) ?? [];
  const again = 'rode npm run build e use o arquivo que ele faz ao lado deste worker';
  if (version === undefined) throw new Error(`WORKFLOW_BUNDLE=${file} não é um pacote de workflows: ${again}`);
  if (version !== workflowVersion(PROGRAM))
    throw new Error(
      `WORKFLOW_BUNDLE=${file} foi construído de outra versão dos workflows que a deste worker: ${again}`,
    );
  return { code };
}

function workflowVersion(program: string): string {
  const hash = createHash('sha256');
  for (const room of ROOMS)
    for (const name of readdirSync(join(program, room), { recursive: true, encoding: 'utf8' }).toSorted())
      if (/\.[jt]s$/.test(name)) hash.update(`${room}/${name}\0`).update(readFileSync(join(program, room, name)));
  return hash.digest('hex');
}
