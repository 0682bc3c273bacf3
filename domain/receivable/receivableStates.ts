import { itemLabels, itemStates } from '../boleto/states';

/**
 * Where one título stands as Contas a Receber shows it: in its live batch if one has it, else by its boleto, else by
 * its own status.
 */
export const receivableStates = [
  'notCommunicated',
  ...itemStates.filter((state) => state !== 'discarded' && state !== 'skipped'),
  'communicatedBefore',
  'earlierBoleto',
  'overdue',
  'paid',
  'cancelled',
] as const;
export type ReceivableState =
  | 'notCommunicated'
  | Exclude<(typeof itemStates)[number], 'discarded' | 'skipped'>
  | 'communicatedBefore'
  | 'earlierBoleto'
  | 'overdue'
  | 'paid'
  | 'cancelled';

/** What the operator reads. */
export const receivableLabels: Record<ReceivableState, string> = {
  ...itemLabels,
  notCommunicated: 'Não comunicado',
  communicatedBefore: 'Comunicado em outro sistema',
  earlierBoleto: 'Com boleto de outro sistema',
  overdue: 'Vencido sem registro',
  paid: 'Recebido',
  cancelled: 'Cancelado',
};

/** A rejected título that was changed since, in lists and events. */
export const CORRECTED_LABEL = 'Corrigido';
/** Changed since, and to be refused again as it is now. */
export const STILL_WRONG_LABEL = 'Ainda com pendência';
