import { useEffect, useRef } from 'preact/hooks';
import { useSession } from '../shell/session';
import { keep, takeKept } from '../shell/keptText';

/**
 * Text that was typed and not saved outlives the end of the session, also a reload of the page while nobody is signed
 * in: in this tab, for the same person, once.
 * @param place what the text is about
 */
export function useKept(
  place: string,
  typed: Record<string, string>,
  restore: (typed: Record<string, string>) => void,
): void {
  const { id } = useSession();
  const latest = useRef(typed);
  latest.current = typed;
  useEffect(() => {
    const kept = takeKept(id, place);
    if (kept) restore(kept);
    return keep(id, place, () => latest.current);
  }, [id, place]);
}
