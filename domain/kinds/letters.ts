/**
 * Letters that Unicode takes apart into nothing plainer, and what is read for each in a cadastro of Brazil. A capital
 * one is found by its small one.
 */
const LATIN: Readonly<Record<string, string>> = {
  ...{ æ: 'ae', œ: 'oe', ß: 'ss', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ħ: 'h', ŧ: 't', ŋ: 'n', ı: 'i', ĸ: 'k' },
  ...{ ə: 'e', ǝ: 'e', ƒ: 'f', ɓ: 'b', ƀ: 'b', ƈ: 'c', ȼ: 'c', ɖ: 'd', ɗ: 'd', ɛ: 'e', ɇ: 'e', ɠ: 'g', ǥ: 'g', ɨ: 'i' },
  ...{ ƙ: 'k', ɱ: 'm', ɲ: 'n', ƞ: 'n', ɔ: 'o', ɵ: 'o', ƥ: 'p', ɍ: 'r', ʃ: 's', ƭ: 't', ʈ: 't', ʉ: 'u', ʊ: 'u', ʋ: 'v' },
  ...{ ⱳ: 'w', ƴ: 'y', ɏ: 'y', ƶ: 'z', ʒ: 'z', ƚ: 'l', ɫ: 'l', ɑ: 'a', ɐ: 'a', ʻ: "'", ʼ: "'", ʾ: "'", ʿ: "'" },
};
const GREEK = letters(
  'α β γ δ ε ζ η θ ι κ λ μ ν ξ ο π ρ σ ς τ υ φ χ ψ ω',
  'a v g d e z i th i k l m n x o p r s s t y f ch ps o',
);
const CYRILLIC = letters(
  'а б в г ґ д ђ е є ж з и і ї ј к л љ м н њ о п р с т ћ у ф х ц ч џ ш щ ъ ы ь э ю я',
  "a b v g g d dj e ie j z i i i j k l lj m n nj o p r s t c u f kh ts tch dj ch chtch ' y ' e iu ia",
);
const PLAIN = new Map([...Object.entries(LATIN), ...GREEK, ...CYRILLIC]);

function letters(from: string, to: string): [string, string][] {
  const plain = to.split(' ');
  return from.split(' ').map((letter, index) => [letter, plain[index] ?? '']);
}

/**
 * What is read for one character: without its accent, or the plain letters for one that has no other form (`Ł` is `L`).
 * @returns null for what is no such letter: a sign, a picture, a script that is not read by letters
 */
export function plainLetters(character: string): string | null {
  const bare = character.normalize('NFKD').replace(/\p{M}/gu, '');
  if (bare === '') return null;
  let plain = '';
  for (const each of bare) {
    const small = each.toLowerCase();
    const found = /^[\x20-\x7e]$/.test(each) ? each : PLAIN.get(small);
    if (found === undefined) return null;
    plain += each === small || found === each ? found : capital(found);
  }
  return plain;
}

function capital(letters: string): string {
  return letters.charAt(0).toUpperCase() + letters.slice(1);
}
