import { useEffect, useState } from 'preact/hooks';
import type { TodayLine } from '../../../contract/today';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { ProblemNote } from '../../parts/ProblemNote';
import { ReasonDialog } from '../../parts/ReasonDialog';
import { useTitle } from '../../parts/useTitle';
import { Link } from '../../router';
import { useMayAct } from '../../shell/session';

/** It stays open on somebody's desk all day. */
const AGAIN_MS = 60_000;
/** Nobody sits at it: it asks no more, so that the session ends as any other that is not used. */
const LEFT_MS = 10 * 60_000;

/** The first screen: what needs a person now, each line one press away from where it is mended. */
export function Today() {
  useTitle('Hoje');
  const { data, problem, loading, reload } = useLoad((signal) => ask('GET /hoje', { signal }), []);
  const [settling, setSettling] = useState<TodayLine>();
  useEffect(() => {
    let touchedAt = Date.now();
    const touched = () => void (touchedAt = Date.now());
    const timer = setInterval(() => Date.now() - touchedAt < LEFT_MS && reload(), AGAIN_MS);
    const events = ['pointermove', 'keydown'] as const;
    for (const event of events) addEventListener(event, touched);
    return () => {
      clearInterval(timer);
      for (const event of events) removeEventListener(event, touched);
    };
  }, []);
  const lines = data?.items ?? [];
  const kinds = [...new Set(lines.map(({ kind }) => kind))];
  return (
    <div class="today" aria-busy={loading}>
      <h1>Hoje</h1>
      <ProblemNote problem={problem} />
      {data === undefined && !problem ? <p class="waiting">Carregando…</p> : null}
      {data && lines.length === 0 ? (
        <p class="note note-good" role="status">
          Tudo em dia: nada precisa de uma pessoa agora.
        </p>
      ) : null}
      {kinds.map((kind) => (
        <Group key={kind} lines={lines.filter((line) => line.kind === kind)} onSettle={setSettling} />
      ))}
      {settling ? (
        <ReasonDialog
          title="Alerta conferido"
          verb="Dar por conferido"
          reason="required"
          onConfirm={async (reason) => {
            const { alertId } = settling;
            if (alertId !== null)
              await ask('POST /hoje/alertas/{id}/conferido', { params: { id: alertId }, body: { reason } });
            reload();
          }}
          onClose={() => setSettling(undefined)}
        >
          <p>{settling.words}</p>
          <p>O alerta sai de Hoje para todos. Nada é enviado ao banco.</p>
        </ReasonDialog>
      ) : null}
    </div>
  );
}

function Group({ lines, onSettle }: { lines: TodayLine[]; onSettle(line: TodayLine): void }) {
  const maySettle = useMayAct('operador');
  const [first] = lines;
  if (!first) return null;
  return (
    <section class="panel" aria-labelledby={`hoje-${first.kind}`}>
      <h2 id={`hoje-${first.kind}`}>{first.kindLabel}</h2>
      <ul>
        {lines.map((line) => (
          <li key={`${line.to} ${line.words}`}>
            <Link to={line.to}>{line.words}</Link>
            {line.alertId !== null && maySettle ? (
              <button type="button" aria-label={`Já conferi o alerta ${line.alertId}`} onClick={() => onSettle(line)}>
                Já conferi
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
