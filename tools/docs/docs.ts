import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withCatalogue } from './failuresPage';
import { root } from '../stack/root';
import { runTests } from '../stack/runTests';

/**
 * `npm run docs`: brings what is written from data up to date. `-- --telas`: also takes the pictures of all screens, in a
 * real browser, and writes the page that shows them.
 */
async function main(): Promise<void> {
  const page = join(root, 'docs/failures.md');
  writeFileSync(page, withCatalogue(readFileSync(page, 'utf8')));
  if (!process.argv.includes('--telas')) return;
  process.env.PICTURES_DIR = join(root, 'docs/pictures/telas');
  process.exitCode = await runTests(['test/web/pictures']);
}

void main();
