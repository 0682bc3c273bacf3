import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withCatalogue } from '../../../tools/docs/failuresPage';

const page = readFileSync(join(__dirname, '../../../docs/failures.md'), 'utf8');

test('docs/failures.md has the catalogue of today (else: npm run docs)', () => {
  expect(withCatalogue(page)).toBe(page);
});

test('what people wrote on it stays', () => {
  const [before, after] = ['# Mine\n', '\nmine too'];
  const made = withCatalogue(
    `${before}<!-- catalogue: made by npm run docs -->\nold\n<!-- end of catalogue -->${after}`,
  );
  expect(made.startsWith(before)).toBe(true);
  expect(made.endsWith(after)).toBe(true);
  expect(made).not.toContain('\nold\n');
  expect(() => withCatalogue('# no marks')).toThrow('end of catalogue');
});
