import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { atCommandLine, onScreen } from '../../domain/placeWords';

/*
 * What screens and API show is made of these rooms' texts. At the command line there are other words: a button is
 * called by its name, and nobody who looks at a screen has a shell.
 */
const ROOT = join(__dirname, '../..');
const rooms = ['web', 'api', 'client', 'operations', 'record', 'words', 'domain', 'gateways', 'documents'];
/** Read by whoever starts programs, or by none but the command line; hints of the client get others in api/app.ts. */
const notShown = [/^client\/explainFailure\.ts$/, /^api\/main\.ts$/, /\/simulator\//];

function filesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'dist' ? [] : filesOf(path);
    return /\.tsx?$/.test(entry.name) ? [relative('.', path)] : [];
  });
}

const commands = new RegExp(
  `boletos (${readdirSync(join(ROOT, 'cli'))
    .map((file) => file.replace('.ts', '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
    .join('|')}|comunicacoes) |(^|\\s)--[a-z]{3}|carteira definir|npm start`,
);
/** Texts and what stands between tags, not comments. */
const withoutComments = (source: string) => source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

test('no text that a screen or the API shows has the words of the command line', () => {
  const found = rooms
    .filter((room) => existsSync(join(ROOT, room)))
    .flatMap(filesOf)
    .filter((path) => !notShown.some((pattern) => pattern.test(path)))
    .flatMap((path) =>
      withoutComments(readFileSync(join(ROOT, path), 'utf8'))
        .split('\n')
        .filter((line) => commands.test(line) && /['"`>]/.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
  expect(found).toEqual([]);
});

test('a command in what the record keeps is for the command line alone', () => {
  const words = `Confira o banco${atCommandLine('boletos conferir-banco 1 --desde D')}, e retome.`;
  expect(words).toContain('boletos conferir-banco 1');
  expect(onScreen(words)).toBe('Confira o banco, e retome.');
});
