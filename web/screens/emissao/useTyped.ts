import { useEffect, useRef, useState } from 'preact/hooks';
import { navigate, usePlace } from '../../router';
import { emissaoWith, readQuery, writeQuery, type Typed } from './address';

/** Browsers take only so many changes of the address in a row. */
const RESTS_MS = 200;

/** What is typed, kept in the address too: reloading, Back and a shared link find it again. */
export function useTyped(): [Typed, (change: (before: Typed) => Typed) => void] {
  const { query } = usePlace();
  const [typed, setTyped] = useState(() => readQuery(query));
  const there = query.toString();
  const written = useRef(there);
  useEffect(() => {
    const wanted = writeQuery(typed);
    const timer = setTimeout(() => {
      if (wanted === written.current) return;
      written.current = wanted;
      navigate(emissaoWith(wanted), { replace: true });
    }, RESTS_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    // Somebody went elsewhere within this screen: by the menu, or Back.
    if (there === written.current) return;
    written.current = there;
    setTyped(readQuery(query));
  }, [there]);
  return [typed, setTyped];
}
