import { loadClientConnectConfig } from '@temporalio/envconfig';

type Variables = Readonly<Record<string, string | undefined>>;

/** What is refused unless ALLOW_INSECURE names it. */
export const insecurities = ['database', 'temporal', 'dev-server'] as const;
export type Insecurity = (typeof insecurities)[number];

export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(hostname);
}

/**
 * The host of a PostgreSQL on another machine to which the connection would not be verified; null = it is, or the
 * server is on this machine. Of pg's modes only verify-full says in every version, and with `uselibpqcompat` too, that
 * certificate and name are both verified: `require` will one day mean what it means to libpq, which verifies nothing.
 */
export function unverifiedDatabase(url: string, variables: Variables): string | null {
  const { hostname, searchParams } = new URL(url);
  // As pg reads them: what comes last counts, and a parameter before the address.
  const parameters = Object.fromEntries(searchParams);
  const host = parameters['host'] ?? (decodeURIComponent(hostname) || variables['PGHOST'] || 'localhost');
  if (host.startsWith('/') || isLoopback(host)) return null;
  return parameters['sslmode'] === 'verify-full' ? null : host;
}

/**
 * The address of a Temporal on another machine that would be reached without TLS; null = with it (the SDK verifies
 * always), or it is on this machine. A configuration that cannot be read is told by whoever connects.
 */
export function unverifiedTemporal(variables: Variables): string | null {
  const given = Object.entries(variables).filter((entry): entry is [string, string] => Boolean(entry[1]));
  try {
    const { address, tls } = loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(given) }).connectionOptions;
    if (!address || tls) return null;
    return isLoopback(address.replace(/:\d+$/, '')) ? null : address;
  } catch {
    return null;
  }
}
