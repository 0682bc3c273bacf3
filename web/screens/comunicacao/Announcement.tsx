import { useEffect, useRef, useState } from 'preact/hooks';
import type { Batch } from '../../../contract/batch';
import { counted, number } from '../../parts/format';

/** A screen reader is told the progress this often, and each phase at once. */
const SAYS_EVERY_MS = 10_000;

export function Announcement({ batch }: { batch: Batch }) {
  const [said, setSaid] = useState('');
  const latest = useRef(batch);
  latest.current = batch;
  useEffect(() => {
    const say = () => setSaid(sentence(latest.current));
    say();
    const timer = setInterval(say, SAYS_EVERY_MS);
    return () => clearInterval(timer);
  }, [batch.phase]);
  return (
    <p class="unseen" role="status" aria-live="polite">
      {said}
    </p>
  );
}

function sentence({ phase, phaseLabel, counts: { total, byState } }: Batch): string {
  const failed = byState.rejected + byState.unconfirmed + byState.conflict;
  const counts = `${number(byState.registered)} de ${counted(total, 'título registrado', 'títulos registrados')}, ${counted(failed, 'falha', 'falhas')}.`;
  // The end is told by its numbers: the word itself is the badge's, and is found once on the screen.
  return phase === 'concluded' ? `Terminou: ${counts}` : `${phaseLabel}: ${counts}`;
}
