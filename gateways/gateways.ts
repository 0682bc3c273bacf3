import type { Gateway } from '../domain/gateway';
import { createBancoDoBrasil } from './bancoDoBrasil/client';

/**
 * Every gateway that a carteira can use, by name.
 * @param plainHttp whether accounts may point at a simulator on this machine (GATEWAYS=simulated)
 */
export function createGateways({ plainHttp }: { plainHttp: boolean }): Readonly<Record<string, Gateway>> {
  return { 'banco-do-brasil': createBancoDoBrasil({ plainHttp }) };
}
