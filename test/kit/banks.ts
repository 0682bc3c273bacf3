import type { Gateway } from '../../domain/gateway';
import { createBancoDoBrasil } from '../../gateways/bancoDoBrasil/client';
import { simulatedAccount, startSimulator } from '../../gateways/bancoDoBrasil/simulator/simulator';
import type { Simulator } from '../../gateways/simulator/server';
import { bancoInventado } from '../gateways/invented/bank';

/** A bank that stands in for all of them in a test: its adapter, its simulator, and an account there. */
export interface TestBank {
  /** With waits of a test's length; the order of things stays the same. */
  createGateway(waits: { settleMs: number; staleMs: number }): Gateway;
  start(options: { stateFolder: string; readCacheMs: number }): Promise<StartedBank>;
  /** Columns of a carteira at this bank. */
  carteira: Record<string, unknown>;
}

export interface StartedBank extends Simulator {
  baseUrl: string;
  authUrl: string;
  credentials: Record<string, string>;
}

const bancoDoBrasil: TestBank = {
  createGateway: (waits) => createBancoDoBrasil({ simulated: true, ...waits }),
  async start({ stateFolder, readCacheMs }) {
    const simulator = await startSimulator({ stateFolder, settings: { readCacheMs } });
    return { ...simulator, credentials: simulatedAccount };
  },
  carteira: { variation: '35' },
};

/** By the gateway's name. What is true of one is tried on each. */
export const testBanks = {
  'banco-do-brasil': bancoDoBrasil,
  'banco-inventado': bancoInventado,
} as const satisfies Record<string, TestBank>;
export type TestBankName = keyof typeof testBanks;
