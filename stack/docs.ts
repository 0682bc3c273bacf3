import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withCatalogue } from './failuresPage';
import { root } from './root';

/** `npm run docs`: brings what is written from data up to date. */
const page = join(root, 'docs/failures.md');
writeFileSync(page, withCatalogue(readFileSync(page, 'utf8')));
