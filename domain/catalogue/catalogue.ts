import type { CatalogueEntry } from './entry';

/** The gateway name under which our own codes and words stand: what fails before, between and after the bank's answers. */
export const OURS = 'boletos';

/** What one gateway's errors mean, ready to be asked. */
export interface ErrorTable {
  readonly entries: readonly CatalogueEntry[];
  /** All codes that a row has. */
  readonly codes: ReadonlySet<string>;
  /** What a code is without the version that this gateway adds to it. */
  plainCode(code: string): string;
  /** Whole words of rows, as letters and digits alone, without the spaces between them. */
  readonly texts: ReadonlyMap<string, CatalogueEntry>;
  /** Of rows that have a code as well. */
  readonly patterns: readonly { pattern: RegExp; entry: CatalogueEntry }[];
}

/** @param versionMark what stands between a code and its version, where the gateway adds one */
export function errorTable(entries: readonly CatalogueEntry[], versionMark?: string): ErrorTable {
  const texts = new Map<string, CatalogueEntry>();
  for (const entry of entries)
    for (const text of entry.texts ?? []) {
      const key = plainWords(text).replaceAll(' ', '');
      if (!texts.has(key)) texts.set(key, entry);
    }
  return {
    entries,
    codes: new Set(entries.flatMap(({ codes }) => codes)),
    plainCode: (code) => (versionMark === undefined ? code : (code.split(versionMark)[0] ?? '')),
    texts,
    patterns: entries.flatMap((entry) =>
      entry.codes.length > 0 && entry.text !== undefined ? [{ pattern: patternOf(entry.text), entry }] : [],
    ),
  };
}

/** One error, as the record has it. */
export interface ErrorFacts {
  gateway: string;
  /** The gateway's own code; empty when it gave none. */
  code: string;
  /** The gateway's words; of an answer with several errors all of them, joined by ` · `. */
  message: string;
  /** null when there was no answer, or nobody knows. */
  httpStatus: number | null;
}

/** An error that no row fits is unknown: it is shown in the bank's words, and nothing is concluded from them. */
export type Explanation = { known: true; entry: CatalogueEntry } | { known: false };

/** What an error means, by the rows of its gateway, else by ours. Pure. */
export type Explain = (facts: ErrorFacts) => Explanation;

/** @param tables by gateway; ours is under `OURS` */
export function createExplain(tables: Readonly<Record<string, ErrorTable>>): Explain {
  const find = (gateway: string, facts: ErrorFacts) => {
    const table = Object.hasOwn(tables, gateway) ? tables[gateway] : undefined;
    return table ? findEntry(table, facts) : null;
  };
  return (facts) => {
    // A code of ours stands beside a bank's words: what we concluded from them is said, not what they would say alone.
    const concluded = tables[OURS]?.codes.has(facts.code) ? find(OURS, facts) : null;
    const entry = concluded ?? find(facts.gateway, facts) ?? find(OURS, facts);
    return entry ? { known: true, entry } : { known: false };
  };
}

/**
 * The row of one gateway that fits best, or null. A row fits when all that it states does: one of its codes, its text,
 * its status. What states more wins: code and text, then the code, then the text, then the status alone, which only
 * speaks for an error that came without any code of its own. Between equals the words that come first in the message
 * decide, then the order of the table. Under a code that no row has, the words decide alone.
 */
export function findEntry(
  table: ErrorTable,
  { code, message, httpStatus }: Omit<ErrorFacts, 'gateway'>,
): CatalogueEntry | null {
  // An answer with several errors has the words of all, and the code of one.
  const said = message.split(' · ').map(plainWords);
  let best: { entry: CatalogueEntry; rank: number; position: number } | null = null;
  for (const entry of table.entries) {
    const rank = rankOf(entry);
    const position = fits(table, entry, { code, said, httpStatus });
    if (position === null) continue;
    if (!best || rank > best.rank || (rank === best.rank && position < best.position)) best = { entry, rank, position };
  }
  const hasWords = (best?.rank ?? 0) >= TEXT_RANK;
  return (hasWords ? null : wordsAlone(table, code, said)) ?? best?.entry ?? null;
}

const TEXT_RANK = 2;

/** The row whose words an error of an unknown code, or of none, begins with; of several the one that says most. */
function wordsAlone(table: ErrorTable, code: string, said: readonly string[]): CatalogueEntry | null {
  if (table.codes.has(code) || table.codes.has(table.plainCode(code))) return null;
  for (const message of said) {
    let squeezed = '';
    let found: CatalogueEntry | null = null;
    for (const word of message.split(' ')) {
      squeezed += word;
      found = table.texts.get(squeezed) ?? found;
    }
    found ??= table.patterns.find(({ pattern }) => pattern.test(` ${message}`))?.entry ?? null;
    if (found) return found;
  }
  return null;
}

function rankOf({ codes, text, status }: CatalogueEntry): number {
  return (codes.length > 0 ? 4 : 0) + (text === undefined ? 0 : 2) + (status === undefined ? 0 : 1);
}

/** Which of the errors said fits, counted from 0; null when none does. */
function fits(
  table: ErrorTable,
  { codes, text, status }: CatalogueEntry,
  { code, said, httpStatus }: { code: string; said: readonly string[]; httpStatus: number | null },
): number | null {
  if (status !== undefined && status !== httpStatus) return null;
  const hasCode = codes.includes(code) || codes.includes(table.plainCode(code));
  if (codes.length > 0 ? !hasCode : text === undefined && code !== '') return null;
  if (text === undefined) return 0;
  const pattern = patternOf(text);
  const position = said.findIndex((words) => pattern.test(` ${words}`));
  return position < 0 ? null : position;
}

const patterns = new Map<string, RegExp>();

/** In a row's text `*` stands for any words, and at a word's end for the rest of it; apart from them it is all that is said. */
function patternOf(text: string): RegExp {
  const known = patterns.get(text);
  if (known) return known;
  const words = plainWords(text.replaceAll('*', ANY)).split(' ');
  const pattern = new RegExp(
    `^${words.map((word) => (word === ANY ? '(?: [a-z0-9]+)*' : ` ${word.replace(ANY, '[a-z0-9]*')}`)).join('')}$`,
  );
  patterns.set(text, pattern);
  return pattern;
}

/** Written where a `*` was, through what keeps letters only. */
const ANY = 'qqany';

/** Letters and digits, without accents and case: what is left when a bank changes its punctuation. */
function plainWords(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}
