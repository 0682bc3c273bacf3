import type { ChargeSnapshot } from '../../../domain/boleto/charge';
import { addDays, saoPauloDate } from '../../../domain/kinds/dates';
import { cents } from '../../../domain/kinds/money';
import { describeGateway } from '../contract';
import { createInvented } from './client';
import { startInvented, type InventedSimulator } from './simulator';

const gateway = createInvented({ settleMs: 60, staleMs: 120 });

function chargeOf(receivableId: number): ChargeSnapshot {
  const today = saoPauloDate(new Date());
  const ownReference = String(receivableId);
  return {
    ...{ receivableId, convenio: '', carteira: '', variation: '', ourNumber: null, ownReference },
    ...{ issueDate: today, dueDate: addDays(today, 10), amountCents: cents(5_000 + receivableId) },
    ...{ especie: 'DM', acceptance: false, rules: {}, writeOffDays: null, idempotencyKey: ownReference },
    payer: {
      ...{ personType: 'F', document: '52998224725', name: 'José da Conceição Inventado' },
      ...{ street: 'Rua das Flores', number: '123', district: 'Centro', city: 'São Paulo', uf: 'SP', cep: '01310100' },
    },
  };
}

const decidingOf = (simulator: unknown) => (simulator as InventedSimulator).deciding;

describeGateway({
  gateway,
  start: (stateFolder) => startInvented(stateFolder, 0),
  account: (simulator) => {
    const { baseUrl, authUrl, credentials } = simulator as InventedSimulator;
    return { id: 1, version: 1, gateway: gateway.name, baseUrl, authUrl, credentials };
  },
  wrongCredentials: { clientSecret: 'outro-segredo' },
  snapshot: chargeOf,
  later: {
    pause: (simulator) => (decidingOf(simulator).paused = true),
    goOn: (simulator) => (decidingOf(simulator).paused = false),
    refuse: (simulator, { ownReference }) => decidingOf(simulator).refuses.add(ownReference),
  },
});
