import { z } from 'zod';

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

const schema = z.object({
  DATABASE_URL: z.string().refine(isPostgresUrl).optional(),
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
  API_PORT: wholeNumber(0, 65_535).optional(),
  API_HOST: z
    .string()
    .regex(/^[^\s/]+$/)
    .default('127.0.0.1'),
  SCREENS_DIR: z.string().optional(),
  DATA_DIR: z.string().default('.data'),
  GATEWAYS: z.enum(['simulated', 'real']).default('simulated'),
  SECRETS_KEY: z.string().min(32).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

type Variable = keyof z.infer<typeof schema>;

/** What is allowed, in the operator's words. */
const allowed: Record<Variable, string> = {
  DATABASE_URL: 'postgres://usuario:senha@servidor:porta/banco',
  TEMPORAL_ADDRESS: 'servidor:porta, por exemplo 127.0.0.1:7233',
  TEMPORAL_NAMESPACE: 'um nome sem espaços',
  TEMPORAL_PROFILE: 'o nome de um perfil do temporal.toml',
  TEMPORAL_CONFIG_FILE: 'o caminho de um temporal.toml',
  TEMPORAL_CLI_PATH: 'o caminho do executável temporal',
  TEMPORAL_TEST_SERVER_PATH: 'o caminho do executável temporal-test-server',
  WORKERS: 'um número inteiro de 1 a 64',
  SLICE_SIZE: 'um número inteiro de 1 a 1000',
  API_PORT: 'um número inteiro de 0 a 65535',
  API_HOST: 'um nome ou endereço de rede, sem porta',
  SCREENS_DIR: 'o caminho da pasta das telas construídas',
  DATA_DIR: 'o caminho de uma pasta',
  GATEWAYS: 'simulated ou real',
  SECRETS_KEY: 'um texto de 32 caracteres ou mais',
  LOG_LEVEL: 'trace, debug, info, warn, error, fatal ou silent',
};

/** Their values never reach a screen or a log, not even when they are wrong. */
const secret: ReadonlySet<string> = new Set(['SECRETS_KEY', 'DATABASE_URL']);

export interface Environment {
  /** Absent: the stack starts an embedded PostgreSQL. */
  databaseUrl?: string;
  /** Address and profile absent: the stack starts the dev server. How to connect is read by @temporalio/envconfig. */
  temporal: { given: boolean; address?: string; namespace: string };
  temporalCliPath?: string;
  temporalTestServerPath?: string;
  workers: number;
  /** Boletos in one activity; absent: follows the size of the batch. */
  sliceSize?: number;
  apiPort?: number;
  apiHost: string;
  /** The built screens; absent: the API serves none. */
  screensDir?: string;
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
  return {
    ...(values.DATABASE_URL && { databaseUrl: values.DATABASE_URL }),
    temporal: {
      given: Boolean(values.TEMPORAL_ADDRESS ?? values.TEMPORAL_PROFILE ?? values.TEMPORAL_CONFIG_FILE),
      ...(values.TEMPORAL_ADDRESS && { address: values.TEMPORAL_ADDRESS }),
      namespace: values.TEMPORAL_NAMESPACE,
    },
    ...(values.TEMPORAL_CLI_PATH && { temporalCliPath: values.TEMPORAL_CLI_PATH }),
    ...(values.TEMPORAL_TEST_SERVER_PATH && { temporalTestServerPath: values.TEMPORAL_TEST_SERVER_PATH }),
    workers: values.WORKERS,
    ...(values.SLICE_SIZE && { sliceSize: values.SLICE_SIZE }),
    ...(values.API_PORT !== undefined && { apiPort: values.API_PORT }),
    apiHost: values.API_HOST,
    ...(values.SCREENS_DIR && { screensDir: values.SCREENS_DIR }),
    dataDir: values.DATA_DIR,
    gateways: values.GATEWAYS,
    ...(values.SECRETS_KEY && { secretsKey: values.SECRETS_KEY }),
    logLevel: values.LOG_LEVEL,
  };
}
