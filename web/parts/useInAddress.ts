import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { navigate, usePlace } from '../router';

/** Browsers take only so many changes of the address in a row. */
const RESTS_MS = 200;

interface AddressOf<Typed> {
  path: string;
  read(query: URLSearchParams): Typed;
  /** '' = nothing is said. */
  write(typed: Typed): string;
}

export const withSearch = (path: string, query: string): string => (query === '' ? path : `${path}?${query}`);

/** What is typed into a screen, kept in the address too: reloading, Back and a shared link find it again. */
export function useInAddress<Typed>({
  path,
  read,
  write,
}: AddressOf<Typed>): [Typed, (change: (before: Typed) => Typed) => void] {
  const { query } = usePlace();
  const [typed, setTyped] = useState(() => read(query));
  const there = query.toString();
  const written = useRef(there);
  // A layout effect, since others are cleaned up only after the next screen is painted: by then the timer may have
  // brought the address of this one back.
  useLayoutEffect(() => {
    const wanted = write(typed);
    const timer = setTimeout(() => {
      if (wanted === written.current) return;
      written.current = wanted;
      navigate(withSearch(path, wanted), { replace: true });
    }, RESTS_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    // Somebody went elsewhere within this screen: by the menu, or Back.
    if (there === written.current) return;
    written.current = there;
    setTyped(read(query));
  }, [there]);
  return [typed, setTyped];
}
