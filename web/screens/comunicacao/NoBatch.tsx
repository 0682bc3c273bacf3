import { useEffect } from 'preact/hooks';
import type { ApiProblem } from '../../api/client';
import { ProblemNote } from '../../parts/ProblemNote';

const AGAIN_MS = 3_000;
const NOT_FOUND = 404;

/** Before there is anything to show. One that was started a moment ago appears by itself. */
export function NoBatch({ problem, onAgain }: { problem: ApiProblem | undefined; onAgain(): void }) {
  const isUnknown = problem?.status === NOT_FOUND;
  useEffect(() => {
    if (!isUnknown) return;
    const timer = setInterval(onAgain, AGAIN_MS);
    return () => clearInterval(timer);
  }, [isUnknown]);
  if (!problem) return <p class="waiting">Carregando…</p>;
  if (!isUnknown) return <ProblemNote problem={problem} />;
  return (
    <div class="note note-warn" role="alert">
      <strong>Esta comunicação não existe, ou aparece em alguns segundos.</strong> Se acabou de ser pedida, espere: esta
      janela procura de novo sozinha. Senão, confira o número.
    </div>
  );
}
