import { pauseReasonText } from './pauseReason';
import type { Progress } from './progressLine';
import { counted } from './text';

/** What a person can do about a batch that waits or ended, for the end of `acompanhar` and `comunicacao`. */
export function whatNext(
  batch: Pick<Progress, 'batchId' | 'phase' | 'byState' | 'pauseReason' | 'concluding'>,
): string {
  const { batchId, phase, byState } = batch;
  switch (phase) {
    case 'concluded':
      return `Comunicação concluída: ${counted(byState.registered, 'boleto registrado', 'boletos registrados')}.`;
    case 'paused':
      return [
        `Comunicação pausada: ${pauseReasonText(batch.pauseReason)}.`,
        `Para continuar: boletos retomar ${batchId}`,
      ].join('\n');
    case 'awaitingAdjustments': {
      const lines = ['Aguardando ajustes.'];
      if (byState.rejected > 0)
        lines.push(
          `Veja o que falhou:         boletos comunicacao ${batchId} --falhas`,
          `Corrija cada título:       boletos corrigir TITULO --campo …`,
          `Refaça só os corrigidos:   boletos recomunicar ${batchId} --somente-corrigidos`,
        );
      if (byState.unconfirmed + byState.conflict + byState.inProgress > 0)
        lines.push(`Consulte os incertos:      boletos reexaminar ${batchId}`);
      return [...lines, `Para encerrar:             boletos concluir ${batchId}`].join('\n');
    }
    default:
      return `Para acompanhar: boletos acompanhar ${batchId}`;
  }
}
