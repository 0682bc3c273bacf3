import type { Gateway } from '../domain/gateway';
import { createBancoDoBrasil } from './bancoDoBrasil/client';

/**
 * Every gateway that a carteira can use, by name: the adapters of the manifests in index.ts.
 * @param simulated GATEWAYS=simulated: accounts reach simulators on this machine, and no bank
 */
export function createGateways({ simulated }: { simulated: boolean }): Readonly<Record<string, Gateway>> {
  return Object.fromEntries([createBancoDoBrasil({ simulated })].map((gateway) => [gateway.name, gateway]));
}
