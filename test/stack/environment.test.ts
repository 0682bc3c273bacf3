import { EnvironmentError, readEnvironment } from '../../config/environment';

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
      TEMPORAL_ADDRESS: 'temporal.example:7233',
      TEMPORAL_NAMESPACE: 'boletos',
      WORKERS: '64',
      SLICE_SIZE: '1000',
      API_PORT: '0',
      API_HOST: '0.0.0.0',
      API_PUBLIC_URL: 'https://boletos.example/',
      API_TRUSTED_PROXIES: '10.0.0.0/8, ::1/128',
      API_RATE: '50',
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
      temporal: { given: true, address: 'temporal.example:7233', namespace: 'boletos' },
      workers: 64,
      sliceSize: 1000,
      apiPort: 0,
      apiHost: '0.0.0.0',
      apiPublicUrl: 'https://boletos.example',
      apiTrustedProxies: ['10.0.0.0/8', '::1/128'],
      apiRate: 50,
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
    ['OIDC_ONLY', 'sim'],
    ['OIDC_ONLY', 'true'],
    ['API_RATE', '0'],
    ['OIDC_ISSUER', 'http://id.example'],
    ['OIDC_SCOPE', 'profile'],
    ['GATEWAYS', 'Real'],
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
  ])('refuses %s without showing its value', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(/\(valor oculto\)/);
    expect(() => readEnvironment({ [name]: value })).not.toThrow(/curta-demais/);
  });
});
