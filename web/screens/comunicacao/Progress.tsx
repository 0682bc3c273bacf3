import type { Batch } from '../../../contract/batch';
import { itemLabels, itemStates, type ItemState } from '../../../domain/boleto/states';
import { waited, useIdleSeconds } from './useIdleSeconds';
import { pendingOf } from './whatHelps';
import { allowanceText, counted, number, whenAbout } from '../../parts/format';

interface ProgressProps {
  batch: Batch;
  states: readonly ItemState[];
  onState(state: ItemState): void;
}

/** Live counts by state, each of which filters the table; rate, allowance and estimated end. */
export function Progress({ batch, states, onState }: ProgressProps) {
  const { counts, allowance, ratePerMinute, estimatedEndAt, phase } = batch;
  const { total, byState } = counts;
  const ended = byState.registered + byState.discarded + byState.skipped;
  const idleSeconds = useIdleSeconds(batch);
  const shown = itemStates.filter((state) => byState[state] > 0 || state === 'registered');
  return (
    <section class="panel" aria-label="Andamento">
      <div class="bar">
        <progress max={Math.max(1, total)} value={byState.registered} aria-label="Boletos registrados" />
        <span>
          <b>{number(byState.registered)}</b> de {counted(total, 'título registrado', 'títulos registrados')}
        </span>
      </div>
      <ul class="counts">
        {shown.map((state) => (
          <li key={state}>
            <button
              type="button"
              aria-pressed={states.includes(state)}
              class={`count count-${state}`}
              onClick={() => onState(state)}
            >
              <b>{number(byState[state])}</b> <span>{itemLabels[state]}</span>
            </button>
            {state === 'rejected' && byState.rejected > 0 && phase !== 'concluded' ? (
              <small class="sum">
                = {counted(counts.corrected, 'corrigido', 'corrigidos')} +{' '}
                {counted(pendingOf(counts), 'pendente', 'pendentes')}
              </small>
            ) : null}
          </li>
        ))}
        {counts.withoutPix ? (
          <li class="count count-plain">
            <b>{number(counts.withoutPix)}</b> <span>Registrado sem Pix</span>
          </li>
        ) : null}
        {counts.reconciled > 0 ? (
          <li class="count count-plain">
            <b>{number(counts.reconciled)}</b> <span>Confirmado por consulta</span>
          </li>
        ) : null}
      </ul>
      <p class="facts">
        {phase === 'communicating' ? (
          <span>{counted(Math.round(ratePerMinute), 'boleto', 'boletos')} no último minuto</span>
        ) : null}
        {allowance ? <span>Limite do gateway: {allowanceText(allowance)}</span> : null}
        {idleSeconds !== null ? (
          <span class="standstill" role="status">
            <b>Parado há {waited(idleSeconds)}</b>: nenhum resultado chega. Segue sozinho quando o sistema voltar a
            enviar.
          </span>
        ) : null}
        {estimatedEndAt && idleSeconds === null && phase === 'communicating' && ended < total ? (
          <span>
            Término previsto: <b>{whenAbout(estimatedEndAt)}</b>
          </span>
        ) : null}
        <span>Rodada {number(Math.max(1, batch.round))}</span>
      </p>
    </section>
  );
}
