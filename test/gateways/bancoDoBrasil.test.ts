import { previa } from '../../domain/boleto/previa';
import { createBancoDoBrasil } from '../../gateways/bancoDoBrasil/client';
import { simulatedAccount, startSimulator } from '../../gateways/bancoDoBrasil/simulator/simulator';
import { validCharge } from './bancoDoBrasilCharge';
import { describeGateway } from './contract';

const gateway = createBancoDoBrasil({ simulated: true });

describeGateway({
  gateway,
  start: (stateFolder) => startSimulator({ stateFolder }),
  account: ({ url }) => ({
    id: 1,
    version: 1,
    gateway: gateway.name,
    baseUrl: `${url}/cobrancas/v2`,
    authUrl: `${url}/oauth/token`,
    credentials: { ...simulatedAccount },
  }),
  wrongCredentials: { clientSecret: 'outro-segredo' },
  snapshot: (receivableId) => validCharge(receivableId),
});

test('the overrides shorten the waits and nothing else', () => {
  const { capabilities } = createBancoDoBrasil({ settleMs: 1, staleMs: 2 });
  expect(capabilities).toEqual({ ...gateway.capabilities, settleMs: 1, staleMs: 2 });
});

test('the numbers of a convênio end', () => {
  expect(gateway.ourNumber('3128557', 9_999_999_999)).toBe('00031285579999999999');
  expect(() => gateway.ourNumber('3128557', 10_000_000_000)).toThrow(RangeError);
});

test('a reference is never shortened, so that two are never the same; the prévia finds one that does not fit', () => {
  expect(gateway.ownReference(123_456_789_012_345, 1)).toBe('123456789012345');
  const ownReference = gateway.ownReference(123_456_789_012_345, 2);
  expect(previa(validCharge(1, { ownReference }), gateway.sending, new Date())).toMatchObject([
    { code: 'seuNumeroInvalido' },
  ]);
});
