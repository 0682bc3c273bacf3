import { compe001 } from './compe001';
import { compe033 } from './compe033';
import { compe041 } from './compe041';
import { compe077 } from './compe077';
import { compe104 } from './compe104';
import { compe237 } from './compe237';
import { compe341 } from './compe341';
import { compe422 } from './compe422';
import { compe748 } from './compe748';
import { compe756 } from './compe756';
import type { BankLayout } from './layout';

/** The banks whose campo livre we know, by COMPE code; their names are in gateways/banks.ts. */
export const bankLayouts: ReadonlyMap<string, BankLayout> = new Map(
  [compe001, compe033, compe041, compe077, compe104, compe237, compe341, compe422, compe748, compe756].map((bank) => [
    bank.code,
    bank,
  ]),
);
