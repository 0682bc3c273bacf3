/**
 * Text from outside, made safe to store: no NUL and no lone surrogate (PostgreSQL refuses both, and with them
 * the whole flush they are in), at most `max` characters, never half a character.
 */
export function cleanText(text: string, max: number): string {
  const clean = text.replaceAll('\0', '').toWellFormed();
  // A character is one or two of the units that `length` counts.
  return clean.length <= max ? clean : [...clean].slice(0, max).join('');
}
