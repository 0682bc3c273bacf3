import { explainStillWrong } from '../words/explainStillWrong';
import { tellCorrected } from '../client/tellCorrected';
import type { RefusedTitulo } from '../record/receivables/bulkCorrections';
import type { FieldRefusal } from '../record/receivables/correctionFields';
import { visibleBatchIds } from '../record/access/visibility';
import { STILL_WRONG_LABEL } from '../domain/receivable/receivableStates';
import type { StillWrong } from '../domain/receivable/stillWrong';
import type { Actor } from './access/actor';
import { viewerOf } from './access/viewer';
import type { ApiDeps } from './deps';
import { Problem } from './problem';

/** Wakes the batches; of those that are not the actor's, too, nothing is told. */
export async function tellBatches(
  { knex, temporal }: ApiDeps,
  actor: Actor,
  batches: readonly { batchId: string; receivableId: number }[],
): Promise<{ batches: string[]; untold: string[] }> {
  const [untold, seen] = await Promise.all([
    tellCorrected(() => Promise.resolve(temporal), batches),
    visibleBatchIds(
      knex,
      batches.map(({ batchId }) => batchId),
      viewerOf(actor),
    ),
  ]);
  return {
    batches: batches.map(({ batchId }) => batchId).filter((id) => seen.has(id)),
    untold: untold.filter((id) => seen.has(id)),
  };
}

export function invalidCorrection(refusals: readonly FieldRefusal[]): Problem {
  return new Problem(422, 'correcao_invalida', 'A correção não serve; nada foi alterado.', {
    hint: 'Corrija os campos apontados e repita.',
    fields: refusals.map(({ field, message }) => ({ field, message })),
  });
}

export const CLOSED = {
  code: 'titulo_encerrado',
  title: 'O título foi recebido ou cancelado: os dados da cobrança não mudam mais.',
};
/** What a correction left wrong, as answers tell it. */
export function stillWrongTold(wrong: readonly StillWrong[], address: 'main' | 'billing') {
  const stillWrong = wrong.map((each) => explainStillWrong(each, address));
  return {
    stillWrong,
    stillWrongText:
      stillWrong.length === 0
        ? null
        : `${STILL_WRONG_LABEL}: não conta como corrigido. ${stillWrong.map(({ cause, advice }) => `${cause} ${advice}`).join(' ')}`,
  };
}

export const WAITS =
  'A correção espera: uma chamada deste título ainda não tem fim certo, e nada mais é enviado até ter.';

const labels: Record<RefusedTitulo['reason'], string> = {
  foraDaComunicacao: 'não faz parte desta comunicação',
  closed: 'foi recebido ou cancelado',
  invalid: 'os valores não servem para este título',
  semProposta: 'não se sabe que valor o campo devia ter',
  stillWrong: 'a prévia recusaria este título também com o valor novo',
};

export function labelledRefusals(refused: readonly RefusedTitulo[]) {
  return refused.map((each) => ({ ...each, label: labels[each.reason] }));
}
