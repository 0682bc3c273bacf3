/** Where a batch is in the flowchart: the search attribute BoletoPhase, the column batch.phase, the API and the screens. */
export const batchPhases = [
  'selecting',
  'communicating',
  'analysing',
  'awaitingAdjustments',
  'paused',
  'concluded',
] as const;
export type BatchPhase = (typeof batchPhases)[number];

/** What the operator reads. */
export const phaseLabels: Record<BatchPhase, string> = {
  selecting: 'Selecionando',
  communicating: 'Comunicando com o gateway',
  analysing: 'Analisando',
  awaitingAdjustments: 'Aguardando ajustes',
  paused: 'Pausado',
  concluded: 'Concluído',
};

/** Codes of a pause that only a change of the carteira or of its account ends: for that they may be changed meanwhile. */
export const configurationPauses: readonly string[] = ['config', 'numbering'];
