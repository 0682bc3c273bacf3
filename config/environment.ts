// As a whole: its functions call each other by `this`.
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { isPrivateNetwork } from './publicAddress';
import { insecurities, isLoopback, unverifiedDatabase, unverifiedTemporal, type Insecurity } from './transport';

/** The start cannot go on with this environment. `message` is one Portuguese line for the operator. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

const wholeNumber = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .refine((value) => value >= from && value <= to);

const isPostgresUrl = (text: string) => {
  try {
    return /^postgres(ql)?:$/.test(new URL(text).protocol);
  } catch {
    return false;
  }
};

/** https, or http on this machine. */
const isSafeUrl = (text: string) => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
};
const isOrigin = (text: string) => isSafeUrl(text) && new URL(text).origin === text.replace(/\/$/, '');

/** `10.0.0.0/8, ::1/128`; of IPv4 in four parts, since `10/8` would be another network than it looks. */
const isNetworks = (text: string) => text.split(',').every((network) => isNetwork(network.trim()));
const isNetwork = (text: string) =>
  ipaddr.isValidCIDR(text) && (ipaddr.IPv6.isValidCIDR(text) || ipaddr.IPv4.isValidCIDRFourPartDecimal(text));

const variables = z.object({
  DATABASE_URL: z.string().refine(isPostgresUrl).optional(),
  MIGRATION_DATABASE_URL: z.string().refine(isPostgresUrl).optional(),
  ALLOW_INSECURE: z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .pipe(z.array(z.enum(insecurities)))
    .optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^(?:\[[0-9a-fA-F:]+\]|[^\s:/]+):\d{1,5}$/)
    .optional(),
  TEMPORAL_NAMESPACE: z.string().regex(/^\S+$/).default('default'),
  TEMPORAL_PROFILE: z.string().optional(),
  TEMPORAL_CONFIG_FILE: z.string().optional(),
  TEMPORAL_CLI_PATH: z.string().optional(),
  TEMPORAL_TEST_SERVER_PATH: z.string().optional(),
  WORKERS: wholeNumber(1, 64).default(1),
  SLICE_SIZE: wholeNumber(1, 1000).optional(),
  WORKFLOW_BUNDLE: z.string().optional(),
  API_PORT: wholeNumber(0, 65_535).optional(),
  API_HOST: z
    .string()
    .regex(/^[^\s/]+$/)
    .default('127.0.0.1'),
  SCREENS_DIR: z.string().optional(),
  TEMPORAL_UI_URL: z.string().refine(isSafeUrl).optional(),
  API_PUBLIC_URL: z.string().refine(isOrigin).optional(),
  API_TRUSTED_PROXIES: z.string().refine(isNetworks).optional(),
  WEBHOOK_PRIVATE_NETWORKS: z
    .string()
    .refine((text) => text.split(',').every((network) => isPrivateNetwork(network.trim())))
    .optional(),
  API_RATE: wholeNumber(1, 100_000).optional(),
  OIDC_ISSUER: z.string().refine(isSafeUrl).optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_SCOPE: z
    .string()
    .regex(/(^|\s)openid(\s|$)/)
    .default('openid profile email'),
  OIDC_ROLE_CLAIM: z.string().optional(),
  OIDC_FILIAL_CLAIM: z.string().optional(),
  OIDC_ONLY: z.enum(['true', 'false']).default('false'),
  DATA_DIR: z.string().default('.data'),
  GATEWAYS: z.enum(['simulated', 'real']).default('simulated'),
  SECRETS_KEY: z.string().min(32).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

const schema = variables
  .refine((values) => !values.OIDC_ISSUER || values.OIDC_CLIENT_ID, { path: ['OIDC_CLIENT_ID'] })
  .refine((values) => values.OIDC_ONLY === 'false' || values.OIDC_ISSUER, { path: ['OIDC_ONLY'] });

type Variable = keyof z.infer<typeof schema>;

/** What is allowed, in the operator's words. */
const allowed: Record<Variable, string> = {
  DATABASE_URL: 'postgres://usuario:senha@servidor:porta/banco',
  MIGRATION_DATABASE_URL: 'postgres://dono:senha@servidor:porta/banco, o mesmo banco de DATABASE_URL',
  ALLOW_INSECURE: `uma ou mais, separadas por vírgula, de ${insecurities.join(', ')}`,
  TEMPORAL_ADDRESS: 'servidor:porta, por exemplo 127.0.0.1:7233',
  TEMPORAL_NAMESPACE: 'um nome sem espaços',
  TEMPORAL_PROFILE: 'o nome de um perfil do temporal.toml',
  TEMPORAL_CONFIG_FILE: 'o caminho de um temporal.toml',
  TEMPORAL_CLI_PATH: 'o caminho do executável temporal',
  TEMPORAL_TEST_SERVER_PATH: 'o caminho do executável temporal-test-server',
  WORKERS: 'um número inteiro de 1 a 64',
  SLICE_SIZE: 'um número inteiro de 1 a 1000',
  WORKFLOW_BUNDLE: 'o caminho do pacote de workflows que npm run build faz',
  API_PORT: 'um número inteiro de 0 a 65535',
  API_HOST: 'um nome ou endereço de rede, sem porta',
  TEMPORAL_UI_URL: 'o endereço da interface web do Temporal, https://… (http só nesta máquina)',
  SCREENS_DIR: 'o caminho da pasta das telas construídas',
  API_PUBLIC_URL: 'o endereço das telas, https://servidor, sem caminho (http só nesta máquina)',
  API_TRUSTED_PROXIES: 'redes separadas por vírgula, por exemplo 10.0.0.0/8, ::1/128',
  WEBHOOK_PRIVATE_NETWORKS: 'redes particulares da empresa separadas por vírgula, por exemplo 10.1.0.0/16, fd00:1::/32',
  API_RATE: 'um número inteiro de 1 a 100000: pedidos por segundo de cada pessoa ou token',
  OIDC_ISSUER: 'o endereço do provedor OpenID Connect, https://… (http só nesta máquina)',
  OIDC_CLIENT_ID: 'o identificador deste cliente no provedor, obrigatório com OIDC_ISSUER',
  OIDC_CLIENT_SECRET: 'o segredo deste cliente no provedor',
  OIDC_SCOPE: 'escopos separados por espaço, entre eles openid',
  OIDC_ROLE_CLAIM: 'o nome da claim com o papel',
  OIDC_FILIAL_CLAIM: 'o nome da claim com as filiais',
  OIDC_ONLY: 'true (só se entra pelo provedor; exige OIDC_ISSUER) ou false',
  DATA_DIR: 'o caminho de uma pasta',
  GATEWAYS: 'simulated ou real',
  SECRETS_KEY: 'um texto de 32 caracteres ou mais',
  LOG_LEVEL: 'trace, debug, info, warn, error, fatal ou silent',
};

/** Their values never reach a screen or a log, not even when they are wrong. */
const secret: ReadonlySet<string> = new Set([
  ...['SECRETS_KEY', 'DATABASE_URL', 'MIGRATION_DATABASE_URL', 'OIDC_CLIENT_SECRET'],
]);

/** The company's OpenID Connect provider, and what it says of people. */
export interface OidcEnvironment {
  issuer: string;
  clientId: string;
  clientSecret?: string;
  scope: string;
  /** Names of claims, `a.b` for one within another; absent: an administrator gives role and filiais here. */
  roleClaim?: string;
  filialClaim?: string;
  /** Nobody signs in by a password of ours. */
  only?: true;
}

export interface Environment {
  /** Absent: the stack starts an embedded PostgreSQL. */
  databaseUrl?: string;
  /** Of the role that owns the tables; absent: the one of `databaseUrl` does. */
  migrationDatabaseUrl?: string;
  /** What somebody took upon themselves; absent: nothing. */
  allowInsecure?: readonly Insecurity[];
  /** Address and profile absent: the stack starts the dev server. How to connect is read by @temporalio/envconfig. */
  temporal: { given: boolean; address?: string; namespace: string };
  temporalCliPath?: string;
  temporalTestServerPath?: string;
  workers: number;
  /** Boletos in one activity; absent: follows the size of the batch. */
  sliceSize?: number;
  /** The workflows as `npm run build` bundled them; absent: the worker does it when it starts. */
  workflowBundle?: string;
  apiPort?: number;
  apiHost: string;
  /** The built screens; absent: the API serves none. */
  screensDir?: string;
  /** Of the Temporal Web UI, for links, without a slash at its end. */
  temporalUiUrl?: string;
  /** An origin, without a slash at its end. */
  apiPublicUrl?: string;
  apiTrustedProxies?: string[];
  /** Private networks that webhooks may lead into; absent: none. */
  webhookNetworks?: string[];
  /** Calls a second; absent: the API's own default. */
  apiRate?: number;
  /** Absent: people sign in by password only. */
  oidc?: OidcEnvironment;
  dataDir: string;
  gateways: 'simulated' | 'real';
  /** Absent: the stack generates one and keeps it in its folder. */
  secretsKey?: string;
  logLevel: z.infer<typeof schema>['LOG_LEVEL'];
}

/**
 * Reads the variables that README.md names; an empty one counts as absent.
 * @throws EnvironmentError naming the first bad variable, its value and what is allowed.
 */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value?.trim()));
  const parsed = schema.safeParse(present);
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[0]) as Variable;
    const value = secret.has(name) ? '(valor oculto)' : JSON.stringify(variables[name]);
    throw new EnvironmentError(`Variável de ambiente ${name}=${value} não serve. Permitido: ${allowed[name]}.`);
  }
  const values = parsed.data;
  refuseInsecurities(values, present);
  return {
    ...(values.DATABASE_URL && { databaseUrl: values.DATABASE_URL }),
    ...(values.MIGRATION_DATABASE_URL && { migrationDatabaseUrl: values.MIGRATION_DATABASE_URL }),
    ...(values.ALLOW_INSECURE && { allowInsecure: values.ALLOW_INSECURE }),
    temporal: {
      given: Boolean(values.TEMPORAL_ADDRESS ?? values.TEMPORAL_PROFILE ?? values.TEMPORAL_CONFIG_FILE),
      ...(values.TEMPORAL_ADDRESS && { address: values.TEMPORAL_ADDRESS }),
      namespace: values.TEMPORAL_NAMESPACE,
    },
    ...(values.TEMPORAL_CLI_PATH && { temporalCliPath: values.TEMPORAL_CLI_PATH }),
    ...(values.TEMPORAL_TEST_SERVER_PATH && { temporalTestServerPath: values.TEMPORAL_TEST_SERVER_PATH }),
    workers: values.WORKERS,
    ...(values.SLICE_SIZE && { sliceSize: values.SLICE_SIZE }),
    ...(values.WORKFLOW_BUNDLE && { workflowBundle: values.WORKFLOW_BUNDLE }),
    ...(values.API_PORT !== undefined && { apiPort: values.API_PORT }),
    apiHost: values.API_HOST,
    ...(values.TEMPORAL_UI_URL && { temporalUiUrl: values.TEMPORAL_UI_URL.replace(/\/+$/, '') }),
    ...(values.SCREENS_DIR && { screensDir: values.SCREENS_DIR }),
    ...(values.API_PUBLIC_URL && { apiPublicUrl: new URL(values.API_PUBLIC_URL).origin }),
    ...(values.API_TRUSTED_PROXIES && {
      apiTrustedProxies: values.API_TRUSTED_PROXIES.split(',').map((network) => network.trim()),
    }),
    ...(values.WEBHOOK_PRIVATE_NETWORKS && {
      webhookNetworks: values.WEBHOOK_PRIVATE_NETWORKS.split(',').map((network) => network.trim()),
    }),
    ...(values.API_RATE !== undefined && { apiRate: values.API_RATE }),
    ...(values.OIDC_ISSUER && {
      oidc: {
        issuer: values.OIDC_ISSUER,
        clientId: values.OIDC_CLIENT_ID as string,
        ...(values.OIDC_CLIENT_SECRET && { clientSecret: values.OIDC_CLIENT_SECRET }),
        scope: values.OIDC_SCOPE,
        ...(values.OIDC_ONLY === 'true' && { only: true as const }),
        ...(values.OIDC_ROLE_CLAIM && { roleClaim: values.OIDC_ROLE_CLAIM }),
        ...(values.OIDC_FILIAL_CLAIM && { filialClaim: values.OIDC_FILIAL_CLAIM }),
      },
    }),
    dataDir: values.DATA_DIR,
    gateways: values.GATEWAYS,
    ...(values.SECRETS_KEY && { secretsKey: values.SECRETS_KEY }),
    logLevel: values.LOG_LEVEL,
  };
}

/** @throws EnvironmentError when the record or Temporal would be reached over a network without knowing that it is them. */
function refuseInsecurities(
  values: z.infer<typeof schema>,
  present: Readonly<Record<string, string | undefined>>,
): void {
  if (present['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
    throw new EnvironmentError(
      'NODE_TLS_REJECT_UNAUTHORIZED=0 não serve: desliga a verificação de toda conexão, também com os bancos. ' +
        'Para uma autoridade da empresa use NODE_EXTRA_CA_CERTS=ARQUIVO.',
    );
  if (!values.ALLOW_INSECURE?.includes('database'))
    for (const name of ['DATABASE_URL', 'MIGRATION_DATABASE_URL'] as const) {
      const host = values[name] && unverifiedDatabase(values[name], present);
      if (host)
        throw new EnvironmentError(
          `${name} não serve: o PostgreSQL está em outra máquina (${host}) e a conexão não seria verificada. Ponha ` +
            'sslmode=verify-full no endereço (e sslrootcert=ARQUIVO, se a autoridade é da empresa), ou assuma o risco ' +
            'com ALLOW_INSECURE=database.',
        );
    }
  const isTemporalGiven = values.TEMPORAL_ADDRESS ?? values.TEMPORAL_PROFILE ?? values.TEMPORAL_CONFIG_FILE;
  if (isTemporalGiven) refuseUnverifiedTemporal(present, values.ALLOW_INSECURE);
}

/**
 * Also for who takes Temporal from a temporal.toml that no variable names.
 * @throws EnvironmentError when it is on another machine and would be reached without TLS
 */
export function refuseUnverifiedTemporal(
  variables: Readonly<Record<string, string | undefined>>,
  allowed: readonly Insecurity[] = [],
): void {
  const address = allowed.includes('temporal') ? null : unverifiedTemporal(variables);
  if (address)
    throw new EnvironmentError(
      `O Temporal está em outra máquina (${address}) e seria alcançado sem TLS. Ponha TEMPORAL_TLS=true (e ` +
        'TEMPORAL_TLS_SERVER_CA_CERT_PATH, se a autoridade é da empresa), ou assuma o risco com ALLOW_INSECURE=temporal.',
    );
}
