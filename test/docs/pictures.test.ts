import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const DOCS = join(__dirname, '../../docs');

/** Files below docs/ with this ending, by their path from it. */
function files(ending: string): string[] {
  return readdirSync(DOCS, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(ending));
}

/** Pictures that a page shows, by their path from docs/. */
function shownBy(page: string): string[] {
  const text = readFileSync(join(DOCS, page), 'utf8');
  return [...text.matchAll(/!\[[^\]]*\]\(([^)\s]+)\)/g)]
    .map(([, address]) => address as string)
    .filter((address) => !address.startsWith('http'))
    .map((address) => relative(DOCS, join(DOCS, page, '..', address)));
}

const pages = files('.md');

test.each(pages)('each picture that docs/%s shows is there', (page) => {
  expect(shownBy(page).filter((picture) => !existsSync(join(DOCS, picture)))).toEqual([]);
});

test('each picture of a screen is shown by a page', () => {
  const shown = new Set(pages.flatMap(shownBy));
  const unseen = files('.png').filter((picture) => picture.startsWith('pictures/telas/') && !shown.has(picture));
  expect(unseen).toEqual([]);
});

test.each(pages)('each link of docs/%s to a heading of its own finds one', (page) => {
  const text = readFileSync(join(DOCS, page), 'utf8');
  const headings = new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading as string)));
  const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => decodeURIComponent(anchor as string));
  expect(links.filter((anchor) => !headings.has(anchor))).toEqual([]);
});

/** As GitHub makes them. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
