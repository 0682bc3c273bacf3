/** What the ERP hands over, a row each. */
export const importTypes = ['filial', 'carteira', 'cliente', 'titulo'] as const;
export type ImportType = (typeof importTypes)[number];

/** How far an import that came over HTTP is; one vocabulary for column, query, API and docs. */
export const importStates = ['waiting', 'running', 'done', 'refused', 'unreadable'] as const;
export type ImportState = (typeof importStates)[number];

export const importStateLabels: Record<ImportState, string> = {
  waiting: 'Na fila',
  running: 'Importando',
  done: 'Concluída',
  // With tudo-ou-nada: something did not fit, so nothing was taken.
  refused: 'Recusada: nada foi importado',
  unreadable: 'Ilegível: nada foi importado',
};

/** Rows of one call; more is a second call. */
export const MAX_ROWS_A_CALL = 50_000;
/** Of one call's body: twice what 50,000 long rows take. */
export const MAX_BYTES_A_CALL = 64 * 1024 * 1024;

/** Input and answer of the workflow: ids and counts alone. */
export interface ImportWorkflowInput {
  importId: string;
}
export interface ImportProgress {
  state: ImportState;
  lines: number;
  new: number;
  changed: number;
  unchanged: number;
  /** Lines that were not taken. */
  refused: number;
}
