import { join } from 'node:path';
import { readErrorTable } from '../core/errorTable';

/** What its errors mean; a code may come with a version: `4874915.1`. */
export const errors = readErrorTable(join(__dirname, 'errors.tsv'), '.');
