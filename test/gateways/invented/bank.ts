import type { TestBank } from '../../kit/banks';
import { createInvented } from './client';
import { startInvented } from './simulator';

export const bancoInventado: TestBank = {
  createGateway: createInvented,
  start: ({ stateFolder, readCacheMs }) => startInvented(stateFolder, readCacheMs),
  carteira: { convenio: '', code: '', variation: '' },
};
