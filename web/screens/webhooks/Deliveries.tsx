import { useEffect, useState } from 'preact/hooks';
import { deliveryStateLabels, type DeliveryState } from '../../../domain/webhooks';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { counted, instant } from '../../parts/format';
import { Pager, usePages } from '../../parts/Pager';
import { ProblemNote } from '../../parts/ProblemNote';

const PAGE = 50;
/** While something is still to be delivered, the list is asked for again this often. */
const AGAIN_MS = 2_000;
const states = Object.keys(deliveryStateLabels) as DeliveryState[];
const tones = { pending: 'busy', delivered: 'good', failed: 'bad' } as const;

interface DeliveriesProps {
  webhookId: string;
  /** Changes when something was queued. */
  turn: number;
  onAgain(delivery: number): void;
  /** What was to be delivered has ended. */
  onSettled(): void;
}

/** What was delivered, what failed and with which answer; each can be sent again. */
export function Deliveries({ webhookId, turn, onAgain, onSettled }: DeliveriesProps) {
  const [state, setState] = useState<DeliveryState | ''>('');
  const { cursor, ...pager } = usePages(state);
  const { data, problem, loading, reload } = useLoad(
    (signal) =>
      ask('GET /webhooks/{id}/entregas', { params: { id: webhookId }, query: { state, cursor, limit: PAGE }, signal }),
    [webhookId, state, cursor, turn],
  );
  const waits = data?.items.some((delivery) => delivery.state === 'pending') ?? false;
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(reload, AGAIN_MS);
    return () => {
      clearInterval(timer);
      onSettled();
    };
  }, [waits]);
  return (
    <section class="panel" aria-labelledby="entregas" aria-busy={loading}>
      <div class="table-head">
        <h2 id="entregas">Entregas</h2>
        <label>
          <span>Mostrar</span>
          <select value={state} onChange={(event) => setState(event.currentTarget.value as DeliveryState | '')}>
            <option value="">todas</option>
            {states.map((each) => (
              <option key={each} value={each}>
                {deliveryStateLabels[each].toLowerCase()}
              </option>
            ))}
          </select>
        </label>
      </div>
      <ProblemNote problem={problem} />
      <ol class="story">
        {(data?.items ?? []).map((delivery) => (
          <li key={delivery.id}>
            <p>
              <time dateTime={delivery.createdAt}>{instant(delivery.createdAt)}</time> <b>{delivery.typeLabel}</b>{' '}
              <span class={`badge badge-${tones[delivery.state]}`}>{delivery.stateLabel}</span>{' '}
              <span class="hint">{counted(delivery.tries, 'tentativa', 'tentativas')}</span>{' '}
              {delivery.state === 'pending' ? null : (
                <button
                  type="button"
                  class="small"
                  aria-label={`Reenviar o aviso ${delivery.eventId}`}
                  onClick={() => onAgain(delivery.id)}
                >
                  Reenviar
                </button>
              )}
            </p>
            {delivery.state === 'pending' && delivery.nextAt && delivery.tries > 0 ? (
              <p class="hint">Próxima tentativa: {instant(delivery.nextAt)}</p>
            ) : null}
            <details>
              <summary>Aviso e respostas</summary>
              <pre tabIndex={0}>{JSON.stringify(delivery.data, null, 2)}</pre>
              <ul>
                {delivery.attempts.map((attempt) => (
                  <li key={attempt.at}>
                    {instant(attempt.at)}: {attempt.failureLabel ?? 'Entregue'}
                    {attempt.httpStatus === null ? '' : ` (HTTP ${attempt.httpStatus})`}
                    {attempt.answer ? (
                      <>
                        {' '}
                        <q>{attempt.answer}</q>
                      </>
                    ) : null}
                  </li>
                ))}
              </ul>
            </details>
          </li>
        ))}
        {data?.items.length === 0 ? <li class="empty">Nenhuma entrega ainda: mande um aviso de teste.</li> : null}
      </ol>
      <Pager {...pager} next={data?.next ?? null} />
    </section>
  );
}
