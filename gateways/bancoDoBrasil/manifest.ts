import type { GatewayManifest } from '../../domain/manifest';
import { bancoDoBrasilCodec } from './codec';

/** Agência or conta, without the check digit, which the bank's lists do not have. */
const withoutDigit = (longest: number) => ({
  pattern: new RegExp(`^0*\\d{1,${longest}}$`),
  words: `de 1 a ${longest} dígitos, sem o dígito verificador (452, e não 452-9)`,
  ...{ required: false, zerosDropped: true },
});
const shortCode = { pattern: /^[A-Za-z0-9]{1,10}$/, words: 'de 1 a 10 letras ou dígitos', required: true };
const environment = (label: string, host: string, real: boolean) => ({
  ...{ label, real },
  base: `https://api.${host}/cobrancas/v2`,
  token: `https://oauth.${host}/oauth/token`,
});

/** Banco do Brasil, Cobranças API v2 (README.md). */
export const bancoDoBrasilManifest: GatewayManifest = {
  name: bancoDoBrasilCodec.name,
  label: 'Banco do Brasil',
  accountFields: [
    { key: 'convenio', label: 'Convênio', pattern: /^[1-9]\d{6}$/, words: '7 dígitos', required: true },
    { key: 'carteira', label: 'Carteira no banco', ...shortCode, usual: '17' },
    { key: 'variacao', label: 'Variação', ...shortCode },
    { key: 'agencia', label: 'Agência do beneficiário', ...withoutDigit(5) },
    { key: 'conta', label: 'Conta do beneficiário', ...withoutDigit(12) },
  ],
  credentialKeys: [
    { key: 'clientId', label: 'clientId', secret: true, identifies: true, kind: 'text' },
    { key: 'clientSecret', label: 'clientSecret', secret: true, kind: 'text' },
    { key: 'appKey', label: 'appKey (chave da aplicação)', secret: true, kind: 'text' },
    { key: 'appKeyParam', label: 'Parâmetro da appKey', secret: false, optional: true, kind: 'text' },
  ],
  addresses: {
    base: { label: 'Endereço da API', words: 'https://…/cobrancas/v2' },
    token: { label: 'Endereço da autenticação', words: 'https://…/oauth/token' },
  },
  environments: [
    environment('produção', 'bb.com.br', true),
    environment('homologação', 'hm.bb.com.br', false),
    environment('sandbox', 'sandbox.bb.com.br', false),
  ],
  capabilities: {
    registration: 'sync',
    // Convênio type 4. Type 3, where the bank numbers, offers no safe way back from an unanswered call.
    numbering: 'client',
    idempotency: 'clientNumber',
    // Our assumption: nothing is published. A gateway in front gives up after seconds; what it handed on by then ends
    // in seconds. A number that arrives later still meets 4874915 on the second call, so a short time costs nothing.
    settleMs: 10_000,
    // An identical GET is answered from a cache for 30 s (API documentation).
    staleMs: 31_000,
    absenceLooks: 2,
    quarantineMs: 0,
    pixLater: true,
    // Our assumption: no production limit is published.
    limits: { register: { calls: 20, windowMs: 1_000 }, read: { calls: 10, windowMs: 1_000 } },
  },
  codec: bancoDoBrasilCodec,
  codes: {
    banks: ['001'],
    // The campo livre of a convênio of 7 digits: six zeros, convênio and sequence (the nosso número without `000`), carteira.
    carriesOurNumber: (freeField, ourNumber) => freeField.slice(0, 23) === `000000${ourNumber.slice(3)}`,
  },
  simulator: 'gateways/bancoDoBrasil/simulator/main.ts',
};
