import type * as OpenIdClient from 'openid-client';
import type { OidcEnvironment } from '../../config/environment';
import { Problem } from '../problem';
import { isRole, roles, type Role } from '../../domain/access';

const ANSWER_WITHIN_SECONDS = 10;
/** What the claim of the filiais says of somebody who sees all of them. */
const ALL = 'todas';

/** What has to come back unchanged, kept by the browser in a sealed cookie meanwhile. */
export interface OidcFlow {
  state: string;
  nonce: string;
  verifier: string;
}

/** Whom the provider says it is. */
export interface OidcIdentity {
  /** Issuer and subject: what a person is known by; a login or an e-mail can pass to somebody else. */
  subject: string;
  /** A wish; somebody may have it already. */
  login: string | null;
  name: string | null;
  /** Absent where no claim says it: an administrator does. */
  role?: Role;
  filiais?: number[] | null;
  /** When it last signed in there, in seconds since 1970; absent where the provider does not say. */
  authenticatedAt?: number;
}

export interface Oidc {
  /**
   * @param again whoever is signed in there already shows again who it is
   * @throws Problem `provedor_inacessivel`
   */
  begin(redirectUri: string, again?: boolean): Promise<{ url: string; flow: OidcFlow }>;
  /**
   * @param cameTo the redirect URI with what the provider added to it
   * @throws Problem `entrada_recusada` for whatever is not exactly what was begun, `provedor_inacessivel`
   */
  finish(cameTo: URL, flow: OidcFlow): Promise<OidcIdentity>;
}

/** Authorization code flow with PKCE, state and nonce. */
export function createOidc(settings: OidcEnvironment): Oidc {
  // An ES module; a dynamic import is how CommonJS takes one in every Node that we run on.
  const library = () => import('openid-client');
  let discovered: Promise<OpenIdClient.Configuration> | undefined;
  const configuration = async () => {
    discovered ??= discover(await library(), settings);
    try {
      return await discovered;
    } catch (error) {
      discovered = undefined;
      throw unreachable(error);
    }
  };
  return {
    async begin(redirectUri, again = false) {
      const client = await library();
      const config = await configuration();
      const flow = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: settings.scope,
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
        ...(again ? { prompt: 'login', max_age: '0' } : {}),
      });
      return { url: url.href, flow };
    },
    async finish(cameTo, { state, nonce, verifier }) {
      const client = await library();
      const config = await configuration();
      try {
        const tokens = await client.authorizationCodeGrant(config, cameTo, {
          ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
        });
        const own = tokens.claims() as OpenIdClient.IDToken;
        const more = config.serverMetadata().userinfo_endpoint
          ? await client.fetchUserInfo(config, tokens.access_token, own.sub)
          : {};
        return identityOf({ ...more, ...own }, settings);
      } catch (error) {
        if (isAway(client, error)) throw unreachable(error);
        throw notConfirmed();
      }
    },
  };
}

function notConfirmed(): Problem {
  return new Problem(401, 'entrada_recusada', 'O provedor de acesso não confirmou quem é.', {
    hint: 'Comece de novo pela tela de entrada.',
  });
}

async function discover(client: typeof OpenIdClient, settings: OidcEnvironment) {
  const issuer = new URL(settings.issuer);
  const { clientId, clientSecret } = settings;
  return client.discovery(
    issuer,
    clientId,
    undefined,
    clientSecret ? client.ClientSecretBasic(clientSecret) : client.None(),
    {
      timeout: ANSWER_WITHIN_SECONDS,
      execute: [
        // Who it is does not rest on the connection alone: the ID token is signed by the provider's own key.
        client.enableNonRepudiationChecks,
        // The environment takes plain http for this machine only; the mark is the library's way of warning.
        // eslint-disable-next-line @typescript-eslint/no-deprecated
        ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : []),
      ],
    },
  );
}

function unreachable(cause: unknown): Problem {
  return Object.assign(
    new Problem(503, 'provedor_inacessivel', 'O provedor de acesso da empresa não responde.', {
      hint: 'Repita daqui a pouco, ou entre com senha.',
    }),
    { cause },
  );
}

/** No answer at all, or none in time: fetch's TypeError, and codes of the library. */
function isAway(client: typeof OpenIdClient, error: unknown): boolean {
  if (error instanceof client.ClientError) return error.code === 'OAUTH_TIMEOUT' || isAway(client, error.cause);
  return error instanceof TypeError && error.message === 'fetch failed';
}

/** @throws Problem `entrada_recusada` for a subject that is nobody's: all who come so would be one person */
export function identityOf(
  claims: Record<string, unknown> & { iss: string; sub: string },
  settings: Pick<OidcEnvironment, 'roleClaim' | 'filialClaim'>,
): OidcIdentity {
  const text = (name: string) => {
    const value = claims[name];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  };
  if (claims.sub.trim() === '') throw notConfirmed();
  return {
    subject: `${claims.iss} ${claims.sub}`,
    ...(typeof claims['auth_time'] === 'number' ? { authenticatedAt: claims['auth_time'] } : {}),
    login: text('preferred_username') ?? text('email'),
    name: text('name') ?? text('preferred_username') ?? text('email'),
    ...(settings.roleClaim === undefined ? {} : { role: roleOf(claimAt(claims, settings.roleClaim)) }),
    ...(settings.filialClaim === undefined ? {} : { filiais: filiaisOf(claimAt(claims, settings.filialClaim)) }),
  };
}

/** The highest of those that it names; what it does not name is not given. */
function roleOf(claim: unknown): Role {
  const named = listOf(claim).filter(isRole);
  return roles.findLast((role) => named.includes(role)) ?? 'consulta';
}

function filiaisOf(claim: unknown): number[] | null {
  const named = listOf(claim);
  if (named.includes(ALL)) return null;
  return [...new Set(named.filter((id) => /^\d{1,15}$/.test(id)).map(Number))];
}

function listOf(claim: unknown): string[] {
  const values: unknown[] = Array.isArray(claim) ? claim : typeof claim === 'string' ? claim.split(/[\s,]+/) : [claim];
  return values.filter((value) => typeof value === 'string' || typeof value === 'number').map(String);
}

/** A claim whose name has dots is taken as it is before they are read as a path (Keycloak's `realm_access.roles`). */
function claimAt(claims: Record<string, unknown>, name: string): unknown {
  if (name in claims) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  return value;
}
