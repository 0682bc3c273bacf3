import { EnvironmentError, readEnvironment } from '../../../config/environment';

describe('the environment', () => {
  it('is complete without a single variable', () => {
    expect(readEnvironment({})).toEqual({
      temporal: { given: false, namespace: 'default' },
      workers: 1,
      apiHost: '127.0.0.1',
      dataDir: '.data',
      gateways: 'simulated',
      logLevel: 'info',
    });
  });

  it('takes an empty variable as absent', () => {
    expect(readEnvironment({ WORKERS: '', DATABASE_URL: ' ' })).toMatchObject({ workers: 1 });
  });

  it('reads every variable of ours', () => {
    const environment = readEnvironment({
      DATABASE_URL: 'postgres://a:b@localhost:5432/boletos',
      MIGRATION_DATABASE_URL: 'postgres://dono:b@localhost:5432/boletos',
      ALLOW_INSECURE: 'database, temporal',
      TEMPORAL_ADDRESS: 'temporal.example:7233',
      TEMPORAL_NAMESPACE: 'boletos',
      WORKERS: '64',
      SLICE_SIZE: '1000',
      WORKFLOW_BUNDLE: 'dist/workflow-bundle.js',
      API_PORT: '0',
      API_HOST: '0.0.0.0',
      API_PUBLIC_URL: 'https://boletos.example/',
      API_TRUSTED_PROXIES: '10.0.0.0/8, ::1/128',
      API_RATE: '50',
      WEBHOOK_PRIVATE_NETWORKS: '10.1.0.0/16, fd00:1::/32',
      OIDC_ISSUER: 'https://id.example/realms/empresa',
      OIDC_CLIENT_ID: 'boletos',
      OIDC_CLIENT_SECRET: 'segredo',
      OIDC_SCOPE: 'openid roles',
      OIDC_ROLE_CLAIM: 'realm_access.roles',
      OIDC_FILIAL_CLAIM: 'filiais',
      OIDC_ONLY: 'true',
      DATA_DIR: '/var/lib/boletos',
      GATEWAYS: 'real',
      SECRETS_KEY: 'x'.repeat(32),
      LOG_LEVEL: 'debug',
    });
    expect(environment).toEqual({
      databaseUrl: 'postgres://a:b@localhost:5432/boletos',
      migrationDatabaseUrl: 'postgres://dono:b@localhost:5432/boletos',
      allowInsecure: ['database', 'temporal'],
      temporal: { given: true, address: 'temporal.example:7233', namespace: 'boletos' },
      workers: 64,
      sliceSize: 1000,
      workflowBundle: 'dist/workflow-bundle.js',
      apiPort: 0,
      apiHost: '0.0.0.0',
      apiPublicUrl: 'https://boletos.example',
      apiTrustedProxies: ['10.0.0.0/8', '::1/128'],
      apiRate: 50,
      webhookNetworks: ['10.1.0.0/16', 'fd00:1::/32'],
      oidc: {
        issuer: 'https://id.example/realms/empresa',
        clientId: 'boletos',
        clientSecret: 'segredo',
        scope: 'openid roles',
        roleClaim: 'realm_access.roles',
        filialClaim: 'filiais',
        only: true,
      },
      dataDir: '/var/lib/boletos',
      gateways: 'real',
      secretsKey: 'x'.repeat(32),
      logLevel: 'debug',
    });
  });

  it.each([
    ['WORKERS', '0'],
    ['WORKERS', '65'],
    ['WORKERS', '2.5'],
    ['WORKERS', 'dois'],
    ['SLICE_SIZE', '0'],
    ['SLICE_SIZE', '1001'],
    ['API_PORT', '65536'],
    ['API_HOST', 'http://localhost'],
    ['API_PUBLIC_URL', 'http://boletos.example'],
    ['API_PUBLIC_URL', 'https://boletos.example/telas'],
    ['API_TRUSTED_PROXIES', '10.0.0.1'],
    ['API_TRUSTED_PROXIES', '10.0.0.0/99'],
    ['API_TRUSTED_PROXIES', '10/8'],
    ['API_TRUSTED_PROXIES', '10.0.0.0/8, ::1/129'],
    ['WEBHOOK_PRIVATE_NETWORKS', '10.1.0.1'],
    ['WEBHOOK_PRIVATE_NETWORKS', '10.1/16'],
    ['WEBHOOK_PRIVATE_NETWORKS', '0.0.0.0/0'],
    ['WEBHOOK_PRIVATE_NETWORKS', '10.0.0.0/7'],
    ['WEBHOOK_PRIVATE_NETWORKS', '127.0.0.0/8'],
    ['WEBHOOK_PRIVATE_NETWORKS', '169.254.0.0/16'],
    ['WEBHOOK_PRIVATE_NETWORKS', '203.0.114.0/24'],
    ['WEBHOOK_PRIVATE_NETWORKS', '::/0'],
    ['WEBHOOK_PRIVATE_NETWORKS', 'fe80::/10'],
    ['WEBHOOK_PRIVATE_NETWORKS', '10.1.0.0/16, 8.8.8.0/24'],
    ['OIDC_ONLY', 'sim'],
    ['OIDC_ONLY', 'true'],
    ['API_RATE', '0'],
    ['OIDC_ISSUER', 'http://id.example'],
    ['OIDC_SCOPE', 'profile'],
    ['GATEWAYS', 'Real'],
    ['ALLOW_INSECURE', 'tudo'],
    ['LOG_LEVEL', 'verbose'],
    ['TEMPORAL_ADDRESS', 'http://localhost:7233'],
    ['TEMPORAL_ADDRESS', 'localhost'],
    ['TEMPORAL_NAMESPACE', 'meu espaço'],
  ])('refuses %s=%s in one line that names it, its value and what is allowed', (name, value) => {
    const read = () => readEnvironment({ [name]: value });
    expect(read).toThrow(EnvironmentError);
    expect(read).toThrow(new RegExp(`^Variável de ambiente ${name}="${value}" não serve\\. Permitido: .+\\.$`));
  });

  it('takes plain http of a provider on this machine only, and no provider without a client', () => {
    const oidc = { OIDC_ISSUER: 'http://127.0.0.1:4000', OIDC_CLIENT_ID: 'boletos' };
    expect(readEnvironment(oidc)).toMatchObject({ oidc: { issuer: 'http://127.0.0.1:4000' } });
    expect(() => readEnvironment({ ...oidc, OIDC_CLIENT_ID: '' })).toThrow(/OIDC_CLIENT_ID=.+obrigatório/);
  });

  it.each([
    ['SECRETS_KEY', 'curta-demais'],
    ['DATABASE_URL', 'mysql://root:curta-demais@localhost/x'],
    ['DATABASE_URL', 'curta-demais'],
    ['MIGRATION_DATABASE_URL', 'curta-demais'],
  ])('refuses %s without showing its value', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(/\(valor oculto\)/);
    expect(() => readEnvironment({ [name]: value })).not.toThrow(/curta-demais/);
  });
});

describe('a PostgreSQL or Temporal on another machine', () => {
  const url = (parameters = '', host = 'db.example') => `postgres://boletos:segredo@${host}:5432/boletos${parameters}`;

  it.each([
    url(),
    url('?sslmode=disable'),
    url('?sslmode=prefer'),
    url('?sslmode=require'),
    url('?sslmode=no-verify'),
    url('?sslmode=verify-ca'),
    url('?ssl=true'),
    url('?sslmode=verify-full&sslmode=require'),
    url('?host=db.example', 'localhost'),
    url('', '127.0.0.1.example'),
    url('', '10.0.0.7'),
  ])('is refused in one line when the connection would not be verified: %s', (DATABASE_URL) => {
    const read = () => readEnvironment({ DATABASE_URL });
    expect(read).toThrow(EnvironmentError);
    expect(read).toThrow(
      /^DATABASE_URL não serve: o PostgreSQL está em outra máquina \([^)]+\) .+ALLOW_INSECURE=database\.$/,
    );
    expect(read).not.toThrow(/segredo/);
    expect(readEnvironment({ DATABASE_URL, ALLOW_INSECURE: 'database' })).toMatchObject({ databaseUrl: DATABASE_URL });
    expect(() => readEnvironment({ DATABASE_URL, ALLOW_INSECURE: 'temporal' })).toThrow(EnvironmentError);
  });

  it.each([
    url('?sslmode=verify-full'),
    url('?sslmode=verify-full&sslrootcert=/etc/empresa/ca.pem'),
    url('', 'localhost'),
    url('', '127.0.0.1'),
    url('', '[::1]'),
    'postgres:///boletos',
    'postgres:///boletos?host=/var/run/postgresql',
    'postgres://boletos@%2Fvar%2Frun%2Fpostgresql/boletos',
  ])('is taken when it is verified, or on this machine after all: %s', (DATABASE_URL) => {
    expect(readEnvironment({ DATABASE_URL, MIGRATION_DATABASE_URL: DATABASE_URL })).toMatchObject({
      databaseUrl: DATABASE_URL,
    });
  });

  it('is looked for in PGHOST too, and in the address for migrations', () => {
    expect(() => readEnvironment({ DATABASE_URL: 'postgres:///boletos', PGHOST: 'db.example' })).toThrow(/db\.example/);
    expect(() => readEnvironment({ MIGRATION_DATABASE_URL: url() })).toThrow(/^MIGRATION_DATABASE_URL não serve/);
  });

  it('is refused where somebody turned verification off for the whole process', () => {
    expect(() => readEnvironment({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toThrow(/também com os bancos/);
  });

  it.each([{}, { TEMPORAL_TLS: 'false' }, { TEMPORAL_API_KEY: 'chave-secreta', TEMPORAL_TLS: 'false' }])(
    'as Temporal, is refused without TLS: %j',
    (more) => {
      const variables = { TEMPORAL_ADDRESS: 'temporal.example:7233', ...more };
      const read = () => readEnvironment(variables);
      expect(read).toThrow(EnvironmentError);
      expect(read).toThrow(/^O Temporal está em outra máquina \(temporal\.example:7233\) .+ALLOW_INSECURE=temporal\.$/);
      expect(readEnvironment({ ...variables, ALLOW_INSECURE: 'temporal' })).toMatchObject({
        temporal: { given: true },
      });
    },
  );

  it.each([
    { TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_TLS: 'true' },
    { TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_API_KEY: 'chave' },
    { TEMPORAL_ADDRESS: '127.0.0.1:7233' },
    { TEMPORAL_ADDRESS: '[::1]:7233' },
  ])('as Temporal, is taken with TLS, or on this machine: %j', (variables) => {
    expect(readEnvironment(variables)).toMatchObject({ temporal: { given: true } });
  });
});
