import { useEffect, useRef, useState } from 'preact/hooks';
import type { Batch } from '../../api/types';
import { counted } from '../../parts/format';

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

function sentence({ phaseLabel, counts: { total, byState } }: Batch): string {
  const failed = byState.rejected + byState.unconfirmed + byState.conflict;
  return `${phaseLabel}: ${byState.registered} de ${counted(total, 'título', 'títulos')}, ${counted(failed, 'falha', 'falhas')}.`;
}
