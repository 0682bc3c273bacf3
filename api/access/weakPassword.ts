import type { Knex } from 'knex';
import { Problem } from '../problem';
import { commonWords } from './commonWords';

/** Letters that have to be left of a password once everything is gone that somebody would guess first. */
const LEAST_OWN = 6;
/** Of a run of neighbours (abc, 987, qwe) or of one character (aaa). */
const SHORTEST_RUN = 3;
const SHORTEST_WORD = 3;
const rows = ['abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
/** As people write one for the other. */
const lookAlikes: Readonly<Record<string, string>> = {
  ...{ '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i', '€': 'e' },
};

/**
 * @param about whose it is to be: login and name
 * @param field that holds it
 * @throws Problem `senha_fraca` for one that a guesser tries first: of common words, of the person's or the company's
 *   names, of digits, of neighbours on the keyboard
 */
export async function refuseWeak(
  knex: Knex,
  password: string,
  about: { login: string; name: string },
  field = 'password',
): Promise<void> {
  const filiais = await knex<{ name: string; trade_name: string | null }>('filial')
    .select('name', 'trade_name')
    .limit(1_000);
  const company = filiais.flatMap((filial) => [filial.name, filial.trade_name ?? '']);
  if (!isWeak(password, [about.login, about.name, ...company])) return;
  throw new Problem(422, 'senha_fraca', 'Esta senha é das primeiras que alguém tentaria.', {
    hint: 'Três ou quatro palavras que nada têm uma com a outra servem bem.',
    fields: [{ field, message: 'é fácil de adivinhar: palavras comuns, nomes, datas ou teclas vizinhas' }],
  });
}

/** @param names of the person and of the company, as they are written */
export function isWeak(password: string, names: readonly string[] = []): boolean {
  const words = [...commonWords, ...names.flatMap(wordsOf)].sort((one, other) => other.length - one.length);
  const plain = plainText(password);
  // Also as it stands, since a digit can be a digit: senha1234 is no "senhaizea".
  return [plain, plain.replace(/./gu, (character) => lookAlikes[character] ?? character)].some(
    (text) => ownLetters(text, words) < LEAST_OWN,
  );
}

/** Different letters that no word and no run explains; digits and signs make no password of their own. */
function ownLetters(text: string, words: readonly string[]): number {
  // Words first: a run in the middle of one would hide it.
  const rest = words.reduce((left, word) => left.replaceAll(word, ' '), text);
  return new Set(withoutRuns(rest).replace(/[^\p{L}]/gu, '')).size;
}

function withoutRuns(text: string): string {
  const once = text.replace(/(.)\1{2,}/gu, ' ');
  const neighbours = rows.flatMap((row) => [row, [...row].reverse().join('')]);
  let out = '';
  for (let at = 0; at < once.length;) {
    const longest = Math.max(...neighbours.map((row) => runAt(once, at, row)));
    out += longest >= SHORTEST_RUN ? ' ' : once.charAt(at);
    at += longest >= SHORTEST_RUN ? longest : 1;
  }
  return out;
}

/** How many characters from here on stand like this in the row. */
function runAt(text: string, at: number, row: string): number {
  const from = row.indexOf(text.charAt(at));
  if (from < 0) return 0;
  let length = 1;
  while (from + length < row.length && text.charAt(at + length) === row.charAt(from + length)) length += 1;
  return length;
}

function wordsOf(name: string): string[] {
  const parts = plainText(name).split(/[^\p{L}\d]+/u);
  return [...parts, parts.join('')].filter((word) => word.length >= SHORTEST_WORD);
}

function plainText(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
