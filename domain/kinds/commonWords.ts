/** Fewer words than these say nothing. */
const FEWEST_WORDS = 3;

/**
 * What all of several messages say, of the first and the last of them in alphabetical order: whatever both begin with,
 * everything between begins with, too.
 * @returns the whole where they are equal; else the words that they begin with and `…`; null where that is too little
 */
export function commonWords(first: string | null, last: string | null): string | null {
  if (first === last) return first;
  if (first === null || last === null) return null;
  const [one, other] = [first.split(' '), last.split(' ')];
  const differs = one.findIndex((word, nth) => word !== other[nth]);
  const common = one.slice(0, differs < 0 ? one.length : differs);
  return common.length < FEWEST_WORDS ? null : `${common.join(' ')} …`;
}
