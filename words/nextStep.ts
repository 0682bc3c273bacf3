import type { BatchPhase } from '../domain/batch/phases';
import type { ItemState } from '../domain/boleto/states';

export interface StandingBatch {
  phase: BatchPhase;
  concluding: boolean;
  pauseReason: string | null;
  byState: Record<ItemState, number>;
  corrected: number;
}

/** What a person can do about a batch now, in the words of the screens. */
export function nextStep({ phase, concluding, pauseReason, byState, corrected }: StandingBatch): string {
  if (concluding && phase !== 'concluded')
    return 'Concluindo: nada mais é enviado, e os resultados incertos são procurados no banco. Nada a fazer.';
  switch (phase) {
    case 'selecting':
    case 'communicating':
    case 'analysing':
      if (pauseReason !== null) return 'Pausando: nada novo sai, e o que já foi enviado ainda é respondido.';
      return 'Nada a fazer: o sistema trabalha sozinho, também com a janela fechada.';
    case 'paused':
      return `${pauseText(pauseReason)} ${pauseAdvice[pauseReason ?? ''] ?? 'Retome quando quiser.'}`;
    case 'concluded':
      if (Object.values(byState).every((count) => count === 0))
        return 'Nenhum título selecionado: nada foi comunicado. Confira os filtros e o que ficou fora da seleção.';
      return 'Concluída. O que ficou sem registro continua com Impresso = Não, e outra comunicação pode selecioná-lo.';
    case 'awaitingAdjustments':
      return adjustments(byState, corrected);
  }
}

/** The reason is a code: one of the machine's, or whatever the person gave who asked for it. */
export function pauseText(code: string | null): string {
  return pauseTexts[code ?? ''] ?? 'Pausada a pedido de uma pessoa.';
}

const pauseTexts: Partial<Record<string, string>> = {
  config: 'Pausada por causa da configuração da carteira ou da conta no banco.',
  sliceFailed: 'Pausada porque um envio falhou no sistema.',
  numbering: 'Pausada porque o banco tem números deste convênio que este registro não deu.',
};
const pauseAdvice: Partial<Record<string, string>> = {
  config: 'Confira a carteira e a sua conta, teste-a, e retome.',
  sliceFailed: 'Mostre o registro do worker a quem cuida do sistema, e retome.',
  numbering: 'Confira o banco na carteira (o alerta diz como), e retome.',
};

function adjustments(byState: Record<ItemState, number>, corrected: number): string {
  const uncertain = byState.unconfirmed + byState.inProgress;
  const steps = [
    ...(corrected > 0 ? ['Refaça a comunicação dos corrigidos.'] : []),
    ...(byState.rejected > corrected ? ['Corrija os títulos rejeitados e refaça a comunicação.'] : []),
    ...(byState.deferred > 0 ? ['Refaça a comunicação dos que tiveram falha temporária.'] : []),
    ...(uncertain > 0 ? ['Reexamine os resultados incertos, ou decida-os em Resolver.'] : []),
    ...(byState.conflict > 0 ? ['Decida as divergências no banco em Resolver.'] : []),
  ];
  return [...steps, steps.length === 0 ? 'Conclua a comunicação.' : 'Ou conclua como está.'].join(' ');
}
