import { get } from '../../api/client';
import type { HistoryEvent } from '../../api/types';
import { useLoad } from '../../api/useLoad';
import { instant } from '../../parts/format';
import { ProblemNote } from '../../parts/ProblemNote';
import { useTitle } from '../../parts/useTitle';
import { Link, places } from '../../router';
import { fieldLabel } from './fields';

const kinds: Record<string, string> = {
  attempt: 'Tentativa',
  look: 'Consulta ao banco',
  correction: 'Correção',
  action: 'Ação',
  registered: 'Registro',
};

/** A boleto's whole story: each attempt and look with what was said, and who corrected what. */
export function History({ receivableId }: { receivableId: number }) {
  useTitle(`História da cobrança ${receivableId}`);
  const { data, problem } = useLoad(
    (signal) => get<{ events: HistoryEvent[] }>(`/titulos/${receivableId}/historia`, {}, signal),
    [receivableId],
  );
  return (
    <>
      <h1>História da cobrança {receivableId}</h1>
      <p>
        <Link to={places.titulo(receivableId)}>Voltar à cobrança</Link>
      </p>
      <ProblemNote problem={problem} />
      {data?.events.length === 0 ? <p class="empty">Nada aconteceu com esta cobrança ainda.</p> : null}
      <ol class="story">
        {(data?.events ?? []).map((event, index) => (
          <li key={index}>
            <p>
              <time dateTime={event.at}>{instant(event.at)}</time> <b>{kinds[event.kind] ?? event.kind}</b>{' '}
              {event.who ? <span class="hint">{event.who}</span> : null}
            </p>
            <p>{event.text}</p>
            <Differences event={event} />
            <Exchange event={event} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Differences({ event: { before, after } }: { event: HistoryEvent }) {
  if (!before && !after) return null;
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return (
    <ul>
      {names.map((name) => (
        <li key={name}>
          {fieldLabel(name)}: <del>{plain(before?.[name])}</del> → <ins>{plain(after?.[name])}</ins>
        </li>
      ))}
    </ul>
  );
}

function Exchange({ event: { request, response, status } }: { event: HistoryEvent }) {
  if (request == null && response == null) return null;
  return (
    <details>
      <summary>Pedido e resposta{status ? ` (HTTP ${status})` : ''}, dados pessoais encobertos</summary>
      {request == null ? null : <pre tabIndex={0}>{plain(request)}</pre>}
      {response == null ? null : <pre tabIndex={0}>{plain(response)}</pre>}
    </details>
  );
}

function plain(value: unknown): string {
  if (value === null || value === undefined || value === '') return '—';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
