/** What any program needs to find its parts, its user's folder, and its language. */
const ANY_PROGRAM = new Set([
  ...['PATH', 'HOME', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'USER', 'LOGNAME'],
  // Where the system keeps shared libraries elsewhere.
  ...['LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'],
  // Windows, whose names have any case.
  ...['SYSTEMROOT', 'WINDIR', 'COMSPEC', 'PATHEXT', 'TEMP', 'TMP', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA'],
]);

/** For a program that fetches something: the way out of this machine, and whom it trusts there. */
export const network = /^(https?|all|no|ftp)_proxy$|^(SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)$/i;

/**
 * The environment of a program that is not ours, or that needs no secret: SECRETS_KEY, DATABASE_URL, OIDC_CLIENT_SECRET
 * and whatever else somebody exported stay here.
 * @param more names that this program needs besides
 */
export function plainEnvironment(...more: readonly RegExp[]): Record<string, string> {
  const needed = (name: string) =>
    ANY_PROGRAM.has(name.toUpperCase()) || name.startsWith('LC_') || more.some((pattern) => pattern.test(name));
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && needed(entry[0]),
    ),
  );
}
