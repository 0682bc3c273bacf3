import type { CatalogueEntry } from './entry';
import { asaas } from './asaas';
import { bancoDoBrasil } from './bancoDoBrasil';
import { bradesco } from './bradesco';
import { c6 } from './c6';
import { caixa } from './caixa';
import { efi } from './efi';
import { inter } from './inter';
import { iugu } from './iugu';
import { previaEntries } from './previa';
import { boletos } from './boletos';
import { sicoob } from './sicoob';
import { sicredi } from './sicredi';

/** The gateway name under which our own codes and words stand: what fails before, between and after the bank's answers. */
export const OURS = 'boletos';

/** Every row, by gateway; docs/failures.md is made from it. Of Itaú and Santander nothing is published that could be a row. */
export const catalogue: Readonly<Record<string, readonly CatalogueEntry[]>> = {
  'banco-do-brasil': bancoDoBrasil,
  inter,
  sicoob,
  sicredi,
  asaas,
  efi,
  caixa,
  bradesco,
  c6,
  iugu,
  [OURS]: [...boletos, ...previaEntries],
};

const ourCodes: ReadonlySet<string> = new Set((catalogue[OURS] ?? []).flatMap(({ codes }) => codes));

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
export function explain(facts: ErrorFacts): Explanation {
  // A code of ours stands beside a bank's words: what we concluded from them is said, not what they would say alone.
  const concluded = ourCodes.has(facts.code) ? findEntry(OURS, facts) : null;
  const entry = concluded ?? findEntry(facts.gateway, facts) ?? findEntry(OURS, facts);
  return entry ? { known: true, entry } : { known: false };
}

/**
 * The row of one gateway that fits best, or null. A row fits when all that it states does: one of its codes, its text,
 * its status. What states more wins: code and text, then the code, then the text, then the status alone, which only
 * speaks for an error that came without any code of its own. Between equals the words that come first in the message
 * decide, then the order of the table. Under a code that no row has, the words decide alone.
 */
export function findEntry(
  gateway: string,
  { code, message, httpStatus }: Omit<ErrorFacts, 'gateway'>,
): CatalogueEntry | null {
  // An answer with several errors has the words of all, and the code of one.
  const said = message.split(' · ').map(plainWords);
  let best: { entry: CatalogueEntry; rank: number; position: number } | null = null;
  for (const entry of catalogue[gateway] ?? []) {
    const rank = rankOf(entry);
    const position = fits(entry, code, said, httpStatus);
    if (position === null) continue;
    if (!best || rank > best.rank || (rank === best.rank && position < best.position)) best = { entry, rank, position };
  }
  const hasWords = (best?.rank ?? 0) >= TEXT_RANK;
  return (hasWords ? null : wordsAlone(gateway, code, said)) ?? best?.entry ?? null;
}

const TEXT_RANK = 2;

/** The row whose words an error of an unknown code, or of none, begins with; of several the one that says most. */
function wordsAlone(gateway: string, code: string, said: readonly string[]): CatalogueEntry | null {
  const known = wordsOf(gateway);
  if (known.codes.has(code) || known.codes.has(code.split('.')[0] ?? '')) return null;
  for (const message of said) {
    let squeezed = '';
    let found: CatalogueEntry | null = null;
    for (const word of message.split(' ')) {
      squeezed += word;
      found = known.texts.get(squeezed) ?? found;
    }
    found ??= known.patterns.find(({ pattern }) => pattern.test(` ${message}`))?.entry ?? null;
    if (found) return found;
  }
  return null;
}

interface KnownWords {
  codes: ReadonlySet<string>;
  /** Letters and digits alone, without the spaces between them. */
  texts: ReadonlyMap<string, CatalogueEntry>;
  /** Of rows that have a code as well. */
  patterns: readonly { pattern: RegExp; entry: CatalogueEntry }[];
}

const knownWords = new Map<string, KnownWords>();

function wordsOf(gateway: string): KnownWords {
  const known = knownWords.get(gateway);
  if (known) return known;
  const rows = catalogue[gateway] ?? [];
  const texts = new Map<string, CatalogueEntry>();
  for (const entry of rows)
    for (const text of entry.texts ?? []) {
      const key = plainWords(text).replaceAll(' ', '');
      if (!texts.has(key)) texts.set(key, entry);
    }
  const patterns = rows.flatMap((entry) =>
    entry.codes.length > 0 && entry.text !== undefined ? [{ pattern: patternOf(entry.text), entry }] : [],
  );
  const words = { codes: new Set(rows.flatMap(({ codes }) => codes)), texts, patterns };
  knownWords.set(gateway, words);
  return words;
}

function rankOf({ codes, text, status }: CatalogueEntry): number {
  return (codes.length > 0 ? 4 : 0) + (text === undefined ? 0 : 2) + (status === undefined ? 0 : 1);
}

/** Which of the errors said fits, counted from 0; null when none does. */
function fits(entry: CatalogueEntry, code: string, said: readonly string[], httpStatus: number | null): number | null {
  if (entry.status !== undefined && entry.status !== httpStatus) return null;
  if (entry.codes.length > 0 ? !hasCode(entry.codes, code) : entry.text === undefined && code !== '') return null;
  if (entry.text === undefined) return 0;
  const pattern = patternOf(entry.text);
  const position = said.findIndex((words) => pattern.test(` ${words}`));
  return position < 0 ? null : position;
}

/** Banco do Brasil adds a version to a code: `4874915.1`. */
function hasCode(codes: readonly string[], code: string): boolean {
  return codes.includes(code) || codes.includes(code.split('.')[0] ?? '');
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
