import type { BatchPhase } from '../../../domain/batch/phases';

type Step = 'start' | 'select' | 'communicate' | 'analyse' | 'question' | 'correct' | 'done';
const steps: readonly { id: Step; label: string; kind: 'box' | 'diamond' | 'end' }[] = [
  { id: 'start', label: 'Início', kind: 'end' },
  { id: 'select', label: 'Seleção dos títulos', kind: 'box' },
  { id: 'communicate', label: 'Comunicação com Gateway', kind: 'box' },
  { id: 'analyse', label: 'Análise dos Dados', kind: 'box' },
  { id: 'question', label: 'Necessário Ajustes?', kind: 'diamond' },
  { id: 'correct', label: 'Localizar e corrigir', kind: 'box' },
  { id: 'done', label: 'Fim', kind: 'end' },
];

const present: Record<BatchPhase, Step> = {
  selecting: 'select',
  communicating: 'communicate',
  paused: 'communicate',
  analysing: 'analyse',
  awaitingAdjustments: 'correct',
  concluded: 'done',
};

/** The flowchart of the operator's manual, the present step lit. Whether it is over is said by the badge alone. */
export function Flowchart({ phase, round }: { phase: BatchPhase; round: number }) {
  const lit = present[phase];
  return (
    <ol class="flow" aria-label="Fluxo da comunicação">
      {steps.map(({ id, label, kind }) => (
        <li
          key={id}
          class={`flow-${kind} flow-${id}${id === lit ? ' lit' : ''}`}
          {...(id === lit ? { 'aria-current': 'step' as const } : {})}
        >
          <span>{label}</span>
          {id === 'correct' ? <small>Sim: corrigir e refazer{round > 1 ? ` (rodada ${round})` : ''}</small> : null}
          {id === 'done' ? <small>Não</small> : null}
          {id === 'communicate' && phase === 'paused' ? <small>Pausado</small> : null}
        </li>
      ))}
    </ol>
  );
}
