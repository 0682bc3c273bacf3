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
  const entry = findEntry(facts.gateway, facts) ?? findEntry(OURS, facts);
  return entry ? { known: true, entry } : { known: false };
}

/**
 * The row of one gateway that fits best, or null. A row fits when all that it states does: one of its codes, its text,
 * its status. What states more wins: code and text, then the code, then the text, then the status alone, which only
 * speaks for an error that came without any code of its own. Between equals the words that come first in the message
 * decide, then the order of the table.
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
  return best?.entry ?? null;
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
