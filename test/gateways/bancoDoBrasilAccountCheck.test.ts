import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountCheck } from '../../domain/account/accountCheck';
import type { AccountTerms, GatewayAccount } from '../../domain/gateway';
import { createBancoDoBrasil } from '../../gateways/bancoDoBrasil/client';
import {
  simulatedAccount,
  startSimulator,
  type BancoDoBrasilSimulator,
} from '../../gateways/bancoDoBrasil/simulator/simulator';
import { closedPort } from './rawServer';
import { selfSignedCertificate } from './selfSigned';

const gateway = createBancoDoBrasil({ simulated: true });
const CONVENIO = '3128557';

let folder: string;
let bank: BancoDoBrasilSimulator;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bank-'));
  bank = await startSimulator({ stateFolder: folder });
});
afterAll(async () => {
  await bank.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => bank.admin.reset());

async function check(
  changes: Partial<Omit<GatewayAccount, 'credentials'>> & { credentials?: Record<string, string> } = {},
  terms: Partial<AccountTerms> = {},
  by = gateway,
  maySend = () => true,
): Promise<AccountCheck[]> {
  const { baseUrl, authUrl } = bank;
  const { credentials, ...rest } = changes;
  const account: GatewayAccount = {
    ...{ id: 1, version: 1, gateway: gateway.name, baseUrl, authUrl, ...rest },
    credentials: { ...simulatedAccount, ...credentials },
  };
  const steps: AccountCheck[] = [];
  const call = { timeoutMs: 5_000, permit: () => Promise.resolve(), maySend };
  for await (const step of by.checkAccount(account, { convenio: CONVENIO, homologation: true, ...terms }, call))
    steps.push(step);
  return steps;
}

/** The step at which it ended, with what it says. */
async function endOf(...given: Parameters<typeof check>): Promise<AccountCheck> {
  const steps = await check(...given);
  expect(steps.slice(0, -1).every(({ ok }) => ok)).toBe(true);
  return steps.at(-1) as AccountCheck;
}

test('a turn that was missed is taken anew, some times', async () => {
  let turns = 0;
  const missed = (most: number) => () => ++turns > most;
  expect((await check({}, {}, gateway, missed(2))).at(-1)).toMatchObject({ ok: true });
  expect(bank.admin.calls.counts()['read']).toBe(1);
  turns = 0;
  const never = await check({}, {}, gateway, missed(99));
  expect(never.at(-1)).toMatchObject({ ok: false, message: expect.stringContaining('perdeu a sua vez') });
  expect(turns).toBe(5);
});

test('what works is said, too', async () => {
  expect((await check()).map(({ message }) => message)).toEqual([
    expect.stringContaining('não são do Banco do Brasil: 127.0.0.1'),
    'O banco reconhece as credenciais.',
    'A aplicação pode registrar e consultar boletos.',
    `A API aceitou a conta e consultou o convênio ${CONVENIO}.`,
  ]);
});

test.each([
  ['client id', { clientId: 'outro-cliente' }],
  ['secret', { clientSecret: 'outro-segredo' }],
])('a wrong %s', async (_name, credentials) => {
  expect(await endOf({ credentials })).toEqual({
    step: 'token',
    label: 'Token',
    ok: false,
    message: 'O banco não reconhece o clientId, ou o clientSecret não é o dele.',
    advice: expect.stringContaining('portal do desenvolvedor'),
  });
});

test('a missing appKey is told without a call', async () => {
  const reads = bank.admin.calls.counts()['read'] ?? 0;
  expect(await endOf({ credentials: { appKey: '' } })).toMatchObject({
    step: 'consulta',
    message: 'Falta a appKey nas credenciais da conta.',
  });
  expect(bank.admin.calls.counts()['read'] ?? 0).toBe(reads);
});

test('a wrong appKey, or one under another name', async () => {
  expect(await endOf({ credentials: { appKey: 'outra-chave' } })).toMatchObject({
    step: 'consulta',
    message: expect.stringContaining('recusou a appKey'),
    advice: expect.stringContaining('sem ele, gw-dev-app-key'),
  });
  expect(await endOf({ credentials: { appKeyParam: 'chave' } })).toMatchObject({
    step: 'consulta',
    message: expect.stringContaining('recusou a appKey'),
  });
});

test('an application without one scope, or without any', async () => {
  bank.admin.settings({ accounts: [{ ...simulatedAccount, scopes: ['cobrancas.boletos-info'] }] });
  expect(await endOf()).toMatchObject({
    step: 'escopos',
    message: 'Falta à aplicação o escopo cobrancas.boletos-requisicao.',
  });
  bank.admin.settings({ accounts: [{ ...simulatedAccount, scopes: ['pix.read'] }] });
  expect(await check()).toMatchObject([
    { step: 'ambiente', ok: true },
    { step: 'token', ok: true },
    { step: 'escopos', ok: false, message: expect.stringContaining('não concede') },
  ]);
});

test('a convênio that does not exist, and one that is closed', async () => {
  bank.admin.settings({ facts: { convenios: ['7654321'] } });
  expect(await endOf()).toMatchObject({
    step: 'consulta',
    message: `Convênio ${CONVENIO}: O convênio da carteira não existe no banco.`,
    advice: expect.stringContaining('7 dígitos'),
  });
  bank.admin.settings({ facts: { convenios: [], closedConvenios: ['1234567'] } });
  expect(await endOf({}, { convenio: '1234567' })).toMatchObject({
    step: 'consulta',
    message: expect.stringContaining('encerrado'),
  });
});

test('addresses where nobody is, that have no name, or that are no service', async () => {
  const nobody = `http://127.0.0.1:${await closedPort()}`;
  expect(await endOf({ authUrl: nobody })).toMatchObject({
    step: 'token',
    message: expect.stringMatching(/^127\.0\.0\.1:\d+: nada atende neste endereço e porta \(ECONNREFUSED\)\.$/),
  });
  expect(await endOf({ baseUrl: nobody })).toMatchObject({
    step: 'consulta',
    message: expect.stringContaining('nada atende'),
  });
  expect(await endOf({ authUrl: `${bank.url}/token` })).toMatchObject({
    step: 'token',
    message: expect.stringContaining('HTTP 404'),
    advice: expect.stringContaining('/oauth/token'),
  });
  expect(await endOf({ baseUrl: `${bank.url}/v1` })).toMatchObject({
    step: 'consulta',
    message: expect.stringContaining('HTTP 404'),
    advice: expect.stringContaining('/cobrancas/v2'),
  });
  const real = createBancoDoBrasil();
  const nameless = { baseUrl: 'https://banco.invalid/cobrancas/v2', authUrl: 'https://banco.invalid/oauth/token' };
  expect(await endOf(nameless, {}, real)).toMatchObject({
    step: 'token',
    message: expect.stringContaining('banco.invalid: este nome não existe'),
  });
});

test('a certificate that nobody vouches for', async () => {
  const server = createServer(selfSignedCertificate()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    expect(await endOf({ authUrl: `${url}/oauth/token` })).toMatchObject({
      step: 'token',
      message: expect.stringContaining('o certificado do servidor não é válido'),
      advice: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
  } finally {
    server.close();
  }
});

describe('the environment', () => {
  const urls = (infix: string) => ({
    baseUrl: `https://api${infix}.bb.com.br/cobrancas/v2`,
    authUrl: `https://oauth${infix}.bb.com.br/oauth/token`,
  });

  test('of two addresses that do not fit each other is told before anybody is asked', async () => {
    expect(await check({ ...urls('.hm'), authUrl: urls('').authUrl })).toMatchObject([
      { step: 'ambiente', ok: false, message: 'O endereço da API é de homologação, e o do token é de produção.' },
    ]);
  });

  test('has to be the one of the carteira', async () => {
    expect(await endOf(urls(''))).toMatchObject({
      step: 'ambiente',
      message: expect.stringContaining('os boletos seriam de verdade'),
    });
    expect(await endOf(urls('.sandbox'), { homologation: false })).toMatchObject({
      step: 'ambiente',
      message: expect.stringContaining('de sandbox: os boletos não valeriam nada'),
    });
  });

  test('of a bank is out of reach while everything is simulated', async () => {
    expect(await endOf(urls('.hm'))).toMatchObject({
      step: 'token',
      message: expect.stringContaining('GATEWAYS=simulated'),
      advice: expect.stringContaining('outro valor de GATEWAYS'),
    });
  });
});
