import type { KnownGateways } from '../domain/account/knownGateway';

/** What `carteira definir` asks of each gateway; the adapters of gateways/ say the same in their README. */
export const knownGateways: KnownGateways = {
  'banco-do-brasil': {
    limits: { register: { calls: 20, windowMs: 1_000 }, read: { calls: 10, windowMs: 1_000 } },
    credentialKeys: ['clientId', 'clientSecret', 'appKey'],
    optionalCredentialKeys: ['appKeyParam'],
    convenio: /^[1-9]\d{6}$/,
    convenioForm: '7 dígitos',
    variationRequired: true,
    productionHosts: ['api.bb.com.br'],
  },
};
