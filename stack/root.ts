import { dirname } from 'node:path';

/** The clone: where package.json, node_modules/ and .cache/ are. */
export const root = dirname(__dirname);
