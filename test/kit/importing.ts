import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { importFile } from '../../record/importing/importFile';

/** Imports lines as the ERP would, each a file of its own, of which everything has to fit. */
export async function openImporting(knex: Knex) {
  const folder = await mkdtemp(join(tmpdir(), 'importar-'));
  let files = 0;
  return {
    async importing(...lines: object[]) {
      files += 1;
      const path = join(folder, `${files}.jsonl`);
      await writeFile(path, lines.map((line) => JSON.stringify(line)).join('\n'));
      const result = await importFile(knex, { path, by: 'erp' });
      if (result.kind !== 'imported' || result.refused > 0) throw new Error(JSON.stringify(result));
      return result;
    },
    close: () => rm(folder, { recursive: true }),
  };
}
