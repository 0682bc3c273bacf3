/**
 * Text from outside, made safe to store: no NUL and no lone surrogate (PostgreSQL refuses both, and with them
 * the whole flush they are in), each letter in one character with its accent (NFC), at most `max` characters, never
 * half of one. What is a code, whose every byte counts, goes through `storable` alone.
 */
export function cleanText(text: string, max: number): string {
  const clean = storable(text).normalize('NFC');
  // A character is one or two of the units that `length` counts.
  return clean.length <= max ? clean : [...clean].slice(0, max).join('');
}

/** As it came, except for what PostgreSQL refuses. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
