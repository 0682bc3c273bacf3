/**
 * Where one título of a batch stands. The same words are the column batch_item.state, the API and docs/states.md.
 * An item with `due_at` is the machine's to move on; without it, it is finished or waits for a person.
 */
export const itemStates = [
  'pending',
  'sending',
  'deferred',
  'unconfirmed',
  'inProgress',
  'registered',
  'rejected',
  'conflict',
  'discarded',
  'skipped',
] as const;
export type ItemState = (typeof itemStates)[number];

/** What the operator reads. */
export const itemLabels: Record<ItemState, string> = {
  pending: 'Na fila',
  sending: 'Enviando',
  deferred: 'Falha temporária',
  unconfirmed: 'Resultado incerto',
  inProgress: 'Em processamento no banco',
  registered: 'Registrado',
  rejected: 'Rejeitado (dados)',
  conflict: 'Divergência no banco',
  discarded: 'Descartado',
  skipped: 'Não enviado',
};

/** The registration of one título at its bank. `draft` has its numbers and nothing unresolved; `superseded` and `cancelled` are history. */
export const boletoStates = [
  'draft',
  'sending',
  'unconfirmed',
  'inProgress',
  'registered',
  'conflict',
  'superseded',
  'cancelled',
] as const;
export type BoletoState = (typeof boletoStates)[number];

/**
 * How a call that may register ended, once known for certain. An attempt without a resolution is unresolved:
 * no other payload leaves for its boleto.
 * - registered: the bank has it, by its answer or by a look
 * - refused: the bank read it and said no
 * - notSent: not one byte left us, or the answer proves that it was not processed
 * - absent: looked for after it could still arrive, and not there
 * - unproven: no look could tell; the same number may be sent again, where the bank takes each number once
 * - conflict: under our number the bank has something else, or something dead, or codes that do not agree
 */
export const resolutions = ['registered', 'refused', 'notSent', 'absent', 'unproven', 'conflict'] as const;
export type Resolution = (typeof resolutions)[number];

/** The states from which a person may act on an item: it failed, or nobody can tell. */
export const failureStates = [
  'rejected',
  'unconfirmed',
  'conflict',
  'deferred',
] as const satisfies readonly ItemState[];
