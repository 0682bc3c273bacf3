import { itemLabels, type ItemState } from '../../../domain/boleto/states';

/** As a filter calls them: of many. The singular is of one row, and of the counters. */
export const statePlurals: Record<ItemState, string> = {
  ...itemLabels,
  deferred: 'Falhas temporárias',
  unconfirmed: 'Resultados incertos',
  registered: 'Registrados',
  rejected: 'Rejeitados (dados)',
  conflict: 'Divergências no banco',
  discarded: 'Descartados',
  skipped: 'Não enviados',
};
