import { get } from '../../api/client';
import type { HistoryEvent } from '../../api/types';
import { useLoad } from '../../api/useLoad';
import { BankWords } from '../../parts/BankWords';
import { instant, number } from '../../parts/format';
import { ProblemNote } from '../../parts/ProblemNote';
import { useTitle } from '../../parts/useTitle';
import { Link, places } from '../../router';
import { fieldLabel } from './fields';

const kinds: Record<HistoryEvent['kind'], string> = {
  selected: 'Seleção',
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
              <time dateTime={event.at}>{instant(event.at)}</time> <b>{kinds[event.kind]}</b>{' '}
              {event.who ? <span class="hint">{event.who}</span> : null}
            </p>
            <p>
              {event.text}{' '}
              {event.batchId ? <Link to={places.comunicacao(event.batchId)}>comunicação {event.batchId}</Link> : null}
            </p>
            <BankWords code={event.code} message={event.message} />
            {event.reason ? <p>Motivo: {event.reason}</p> : null}
            <Differences event={event} />
            <Exchange event={event} />
          </li>
        ))}
      </ol>
    </>
  );
}

/** What a correction changed, by the ERP's names. */
function Differences({ event }: { event: HistoryEvent }) {
  const [before, after] = [fieldsOf(event.before), fieldsOf(event.after)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  if (names.length === 0) return null;
  return (
    <ul>
      {names.map((name) => (
        <li key={name}>
          {fieldLabel(name)}: {name in before ? <del>{plain(before[name])}</del> : null} {name in before ? '→ ' : ''}
          <ins>{plain(after[name])}</ins>
        </li>
      ))}
    </ul>
  );
}

function Exchange({ event: { request, response, status, durationMs } }: { event: HistoryEvent }) {
  if (request === null && response === null) return null;
  return (
    <details>
      <summary>
        Pedido e resposta{status === null ? '' : ` · HTTP ${status}`}
        {durationMs === null ? '' : ` · ${number(durationMs)} ms`}
      </summary>
      {request === null ? null : <pre tabIndex={0}>{indented(request)}</pre>}
      {response === null ? null : <pre tabIndex={0}>{indented(response)}</pre>}
    </details>
  );
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function plain(value: unknown): string {
  if (value === null || value === undefined || value === '') return '—';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Banks answer JSON on one line, mostly. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
