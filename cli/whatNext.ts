import { pauseReasonText } from './pauseReason';
import type { Progress } from './progressLine';
import { counted } from '../words/text';

/** What a person can do about a batch that waits or ended, for the end of `acompanhar` and `comunicacao`. */
export function whatNext(
  batch: Pick<Progress, 'batchId' | 'phase' | 'byState' | 'pauseReason' | 'concluding'>,
): string {
  const { batchId, phase, byState } = batch;
  switch (phase) {
    case 'concluded':
      return [
        `Comunicação concluída: ${counted(byState.registered, 'boleto registrado', 'boletos registrados')}.`,
        ...withoutRegistration(byState),
      ].join('\n');
    case 'paused':
      return [
        `Comunicação pausada: ${pauseReasonText(batch.pauseReason)}.`,
        `Para continuar: boletos retomar ${batchId}`,
      ].join('\n');
    case 'awaitingAdjustments': {
      const lines = ['Aguardando ajustes.'];
      lines.push(`Veja o que falhou:         boletos comunicacao ${batchId} --falhas`);
      if (byState.rejected > 0)
        lines.push(
          `Corrija cada título:       boletos corrigir TITULO --campo …`,
          `Refaça só os corrigidos:   boletos recomunicar ${batchId} --somente-corrigidos`,
        );
      if (byState.deferred > 0) lines.push(`Tente de novo os demais:   boletos recomunicar ${batchId} --todos`);
      if (byState.unconfirmed + byState.conflict + byState.inProgress > 0)
        lines.push(
          `Consulte os incertos:      boletos reexaminar ${batchId}`,
          `Ou decida por eles:        boletos resolver ${batchId} --titulo N --decisao …`,
        );
      return [...lines, `Para encerrar:             boletos concluir ${batchId}`].join('\n');
    }
    default:
      return `Para acompanhar: boletos acompanhar ${batchId}`;
  }
}

/** An ended batch keeps the state in which it left each título; what it did not register is not lost. */
function withoutRegistration(byState: Progress['byState']): string[] {
  const others = Object.values(byState).reduce((sum, number) => sum + number, 0) - byState.registered;
  if (others === 0) return [];
  return [
    `${counted(others, 'título ficou sem registro e continua', 'títulos ficaram sem registro e continuam')} Impresso = Não: outra comunicação pode selecionar de novo o que ainda está em aberto.`,
  ];
}
