import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { counted, number } from '../../parts/format';
import { ProblemNote } from '../../parts/ProblemNote';
import { useTitle } from '../../parts/useTitle';
import { Link, navigate, places, usePlace } from '../../router';
import { useMayAct } from '../../shell/session';
import type { Saved } from '../contas/useSaving';
import { EndOfRun } from './EndOfRun';
import { Keys } from './Keys';
import { OneFailure } from './OneFailure';

/** The failures of a communication one after another, by keyboard alone; what is mended already is passed over. */
export function FailureRun({ batchId }: { batchId: string }) {
  useTitle(`Corrigir falhas da comunicação ${batchId}`);
  const { query } = usePlace();
  const cause = query.get('causa') ?? undefined;
  const after = Number(query.get('depois') ?? 0) || 0;
  const mayAct = useMayAct('operador');
  /** Where one was before, for going back. */
  const [trail, setTrail] = useState<number[]>([]);
  const [told, setTold] = useState('');
  const [keys, setKeys] = useState(false);
  const [turn, setTurn] = useState(0);
  const {
    data: run,
    problem,
    loading,
  } = useLoad(
    (signal) =>
      ask('GET /comunicacoes/{batchId}/falhas/proxima', {
        params: { batchId },
        query: { depois: after, cause },
        signal,
      }),
    [batchId, after, cause, turn],
  );
  const goTo = (depois: number) => {
    navigate(places.corrida(batchId, { causa: cause, depois }), { replace: true });
    // Asked again also where one stands already: what is left may be another one by now.
    setTurn((before) => before + 1);
  };
  const next = (ordinal: number) => {
    setTrail((before) => [...before, after]);
    goTo(ordinal);
  };
  const back = () => {
    const before = trail.at(-1);
    if (before === undefined || loading) return;
    setTrail(trail.slice(0, -1));
    goTo(before);
  };
  const saved = (receivableId: number, { changed, stillWrong, alsoAffected }: Saved) => {
    const also =
      alsoAffected > 0
        ? ` Vale também para ${counted(alsoAffected, 'outro título', 'outros títulos')} do cliente.`
        : '';
    setTold(
      changed.length === 0
        ? `Cobrança ${receivableId}: nada mudou.`
        : stillWrong.length > 0
          ? `Cobrança ${receivableId} salva, ainda com pendência.${also}`
          : `Cobrança ${receivableId} corrigida.${also}`,
    );
  };
  const place = run?.next ?? null;
  const skip = () => {
    if (!place || loading) return;
    setTold('');
    next(place.ordinal);
  };
  const latest = useRef({ skip, back });
  latest.current = { skip, back };
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || document.querySelector('dialog[open]')) return;
      if (event.key === '?') setKeys(true);
      else if (event.key === 'PageDown') latest.current.skip();
      else if (event.key === 'PageUp') latest.current.back();
      else return;
      event.preventDefault();
    };
    // Also while a field has the focus, of which none takes a question mark, or before the next one has it.
    addEventListener('keydown', pressed, true);
    return () => removeEventListener('keydown', pressed, true);
  }, []);

  if (!run) return problem ? <ProblemNote problem={problem} /> : <p class="waiting">Carregando…</p>;
  return (
    <>
      <div class="headline">
        <h1>Corrigir falhas</h1>
        <p class="run-place" role="status">
          {place ? (
            <b>
              {number(place.position)} de {number(run.total)}
            </b>
          ) : null}{' '}
          <span class="hint">
            {counted(run.corrected, 'corrigido', 'corrigidos')},{' '}
            {counted(run.total - run.corrected, 'pendente', 'pendentes')}
          </span>
        </p>
      </div>
      <p class="facts">
        <Link to={places.comunicacao(batchId)}>Comunicação {batchId}</Link>
        {cause === undefined ? null : (
          <span>
            Só as de uma causa. <Link to={places.corrida(batchId)}>Passar por todas</Link>
          </span>
        )}
        <button type="button" class="quiet" onClick={() => setKeys(true)}>
          Teclas: <kbd>?</kbd>
        </button>
      </p>
      <ProblemNote problem={problem} />
      <p class="run-told" role="status">
        {told}
      </p>
      {place ? (
        <OneFailure
          key={`${place.receivableId} ${turn}`}
          {...{ batchId, mayAct }}
          receivableId={place.receivableId}
          onSaved={(answer) => {
            saved(place.receivableId, answer);
            next(place.ordinal);
          }}
          onSkip={skip}
          onBack={trail.length > 0 ? back : undefined}
        />
      ) : (
        <EndOfRun {...{ batchId, run, mayAct }} ofCause={cause !== undefined} onAgain={() => goTo(0)} />
      )}
      {keys ? (
        <Keys
          onClose={() => {
            setKeys(false);
            // Back to where one types, also where the field appeared meanwhile.
            setTimeout(() => document.querySelector<HTMLElement>('.run .guilty :is(input, select)')?.focus());
          }}
        />
      ) : null}
    </>
  );
}
