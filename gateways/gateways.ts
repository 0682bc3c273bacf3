import type { Gateway } from '../domain/gateway';
import { createBancoDoBrasil } from './bancoDoBrasil/client';

/** Every gateway that a carteira can use, by name. */
export const gateways: Readonly<Record<string, Gateway>> = {
  'banco-do-brasil': createBancoDoBrasil(),
};
