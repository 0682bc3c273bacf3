import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { failureKinds } from '../../domain/boleto/failure';
import { errorTable, type ErrorTable } from '../../domain/catalogue/catalogue';
import { fixers, type CatalogueEntry, type Fixer } from '../../domain/catalogue/entry';

/** One error a line, under a line with the names of its columns; what begins with # says why. */
const columns = ['codes', 'status', 'text', 'kind', 'fixer', 'field', 'cause', 'advice', 'source'];
/** The last one only where the gateway publishes its words for each code. */
const headings = [columns, [...columns, 'words']].map((each) => each.join('\t'));

const listed = (separator: string) => z.string().transform((cell) => cell.split(separator));
const sentence = z.string().regex(/^[A-ZÀ-Ý(].*\.$/, 'a sentence, from capital to full stop');

/** An empty cell is an absent one. */
const rowSchema = z.object({
  codes: listed(' ').default([]),
  status: z
    .string()
    .regex(/^[1-5]\d\d$/, 'an HTTP status')
    .transform(Number)
    .optional(),
  text: z.string().optional(),
  kind: z.enum(failureKinds),
  fixer: z.enum(Object.keys(fixers) as Fixer[]),
  field: z
    .string()
    .regex(/^[a-z]\w*(\.[a-z]\w*)?$/i, 'a field in domain words')
    .optional(),
  cause: sentence,
  advice: sentence,
  source: z.string(),
  words: listed(' · ').optional(),
});

/**
 * @param versionMark as `errorTable` takes it
 * @throws Error naming file, line and column of the first row that cannot be one
 */
export function readErrorTable(file: string, versionMark?: string): ErrorTable {
  return errorTable(readErrorRows(file), versionMark);
}

/** The rows alone, for a table that has others, too. @throws as `readErrorTable` */
export function readErrorRows(file: string): CatalogueEntry[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line, index) => ({ line, at: `${file}:${index + 1}` }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'));
  const [heading, ...rows] = lines;
  if (!heading || !headings.includes(heading.line))
    throw new Error(`${heading?.at ?? file}: the first line names the columns ${columns.join(', ')} and perhaps words`);
  const names = heading.line.split('\t');
  const seen = new Map<string, string>();
  return rows.map(({ line, at }) => {
    const entry = parseRow(line, names, at);
    for (const code of entry.codes.length > 0 ? entry.codes : ['']) {
      const key = [code, entry.text?.toLowerCase(), entry.status].join('\t');
      const earlier = seen.get(key);
      if (earlier !== undefined) throw new Error(`${at}: the same code, text and status as ${earlier}`);
      seen.set(key, at);
    }
    return entry;
  });
}

function parseRow(line: string, names: readonly string[], at: string): CatalogueEntry {
  const cells = line.split('\t');
  if (cells.length !== names.length) throw new Error(`${at}: ${cells.length} cells under ${names.length} columns`);
  const parsed = rowSchema.safeParse(Object.fromEntries(names.map((name, index) => [name, cells[index] || undefined])));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${at}: ${String(issue?.path[0])}: ${issue?.message}`);
  }
  const { text, status, field, words, ...row } = parsed.data;
  if (row.codes.length === 0 && text === undefined && status === undefined)
    throw new Error(`${at}: a row without code, text and status would fit every error`);
  return {
    ...row,
    ...(text !== undefined && { text }),
    ...(status !== undefined && { status }),
    field: field ?? null,
    ...(words && { texts: words }),
  };
}
