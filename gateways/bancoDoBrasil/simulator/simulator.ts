import type { SimulatedAccount } from '../../simulator/bank';
import {
  startBankSimulator,
  type Simulator,
  type SimulatorOptions,
  type SimulatorSettings,
} from '../../simulator/server';
import { createBancoDoBrasilBank } from './bank';

/** Invented credentials that every simulator accepts unless it is told others. */
export const simulatedAccount = {
  clientId: 'simulado',
  clientSecret: 'segredo-simulado',
  appKey: 'chave-simulada',
} satisfies SimulatedAccount;

const settings: SimulatorSettings = {
  accounts: [simulatedAccount],
  facts: { irregularDocuments: [], missingCeps: [], convenios: [], closedConvenios: [] },
  readCacheMs: 30_000,
  tokenSeconds: 600,
  renumbers: false,
  listRows: 300,
  cancelLockMs: 30 * 60_000,
  pixDelayMs: 0,
  refusesPix: false,
  latency: {},
  limits: {},
  clockAheadMs: 0,
};

export interface BancoDoBrasilSimulator extends Simulator {
  /** For a gateway account: where the API and its token endpoint are. */
  baseUrl: string;
  authUrl: string;
}

/** Banco do Brasil on 127.0.0.1, in this process. @throws the server's own error when the port is taken. */
export async function startSimulator(options: SimulatorOptions): Promise<BancoDoBrasilSimulator> {
  const simulator = await startBankSimulator(createBancoDoBrasilBank, settings, options);
  return { ...simulator, baseUrl: `${simulator.url}/cobrancas/v2`, authUrl: `${simulator.url}/oauth/token` };
}
