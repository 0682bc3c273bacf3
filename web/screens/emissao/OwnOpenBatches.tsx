import { useEffect } from 'preact/hooks';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { Link, places } from '../../router';
import { useSession } from '../../shell/session';

/** What was started a moment before this screen opened may be in the record only now. */
const AGAIN_MS = 3_000;

/** Somebody who reloads after pressing the button learns that it has started. @param carteiraId null: of any */
export function OwnOpenBatches({ carteiraId }: { carteiraId: number | null }) {
  const { id } = useSession();
  const { data, reload } = useLoad(
    (signal) => ask('GET /comunicacoes', { query: { open: true, carteiraId }, signal }),
    [carteiraId],
  );
  useEffect(() => {
    const timer = setTimeout(reload, AGAIN_MS);
    return () => clearTimeout(timer);
  }, [carteiraId]);
  const own = (data?.items ?? []).filter(
    ({ requestedBy, carteiraId: of }) => requestedBy === id && (carteiraId === null || of === carteiraId),
  );
  if (own.length === 0) return null;
  return (
    <div class="note" role="status">
      {own.map(({ batchId, phaseLabel }) => (
        <p key={batchId}>
          Sua comunicação <Link to={places.comunicacao(batchId)}>{batchId}</Link> está em andamento ({phaseLabel}).
        </p>
      ))}
    </div>
  );
}
