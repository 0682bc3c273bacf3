import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of ours; its path from the clone's folder, with slashes. */
export interface SourceFile {
  path: string;
  text: string;
}

const NOT_OURS = /^(\.|node_modules$|dist$|coverage$)/;
const CODE = /\.(ts|tsx|mjs|cjs|js|css|html)$/;

/** Every file with code of ours, also one that comes later. */
export function readSources(root: string): SourceFile[] {
  const found: SourceFile[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (NOT_OURS.test(entry.name)) continue;
      if (entry.isDirectory()) walk(path);
      else if (CODE.test(entry.name)) found.push({ path, text: readFileSync(join(root, path), 'utf8') });
    }
  };
  walk('');
  return found;
}

/** With the same lines. A string that looks like a comment goes, too: an address is not named in it. */
export function withoutComments({ text }: SourceFile): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''))
    .replace(/(^|\s)(\/\/|--\s).*$/gm, '$1');
}
