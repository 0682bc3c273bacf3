import { join } from 'node:path';

/** The clone: where package.json, node_modules/ and .cache/ are. */
export const root = join(__dirname, '../..');
