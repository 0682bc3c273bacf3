import { useState } from 'preact/hooks';
import { address, call, type ApiProblem, type Query } from '../api/client';
import { asProblem } from '../api/useLoad';

const BUSY = 429;

interface DownloadProps {
  path: string;
  query?: Query;
  class?: string;
  children: string;
}

/** A file that the API writes: where too many are written at once it waits for a place, and says so. */
export function Download({ path, query = {}, children, ...rest }: DownloadProps) {
  const [told, setTold] = useState('');
  const href = address(path, query);
  const fetchIt = async (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    setTold('Preparando…');
    const problem = await call('HEAD', path, { query }).then(
      () => undefined,
      (error: unknown): ApiProblem => asProblem(error),
    );
    setTold(problem?.status === BUSY ? 'Há arquivos demais sendo gerados: espere um pouco e repita.' : '');
    // Any other refusal has words of its own, which only the answer itself shows.
    if (problem?.status !== BUSY) location.assign(href);
  };
  return (
    <>
      <a href={href} onClick={(event) => void fetchIt(event)} {...rest}>
        {children}
      </a>{' '}
      <span role="status" class="hint">
        {told}
      </span>
    </>
  );
}
