import { useState } from 'preact/hooks';
import type { HistoryEvent } from '../../../contract/story';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem, useLoad } from '../../api/useLoad';
import { BankWords } from '../../parts/BankWords';
import { Differences } from '../../parts/Differences';
import { instant, number } from '../../parts/format';
import { personWords } from '../../parts/personWords';
import { ProblemNote } from '../../parts/ProblemNote';
import { useTitle } from '../../parts/useTitle';
import { Link, places } from '../../router';
import { useMayAct } from '../../shell/session';
import { fieldWords, valueWords } from '../auditoria/words';

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
  const administrator = useMayAct('administrador');
  const { data, problem, reload } = useLoad(
    (signal) => ask('GET /titulos/{id}/historia', { params: { id: receivableId }, signal }),
    [receivableId],
  );
  return (
    <>
      <h1>História da cobrança {receivableId}</h1>
      <p>
        <Link to={places.titulo(receivableId)}>Voltar à cobrança</Link>
        {administrator ? (
          <>
            {' · '}
            <Link to={places.auditoriaDe('receivable', String(receivableId))}>Auditoria desta cobrança</Link>
          </>
        ) : null}
      </p>
      <ProblemNote problem={problem} />
      {data?.events.length === 0 ? <p class="empty">Nada aconteceu com esta cobrança ainda.</p> : null}
      <ol class="story">
        {(data?.events ?? []).map((event, index) => (
          <li key={index}>
            <p>
              <time dateTime={event.at}>{instant(event.at)}</time> <b>{kinds[event.kind]}</b>{' '}
              {event.who ? <span class="hint">{personWords(null, event.who)}</span> : null}
            </p>
            <p>
              {event.text}{' '}
              {event.batchId ? <Link to={places.comunicacao(event.batchId)}>comunicação {event.batchId}</Link> : null}
            </p>
            <BankWords code={event.code} message={event.message} />
            {event.reason ? <p>Motivo: {valueWords(event.reason, 'reason')}</p> : null}
            <Differences before={event.before} after={event.after} label={fieldWords} words={valueWords} />
            <Undo receivableId={receivableId} undo={event.undo} onDone={reload} />
            <Exchange event={event} />
          </li>
        ))}
      </ol>
    </>
  );
}

/** A correction that nobody changed since: for this título, and where it was one of many, for all of them. */
function Undo({ receivableId, undo, onDone }: { receivableId: number; undo: HistoryEvent['undo']; onDone(): void }) {
  const [problem, setProblem] = useState<ApiProblem>();
  if (!undo) return null;
  const { entryId, correctionId, others } = undo;
  const run = (work: Promise<unknown>) => {
    setProblem(undefined);
    work.then(onDone, (error: unknown) => setProblem(asProblem(error)));
  };
  return (
    <>
      <div class="buttons">
        <button
          type="button"
          onClick={() =>
            run(
              ask('POST /titulos/{id}/correcoes/{entrada}/desfazer', {
                params: { id: receivableId, entrada: entryId },
              }),
            )
          }
        >
          Desfazer{correctionId === null ? '' : ' só nesta cobrança'}
        </button>
        {correctionId === null ? null : (
          <button
            type="button"
            onClick={() => run(ask('POST /correcoes/{id}/desfazer', { params: { id: correctionId } }))}
          >
            Desfazer em todas ({number(others + 1)})
          </button>
        )}
      </div>
      <ProblemNote problem={problem} />
    </>
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

/** Banks answer JSON on one line, mostly. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
