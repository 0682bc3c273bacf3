import { OURS } from '../../domain/catalogue/catalogue';
import { fixers } from '../../domain/catalogue/entry';
import type { CatalogueEntry } from '../../domain/catalogue/entry';
import { catalogue } from '../../gateways/catalogue';

const [BEGIN, END] = ['<!-- catalogue: made by npm run docs -->', '<!-- end of catalogue -->'];

/** docs/failures.md with the tables of today's catalogue between its two marks; the rest as it was. @throws Error without marks. */
export function withCatalogue(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/failures.md lacks ${BEGIN} … ${END}`);
  return `${before}${BEGIN}\n${sections()}\n${END}${after}`;
}

function sections(): string {
  return Object.entries(catalogue)
    .map(([gateway, { entries }]) =>
      [
        '',
        `### ${gateway === OURS ? `${gateway} (ours)` : gateway}`,
        '',
        '| the answer | kind | cause | who fixes | field | what to do | source |',
        '|---|---|---|---|---|---|---|',
        ...entries.map((row) => `| ${cells(row).map(cell).join(' | ')} |`),
      ].join('\n'),
    )
    .join('\n');
}

function cells(row: CatalogueEntry): string[] {
  const { kind, cause, fixer, field, advice, source } = row;
  return [answerOf(row), kind, cause, fixers[fixer], field === null ? '' : `\`${field}\``, advice, source];
}

function answerOf({ codes, text, status }: CatalogueEntry): string {
  return [
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    ...codes.map((code) => `\`${code}\``),
    ...(text === undefined ? [] : [`“${text.replaceAll('*', '…')}”`]),
  ].join(' ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
