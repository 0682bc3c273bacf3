/** The API joins the code, which has no space, and the message. */
export function splitWords(words: string | null): { code: string | null; message: string | null } {
  if (words === null) return { code: null, message: null };
  const [first = '', ...rest] = words.split(' ');
  return /^[A-Za-z0-9._-]+$/.test(first) && rest.length > 0
    ? { code: first, message: rest.join(' ') }
    : { code: null, message: words };
}
