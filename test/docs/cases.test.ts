import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/stack/root';

interface Case {
  row: string;
  tests: { file: string; name: string }[];
}

const rows = [
  ...numbered('D', 1, 9),
  ...numbered('F', 1, 4),
  ...numbered('B', 1, 7),
  ...numbered('T', 1, 10),
  ...numbered('S', 1, 12),
  ...numbered('N', 1, 6),
  ...numbered('X', 1, 14),
  ...numbered('W', 1, 5),
];

function numbered(letter: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `${letter}${from + index}`);
}

/** `| D1 | what is right | `file` › name<br>`file` › name |` */
function readCases(text: string): Case[] {
  return text.split('\n').flatMap((line) => {
    const [, row, , shownBy] = /^\| ([A-Z]\d+) \| (.+?) \| (.*)\|$/.exec(line) ?? [];
    if (row === undefined || shownBy === undefined) return [];
    const tests = shownBy.split('<br>').flatMap((test) => {
      const [, file, name] = /^\s*`([^`]+)` › (.+?)\s*$/.exec(test) ?? [];
      return file !== undefined && name !== undefined ? [{ file, name }] : [];
    });
    return [{ row, tests }];
  });
}

const cases = readCases(readFileSync(join(root, 'docs/cases.md'), 'utf8'));

test('each case has its row', () => {
  expect(cases.map(({ row }) => row)).toEqual(rows);
});

test.each(cases)('$row is shown by tests that exist', ({ tests }) => {
  expect(tests).not.toEqual([]);
  for (const { file, name } of tests) {
    expect([file, existsSync(join(root, file))]).toEqual([file, true]);
    // As the file writes them: quotes may be escaped there.
    const source = readFileSync(join(root, file), 'utf8').replaceAll(/\\(['"`])/g, '$1');
    for (const part of name.split(' › ')) expect([file, part, source.includes(part)]).toEqual([file, part, true]);
  }
});
