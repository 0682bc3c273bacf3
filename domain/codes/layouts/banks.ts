import { bancoDoBrasil } from './bancoDoBrasil';
import { banrisul } from './banrisul';
import { bradesco } from './bradesco';
import { caixa } from './caixa';
import { inter } from './inter';
import { itau } from './itau';
import type { BankLayout } from './layout';
import { safra } from './safra';
import { santander } from './santander';
import { sicoob } from './sicoob';
import { sicredi } from './sicredi';

/** The banks whose campo livre we know, by COMPE code. */
export const bankLayouts: ReadonlyMap<string, BankLayout> = new Map(
  [bancoDoBrasil, santander, banrisul, inter, caixa, bradesco, itau, safra, sicredi, sicoob].map((bank) => [
    bank.code,
    bank,
  ]),
);
